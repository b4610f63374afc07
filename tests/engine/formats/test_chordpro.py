from __future__ import annotations

import chordsketch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.formats import chordpro
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.engine.strategies import lead_sheets


def read(text: str) -> LeadSheet:
    return chordpro.read(text.encode())


def inline(line: Line) -> str:
    """Words with chord symbols in front, as 'C|word G|' for a chord after the last word."""
    texts = []
    for index, word in enumerate([*line.words, ""]):
        here = [placed.chord.symbol for placed in line.chords if placed.word == index]
        texts += ["|".join([*here, word])] if word or here else []
    return " ".join(texts)


@given(lead_sheets())
def test_every_song_comes_back_exactly(sheet: LeadSheet) -> None:
    assert chordpro.read(chordpro.write(sheet)) == sheet
    assert chordpro.read(chordpro.write(sheet), strict=True) == sheet


@pytest.mark.parametrize("text", ["Â¡", "Ã©", "â€™", "CafÃ©{Â¡", "Â"])
def test_words_like_utf8_read_twice_come_back_too(text: str) -> None:
    line = Line((text, f"a{text}b"), (PlacedChord(0, Chord.parse("G")),), "verse", 0)
    sheet = LeadSheet(text, Key("G", "major"), (line,), artist=text)
    assert chordpro.read(chordpro.write(sheet)) == sheet


@given(lead_sheets())
def test_other_chordpro_software_accepts_every_song(sheet: LeadSheet) -> None:
    assert chordsketch.validate(chordpro.write(sheet).decode()) == []


def test_the_file_looks_as_songbooks_do() -> None:
    lines = (
        Line((), tuple(PlacedChord(0, Chord.parse(c)) for c in ("Bbm", "Gb")), "intro", 0),
        Line(
            ("Rain", "again"),
            (PlacedChord(0, Chord.parse("Bbm")), PlacedChord(2, Chord.parse("F7/A"))),
            "chorus",
            1,
        ),
        Line(("so", "long"), (), None, 2),
    )
    sheet = LeadSheet("Rust", Key("Bb", "minor"), lines, "6/8", 84, "folk", "The Makers")
    assert chordpro.write(sheet).decode() == (
        "{title: Rust}\n{artist: The Makers}\n{key: Bbm}\n{time: 6/8}\n{tempo: 84}\n"
        "{meta: genre folk}\n"
        "\n{start_of_verse: Intro}\n[Bbm] [Gb]\n{end_of_verse}\n"
        "\n{start_of_chorus}\n[Bbm]Rain again [F7/A]\n{end_of_chorus}\n"
        "\nso long\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hap[G]py day", "G|happy day"),
        ("[C]a[G]b[Am]c d", "C|G|Am|abc d"),
        ("love[G] me", "G|love me"),
        ("love [G] me", "love G|me"),
        ("love me [G]", "love me G|"),
        ("[C][G] me", "C|G|me"),
        ("[C]  [G]", "C|G|"),
        ("[N.C.]stop", "N.C.|stop"),
        ("[*softly] [Am]now", "Am|now"),
        ("[(G)]one [C*]two [D...]three [G C]four", "G|one C|two D|three G|C|four"),
        ("[quietly] now [] then", "now then"),
        ("we are {c: twice} here", "we are here"),
        ("\ttabs\tand  blanks ", "tabs and blanks"),
        ("an [open bracket", "an [open bracket"),
        ("[B♭maj7]flat", "Bbmaj7|flat"),
    ],
)
def test_chords_in_the_wild_belong_to_the_right_word(text: str, expected: str) -> None:
    assert inline(read(text).lines[0]) == expected


def test_sections_in_the_wild_are_recognised() -> None:
    sheet = read(
        "one\n\n{soc}\ntwo\n\nthree\n{eoc}\nfour\n{c: Verse 2}\nfive\n\nsix\n"
        '{start_of_verse: label="Outro"}\nseven\n{eov}\n[Bridge]\n\neight\n\n{sob}\nnine\n{eob}\n'
        "Chorus:\nten\n\n{start_of_prechorus}\neleven\n{end_of_prechorus}\n{c: slowly}\ntwelve"
    )
    assert [(line.text, line.section, line.stanza) for line in sheet.lines] == [
        ("one", None, 0),
        ("two", "chorus", 1),
        ("three", "chorus", 2),
        ("four", None, 3),
        ("five", "verse", 4),
        ("six", None, 5),
        ("seven", "outro", 6),
        ("eight", "bridge", 7),
        ("nine", "bridge", 8),
        ("ten", "chorus", 9),
        ("eleven", "pre-chorus", 10),
        ("twelve", None, 11),
    ]


def test_a_recalled_chorus_is_sung_again() -> None:
    sheet = read("{soc}\n[C]la\n\n[G]lo\n{eoc}\nsolo voice\n{chorus}\n{chorus}\nend")
    texts = [(line.text, line.stanza) for line in sheet.lines]
    assert texts == [
        *[("la", 0), ("lo", 1), ("solo voice", 2)],
        *[("la", 3), ("lo", 4), ("la", 5), ("lo", 6), ("end", 7)],
    ]


def test_what_is_not_sung_is_left_out() -> None:
    sheet = read(
        "# a remark\n{define: X base-fret 1 frets 0 0 0}\n{sot}\ne|--3--|\n[C]\n{eot}\n"
        "{start_of_abc}\nX:1\n{end_of_abc}\n{new_song}\nla\n{image: x.png}\n{ns}\nnext song"
    )
    assert [line.text for line in sheet.lines] == ["la"]


def test_fields_in_the_wild_are_read() -> None:
    sheet = read("{t:Rust}{st: The Makers}\n{Key: f#m}\n{time:3/4}\n{tempo: 96 bpm}\n[A]la")
    assert (sheet.title, sheet.artist, str(sheet.key)) == ("Rust", "The Makers", "F#:minor")
    assert (sheet.time_signature, sheet.tempo, sheet.genre) == ("3/4", 96, None)
    sheet = read("{meta: title A} \n{artist: B}\n{subtitle: C}\n{meta: genre hip-hop}\nla")
    assert (sheet.title, sheet.artist, sheet.genre) == ("A", "B", "hip-hop")


def test_fields_that_make_no_sense_are_left_out() -> None:
    sheet = read("{key: ?}\n{time: C}\n{tempo: fast}\n{tempo}\n[G]la [D7]la [G]")
    assert (str(sheet.key), sheet.time_signature, sheet.tempo) == ("G:major", "4/4", 100)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("la\n[Gmaj77]la", "Line 2: 'Gmaj77' is not a chord symbol"),
        ("{key: ?}\nla", "is not a key"),
        ("{tempo: fast}\nla", "is not a tempo"),
        ("{tempo: 9000}\nla", "20 to 400"),
        ("{time: C}\nla", "is not a time signature"),
    ],
)
def test_a_songbook_can_be_read_strictly(text: str, complaint: str) -> None:
    read(text)
    with pytest.raises(InputError, match=complaint):
        chordpro.read(text.encode(), strict=True)


def test_old_files_and_foreign_line_ends_are_read() -> None:
    assert chordpro.read("{t: Café}\r\n[C]déjà\r\rvu".encode("cp1252")).title == "Café"
    assert len(chordpro.read(b"\xef\xbb\xbf[C]one\r\n\r\ntwo").lines) == 2


@pytest.mark.parametrize("data", [b"", b"\n \n", b"{title: x}", b"# only", b"{sot}\nla"])
def test_a_file_without_a_song_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no words and no chords"):
        chordpro.read(data)


@given(st.one_of(st.binary(), st.text("[]{}\\#:CGm7 soc\ntitle", max_size=80).map(str.encode)))
def test_any_bytes_give_a_song_or_one_clear_refusal(data: bytes) -> None:
    try:
        sheet = chordpro.read(data)
    except InputError:
        return
    assert chordpro.read(chordpro.write(sheet)) == sheet


def test_a_line_of_open_braces_does_not_stop_the_reader() -> None:
    assert read("{" * 4_000).lines[0].words[0] == "{" * 4_000


def test_binary_data_is_refused() -> None:
    with pytest.raises(InputError, match="binary"):
        chordpro.read(b"\x89PNG\x00\x01")


def test_utf_16_and_stray_windows_signs_are_read() -> None:
    song = "{title: Sea}\n[C]I won\x92t [G]go"
    for data in (song.encode("utf-16"), song.encode()):
        sheet = chordpro.read(data)
        assert (sheet.title, sheet.lines[0].text) == ("Sea", "I won’t go")
