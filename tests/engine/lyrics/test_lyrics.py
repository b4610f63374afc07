"""What users paste becomes what the models read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.lyrics import MAX_CHARACTERS, MAX_LINES, Lyrics, language_warning, positions_in
from tests.effort import effort


def test_lines_stanzas_and_text() -> None:
    lyrics = Lyrics.parse("  Down   the road \r\nI go\n\n\nHome  again\n")
    assert [line.text for line in lyrics.lines] == ["Down the road", "I go", "Home again"]
    assert [line.stanza for line in lyrics.lines] == [0, 0, 1]
    assert lyrics.text == "Down the road\nI go\n\nHome again"
    assert lyrics.words == ("Down", "the", "road", "I", "go", "Home", "again")


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("[Chorus]", "chorus"),
        ("[Verse 2: both]", "verse"),
        ("(Bridge)", "bridge"),
        ("Intro:", "intro"),
        ("CHORUS", "chorus"),
        ("Verse II", "verse"),
        ("[Pre-Chorus]", "pre-chorus"),
        ("[Post Chorus]", "other"),
        ("Chorus x3", "chorus"),
        ("Bridge (2x):", "bridge"),
        ("(Repeat Verse)", "verse"),
        ("{start_of_chorus}", "chorus"),
        ("{soc}", "chorus"),
    ],
)
def test_headings_name_sections_and_are_not_sung(heading: str, section: str) -> None:
    for gap in ("\n", "\n\n"):
        lyrics = Lyrics.parse(f"First words\n{heading}{gap}Second words")
        assert [line.text for line in lyrics.lines] == ["First words", "Second words"]
        assert [line.section for line in lyrics.lines] == [None, section]


def test_a_blank_line_ends_a_section() -> None:
    lyrics = Lyrics.parse("[Chorus]\nSing it\n\nWalk on")
    assert [line.section for line in lyrics.lines] == ["chorus", None]


def test_words_that_only_start_like_headings_stay() -> None:
    text = "Chorus of the angels\nBridge over the river\nVerse by verse"
    assert Lyrics.parse(text).text == text


def test_markup_is_removed() -> None:
    lyrics = Lyrics.parse("{title: Mine}\n<p>Rain &amp; [C]sun</p>one<br/>two <b>three</b>")
    assert lyrics.text == "Rain & sun\none\ntwo three"


def test_quotes_accents_and_emoji_stay() -> None:
    assert Lyrics.parse("Don’t cry, café 🎸").text == "Don’t cry, café 🎸"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("<div><br/></div>", "No words are left"),
        ("[Chorus]\n[Verse]", "No words are left"),
        ("--- *** 12 !!", "No words are left"),
        ("a\x00b", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"\xff\xfe\xfa\xfb" * 10, "UTF-8"),
        ("la " * (MAX_CHARACTERS // 3 + 1), f"{MAX_CHARACTERS:,} are accepted"),
        ("la\n" * (MAX_LINES + 1), f"{MAX_LINES:,} are accepted"),
    ],
)
def test_what_is_no_lyric_is_refused_in_one_sentence(text: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        Lyrics.parse(text)
    assert "\n" not in str(raised.value)


@given(st.text(max_size=400))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        lyrics = Lyrics.parse(text)
    except InputError:
        return
    assert lyrics.words
    assert all(line.words for line in lyrics.lines)


@given(st.lists(st.lists(st.sampled_from(["rain", "on", "the", "sea"]), min_size=1), min_size=1))
def test_parsing_what_was_parsed_changes_nothing(lines: list[list[str]]) -> None:
    once = Lyrics.parse("\n".join(" ".join(line) for line in lines))
    assert Lyrics.parse(once.text).text == once.text


def test_other_languages_are_warned_about_not_refused() -> None:
    french = Lyrics.parse("La mer monte ce soir et je pense encore à toi, mon amour perdu")
    warning = language_warning(french)
    assert warning is not None
    assert warning.startswith("This lyric looks French, not English: ")
    assert language_warning(Lyrics.parse("The tide comes in tonight and I think of you")) is None


def test_a_language_without_an_english_name_is_still_warned_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lyrics = Lyrics.parse("The tide comes in tonight and I think of you")

    class Identifier:
        def classify(self, _: str) -> tuple[str, float]:
            return "bcl", 1.0  # Central Bikol, which CLDR does not name

    monkeypatch.setattr("engine.lyrics.language._identifier", Identifier)
    warning = language_warning(lyrics)
    assert warning is not None
    assert warning.startswith("This lyric does not look English: ")


def test_too_short_a_text_is_not_judged() -> None:
    assert language_warning(Lyrics.parse("Oh bébé oui")) is None


def test_with_words_keeps_what_is_asked_and_drops_empty_lines() -> None:
    lyric = Lyrics.parse("[Verse]\none two\nthree\n\n[Chorus]\nfour five")
    left = lyric.with_words([[True, False], [False], [False, True]])
    assert left.text == "one\n\nfive"
    assert [line.section for line in left.lines] == ["verse", "chorus"]
    with pytest.raises(InputError, match="keep at least one"):
        lyric.with_words([[False, False], [False], [False, False]])


def test_positions_follow_lines_that_were_left_out() -> None:
    whole = "aa b\n\ncc\naa b\ndd"
    part = "aa b\ncc\ndd"
    places = positions_in(whole, part)
    assert [whole[place] for place in places if place is not None] == list(part)
    assert positions_in(whole, "cc\nzz\ndd") == [6, 7, 8, None, None, None, 14, 15]


def test_comments_begun_and_never_closed_cost_no_time() -> None:
    assert effort(lambda: Lyrics.parse("Rain " + "<!--" * 7_000), 100) <= 100
    assert Lyrics.parse("Rain <!-- not sung\nnor this --> falls").text == "Rain falls"


def test_length_is_looked_at_before_characters() -> None:
    every = "".join(map(chr, range(0x400, 0xD800))) * 20
    with pytest.raises(InputError, match="at most 30,000"):
        Lyrics.parse(every)


def test_asides_that_begin_like_a_heading_are_sung() -> None:
    lyrics = Lyrics.parse("We wait\n(Hook up the trailer)\n[Hook by all of us]\nWe go")
    assert [line.text for line in lyrics.lines] == ["We wait", "(Hook up the trailer)", "We go"]


@pytest.mark.parametrize(
    ("pasted", "lines"),
    [
        ("Cold sea\u2028Slow sail\x0bNew land", ["Cold sea", "Slow sail", "New land"]),
        (
            "I won\x92t go home tonight\nAll is \x93well\x94",
            ["I won’t go home tonight", "All is “well”"],
        ),
        ("Cold sea\\nSlow sail\\n", ["Cold sea", "Slow sail"]),
        ("[00:12.00]Cold <00:12.40> sea", ["Cold sea"]),
    ],
)
def test_line_ends_and_signs_of_other_programs_are_understood(
    pasted: str, lines: list[str]
) -> None:
    assert [line.text for line in Lyrics.parse(pasted).lines] == lines


@pytest.mark.parametrize(
    ("heading", "section", "number"),
    [
        *(("[Verse 2]", "verse", 2), ("Verse two:", "verse", 2), ("(Chorus)", "chorus", None)),
        *(("[Verse III]", "verse", 3), ("[Pre-Chorus]", "pre-chorus", None)),
        *(("Prechorus 2", "pre-chorus", 2), ("[Verse 2: Both singers]", "verse", 2)),
        *(("[Chorus x2]", "chorus", None), ("{start_of_verse: Verse 3}", "verse", 3)),
        *(("{start_of_verse: Pre-chorus}", "pre-chorus", None), ("{sov}", "verse", None)),
        ('{start_of_verse label="Verse 4"}', "verse", 4),
    ],
)
def test_a_heading_names_its_section_and_its_number(
    heading: str, section: str, number: int | None
) -> None:
    line = Lyrics.parse(f"{heading}\nThe road is long").lines[0]

    assert (line.words, line.section, line.number) == (
        ("The", "road", "is", "long"),
        section,
        number,
    )


def test_half_a_character_becomes_a_question_mark() -> None:
    assert Lyrics.parse("rain \ud83d on\nthe road").text.encode() == b"rain ? on\nthe road"
