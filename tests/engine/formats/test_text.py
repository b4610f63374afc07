from __future__ import annotations

import pytest
from hypothesis import assume, given

from engine.errors import InputError
from engine.formats import chordpro, text
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

CHORDPRO = b"""{title: Rust and Rain}
{artist: The Makers}
{key: Em}
{time: 3/4}
{tempo: 96}
{meta: genre folk}

{start_of_verse: Intro}
[Em] [G]
{end_of_verse}

{start_of_verse}
[Em]Rain on the [G]roof [Cmaj7]a [D]day
no chords here
so long [Am7]gone [B7]
{end_of_verse}
"""
TEXT = """Title: Rust and Rain
Artist: The Makers
Key: E minor
Time: 3/4
Tempo: 96
Genre: folk

[Intro]
Em  G

[Verse]
Em          G    Cmaj7 D
Rain on the roof a     day
no chords here
        Am7  B7
so long gone
"""


def test_chords_stand_over_their_words() -> None:
    assert text.write(chordpro.read(CHORDPRO)).decode() == TEXT


def test_a_page_reads_back_as_the_same_song() -> None:
    assert text.read(TEXT.encode()) == chordpro.read(CHORDPRO)


def test_wide_and_combining_characters_keep_the_columns() -> None:
    sheet = chordpro.read("日本 [C]e\u0301a [G]x".encode())
    assert text.write(sheet).decode().splitlines()[-2:] == ["     C  G", "日本 e\u0301a x"]


def test_a_page_shared_by_a_player_is_read() -> None:
    page = (
        "Chorus:\n|G   D/F# |\nOh  my [x] #y\n   C\nmy\n\tAm\nEm\n{la}\n# no remark\n\n"
        "Dm\n[Other]\nx\n"
    )
    sheet = text.read(page.encode())
    written = chordpro.write(sheet).decode()
    assert "\n{start_of_chorus}\n[G]Oh [D/F#]my \\[x\\] #y\nmy [C]\n[Am]\n[Em]\\{la\\}\n" in written
    assert sheet.lines[-3].words == ("#", "no", "remark")
    assert [line.section for line in sheet.lines][-1] == "other"


@given(lead_sheets())
def test_every_song_can_be_written_and_no_word_or_chord_is_lost(sheet: LeadSheet) -> None:
    page = text.write(sheet).decode()
    for line in sheet.lines:
        for word in line.words:
            assert word in page
        for placed in line.chords:
            assert placed.chord.symbol in page


@given(lead_sheets())
def test_any_page_of_text_can_be_read(sheet: LeadSheet) -> None:
    assume(sheet.chords)  # words alone may be "Chorus:", which on a page of text is a heading
    assert text.read(text.write(sheet)).lines


def test_chords_are_never_glued_together() -> None:
    sheet = chordpro.read(b"[C][F]a[G7sus4]b [Bbmaj7]I [D]o [E] [A]")
    upper = text.write(sheet).decode().splitlines()[-2]
    assert [Chord.parse(token).symbol for token in upper.split()] == [
        chord.symbol for chord in sheet.chords
    ]


def test_an_empty_page_is_refused() -> None:
    with pytest.raises(InputError, match="no words and no chords"):
        text.read(b"\n")


@pytest.mark.parametrize(
    "page",
    [
        "C     F  (2x)\nOver water",
        "[ch]C[/ch]     [ch]F[/ch]\nOver water",
        "Tuning: D A D G B E\nC     F\nOver water",
        "C,    F,\nOver water",
    ],
)
def test_marks_of_other_pages_leave_chords_and_words(page: str) -> None:
    (line,) = text.read(page.encode()).lines
    assert line.text == "Over water"
    assert [(p.word, p.chord.symbol) for p in line.chords] == [(0, "C"), (1, "F")]


def test_chords_after_the_name_of_a_section_are_played() -> None:
    intro, sung = text.read(b"Intro: C F\n\nC\nOver water").lines
    assert (intro.words, intro.section, sung.section) == ((), "intro", None)
    assert [placed.chord.symbol for placed in intro.chords] == ["C", "F"]


def test_a_word_that_is_a_symbol_too_is_sung_where_it_stands_alone() -> None:
    lines = text.read(b"C\nOver water\nDo\nC\nOver land").lines
    assert [line.text for line in lines] == ["Over water", "Do", "Over land"]


def test_a_second_chord_over_the_end_of_a_word_is_meant_for_the_next() -> None:
    (line,) = text.read(b"C   F   Am  (x2)\nOver stone and water").lines
    assert [(p.word, p.chord.symbol) for p in line.chords] == [(0, "C"), (1, "F"), (2, "Am")]
    (line,) = text.read(b"C    F   Am\nOver everything falls").lines
    assert [(p.word, p.chord.symbol) for p in line.chords] == [(0, "C"), (1, "F"), (1, "Am")]
    (line,) = text.read(b"C   F   Am G\nOver stone and water").lines
    assert [(p.word, p.chord.symbol) for p in line.chords][2:] == [(1, "Am"), (2, "G")]


PAGES: dict[str, tuple[str, list[str], list[str]]] = {
    "labels before chords": (
        "Intro - C F\n\n(Verse)\nC   F\nOver water\n\n[Outro] C  F\n\nTurnaround: G7",
        ["", "Over water", "", ""],
        ["0:C 0:F", "0:C 1:F", "0:C 0:F", "0:G7"],
    ),
    "counts, remarks and joined chords": (
        "C F [x2]\n\nDm-F-G  X 2\n\nC    F  (hold)\nOver water\nC    F  riff 1\nUnder water\n",
        ["", "", "Over water", "Under water"],
        ["0:C 0:F", "0:Dm 0:F 0:G", "0:C 1:F", "0:C 1:F"],
    ),
    "tablature and fingerings": (
        "C  x32010\n\nC      F\ne|--0--|--1--|\nB|--1--|--1--|\n\nC    F\nOver water\n",
        ["", "Over water"],
        ["0:C 0:F", "0:C 1:F"],
    ),
    "German and Latin names": (
        "E    H7\nÜber Wasser\nA    B\nUnter Wasser\n",
        ["Über Wasser", "Unter Wasser"],
        ["0:E 1:B7", "0:A 1:Bb"],
    ),
    "Latin names": (
        "Do      Lam\nSobre el agua\nSol\nBajo\nSol y luna\nLa la la\n",
        ["Sobre el agua", "Bajo", "Sol y luna", "La la la"],
        ["0:C 2:Am", "0:G", "", ""],
    ),
    "answered mail": (
        "> C    F\n> Over water\n",
        ["Over water"],
        ["0:C 1:F"],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_players_are_read_as_they_are_meant(name: str) -> None:
    page, words, chords = PAGES[name]
    lines = text.read(page.encode()).lines
    assert [line.text for line in lines] == words
    assert [" ".join(f"{p.word}:{p.chord.symbol}" for p in line.chords) for line in lines] == chords


@pytest.mark.parametrize(
    ("head", "title", "artist"),
    [
        ("Over Water chords by Nobody\nTuning: E A D G B E\n", "Over Water", "Nobody"),
        ("Over Water\nby Nobody\n", "Over Water", "Nobody"),
        ("Over Water\n==========\n", "Over Water", None),
        ("Over Water\n", "Over Water", None),
        ("Over water we go,\n", "", None),
    ],
)
def test_the_first_lines_of_a_page_are_its_title(head: str, title: str, artist: str | None) -> None:
    sheet = text.read(f"{head}\nC    F\nUnder water\n".encode())
    assert (sheet.title, sheet.artist) == (title, artist)
    assert sheet.lines[-1].text == "Under water"
    assert len(sheet.lines) == 1 + (not title)


def test_a_capo_without_a_colon_is_one() -> None:
    sheet = text.read(b"Capo on 2\nStandard tuning\n\nC    F\nOver water\n")
    assert sheet.capo == 2
    assert [line.text for line in sheet.lines] == ["Over water"]
