"""Markup of all kinds goes, in little time, and what was cleaned once stays as it is."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.lyrics import MAX_CHARACTERS, Lyrics
from tests.effort import effort


def lines_of(text: str) -> list[str]:
    return [line.text for line in Lyrics.parse(text).lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[D]Cast {soh}off{eoh} the {ci: quietly}ropes {c:twice}", ["Cast off the ropes"]),
        ("{sot: Lick}\nany words\n{eot}\n[D]Cast off", ["Cast off"]),
        ("{start_of_grid}\n| D . | A |\n{end_of_grid}\nCast off", ["Cast off"]),
        ("# a reminder\n#another\n{key: D}\nCast off", ["Cast off"]),
        ("#1 in line\n#blessed", ["#1 in line", "#blessed"]),
        ("{sot}\nCast off", ["Cast off"]),
        (
            "{oh yeah}\n{Time}\nCast {all right} off",
            ["{oh yeah}", "{Time}", "Cast {all right} off"],
        ),
        ("[Horn section: Nobody One, Nobody Two, Nobody Three and many more of them]\nGo", ["Go"]),
        ("- Cast off\n• Row on\n-Row back\n> Home", ["Cast off", "Row on", "Row back", "Home"]),
        ("Cast\u00a0off\tnow\u00ad\nthe ice\u2011cold sea", ["Cast off now", "the ice-cold sea"]),
        ("♪ Cast off ♪\n# row on #", ["Cast off", "row on"]),
        ("*****\nCast off\n-----\nRow\n...\nHome", ["Cast off", "Row", "Home"]),
        ("&amp;lt;i&amp;gt;Cast off", ["Cast off"]),
        ("<script>x < 1</script><p>Cast off</p><style>p {}</style>Row", ["Cast off", "Row"]),
        ("Cast **off** *now*,\n__Row__ on", ["Cast off now,", "Row on"]),
        ("snake_case_word * and 2*3*4", ["snake_case_word * and 2*3*4"]),
        ("Donâ€™t row in the cafÃ©", ["Don’t row in the café"]),
        ("[Chorus]\nCast off\\nRow on", ["Cast off", "Row on"]),
    ],
)
def test_what_is_written_around_words_goes(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines


def test_sections_of_chordpro_comments_labels_and_ends() -> None:
    lyrics = Lyrics.parse(
        "{c: Chorus}\nOne\n{eoc}\nTwo\nVerse 2: Three\n[Bridge] Four\nIntro: D A\nFive"
    )
    assert [(line.text, line.section) for line in lyrics.lines] == [
        ("One", "chorus"),
        ("Two", None),
        ("Three", "verse"),
        ("Four", "bridge"),
        ("Five", "intro"),
    ]


@pytest.mark.parametrize(
    ("sheet", "lines"),
    [
        ("D      A\nCast off\n       G\nRow on", ["Cast off", "Row on"]),
        ("D      A\nCast off\nA\nRow on\n\nA\n\nGo", ["Cast off", "Row on", "A", "Go"]),
        ("G\nCast off\nD\nRow on", ["Cast off", "Row on"]),
        ("A\nAm I late\nGo", ["A", "Am I late", "Go"]),
        ("A B C\nis all I know", ["A B C", "is all I know"]),
        ("e|--2--|\nB|--3--|\nCast off", ["Cast off"]),
        ("Lam     Fa\nCast off\nSol\nRow on\nLa la la", ["Cast off", "Row on", "La la la"]),
        ("Re\nSol\nLa La La\nCast off", ["Re", "Sol", "La La La", "Cast off"]),
        ("Em  022000\nG: 320003\nCast off", ["Cast off"]),
        ("Titles:\n\nB\n\nC\n\nD\n\nCast off", ["Titles:", "B", "C", "D", "Cast off"]),
    ],
)
def test_chords_above_words_need_the_page_only_where_they_could_be_words(
    sheet: str, lines: list[str]
) -> None:
    assert lines_of(sheet) == lines


_PIECES = st.sampled_from(
    [
        *("rain", "on", "A", "Am", "D", "G7", "x2", "(x2)", "[x4]", "(", "(oh yeah)", ")"),
        *("[", "]", "[Chorus]", "Chorus:", "Verse 2", "{soc}", "{eoc}", "{c:Chorus}"),
        *("{sot}", "{eot}", "{", "}", "B", "--2--", "--", "- ", "•", "1.", "2.", "1", "2"),
        *("#", "#", "%", "N.C.", "(sax solo)", "*", "fade", "(fade out)", "Tess:", "Jon:"),
        *("All:", "Lyrics", "9 Contributors", "3Embed", "You might also like", "Read More"),
        *("See X LiveGet tickets as low as $5", "<b>", "<", "<!--", "-->", "&lt;", "&amp;"),
        *("lt;", "\\n", ":", "/", "…", "...", "♪", "Title: x", "Capo 2", "Repeat"),
        *("Repeat Chorus", "(spoken)", "\u0301", "\u200b", "\x85", "\r", ">", "F#m"),
        *("Intro", "solo", "B A D", "x", "~", "=", "99"),
    ]
)
_GAPS = st.sampled_from(["", " ", "   ", "\t", "\n", "\n\n"])


@given(st.lists(st.tuples(_PIECES, _GAPS), min_size=1, max_size=20))
def test_what_was_cleaned_once_stays_as_it_is(pieces: list[tuple[str, str]]) -> None:
    try:
        once = Lyrics.parse("".join(piece + gap for piece, gap in pieces))
    except InputError:
        return
    assert Lyrics.parse(once.text).text == once.text


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "&amp;",
            "<b",
            "<",
            "[",
            "{",
            "{a}",
            "(a)",
            "(x2)",
            "x2 ",
            "- ",
            "• ",
            "♪",
            "\u0323\u0301",
        ),
        *(
            "Embed",
            "Read More",
            "See ",
            "C ",
            "C|",
            "-",
            "--3",
            "1. ",
            "Tess: ",
            "Chorus ",
            "Chorus: ",
        ),
        *(
            "{start_of_",
            "{x_",
            "(repeat ",
            "*",
            "\t",
            ":/",
            "|:",
            "9 Contributors",
            "A\n",
            "0:00 --> ",
        ),
    ],
)
def test_hostile_pages_cost_little_time(unit: str) -> None:
    text = "Get tickets as low as {a 9 Contributors " + unit * (MAX_CHARACTERS // len(unit) - 30)

    def read() -> None:
        with suppress(InputError):
            Lyrics.parse(text[: MAX_CHARACTERS - 10] + "\nrain")

    assert effort(read, 50) <= 50


def test_markup_nested_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="layers of markup"):
        Lyrics.parse("rain " + "<b" * 5_000 + ">" * 5_000)
