from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from engine import formats
from engine.corpora.songbook import songbook
from engine.errors import InputError
from engine.formats import chordpro, musicxml, mxl
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from engine.notation.harmony import chord_of, harmony
from tests.effort import effort

NOTE = (
    "<note><pitch><step>C</step><octave>4</octave></pitch>"
    "<duration>{length}</duration>{lyric}</note>"
)


def lyric(text: str, syllabic: str = "single", number: int = 1) -> str:
    return f'<lyric number="{number}"><syllabic>{syllabic}</syllabic><text>{text}</text></lyric>'


def score(*measures: str) -> bytes:
    bars = "".join(f'<measure number="{i}">{m}</measure>' for i, m in enumerate(measures, 1))
    return (
        '<?xml version="1.0"?><score-partwise version="4.0"><movement-title>Low</movement-title>'
        '<part-list><score-part id="a"><part-name>V</part-name></score-part></part-list>'
        f'<part id="a">{bars}</part></score-partwise>'
    ).encode()


def harmony_of(root: str, kind: str) -> str:
    return f"<harmony><root><root-step>{root}</root-step></root><kind>{kind}</kind></harmony>"


@pytest.mark.parametrize("count", [4, 8, 16])
def test_a_long_line_that_is_played_stays_one_line(count: int) -> None:
    played = tuple(PlacedChord(0, Chord.parse("CGAF"[at % 4])) for at in range(count))
    sung = Line(("Rain", "again"), (PlacedChord(0, Chord.parse("C")),), "verse", 1)
    sheet = replace(songbook()[0], lines=(Line((), played, "intro"), sung))
    assert musicxml.read(musicxml.write(sheet)).lines == sheet.lines


@pytest.mark.parametrize("title", [sheet.title for sheet in songbook()[::12]])
def test_songs_come_back_with_lines_sections_and_chords(title: str) -> None:
    sheet = next(song for song in songbook() if song.title == title)
    again = musicxml.read(musicxml.write(sheet))
    assert again.lines == sheet.lines
    assert (again.title, again.key, again.tempo) == (sheet.title, sheet.key, sheet.tempo)


def test_a_compressed_score_is_the_same_song() -> None:
    sheet = chordpro.read(b"{title: Low}\n[C]Over [G7/B]water\n\n[Am]so [F]long")
    assert mxl.read(mxl.write(sheet)).lines == sheet.lines


def test_a_melody_with_syllables_verses_and_chords_is_read() -> None:
    attributes = (
        "<attributes><divisions>2</divisions><key><fifths>-1</fifths><mode>minor</mode></key>"
        "<time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    )
    first = (
        attributes
        + harmony_of("D", "minor")
        + "".join(
            NOTE.format(length=2, lyric=lyric(a, s) + lyric(b, t, 2))
            for a, s, b, t in (
                ("Lan", "begin", "Slow", "single"),
                ("terns", "end", "ri", "begin"),
                ("burn", "single", "vers", "end"),
            )
        )
    )
    second = harmony_of("A", "dominant") + NOTE.format(length=6, lyric=lyric("low"))
    sheet = musicxml.read(score(first, second))
    assert [line.text for line in sheet.lines] == ["Lanterns burn low", "Slow rivers"]
    assert [(p.word, p.chord.symbol) for p in sheet.lines[0].chords] == [(0, "Dm"), (2, "A7")]
    assert (str(sheet.key), sheet.time_signature, sheet.title) == ("D:minor", "3/4", "Low")


@pytest.mark.parametrize(
    "symbol", ["C", "Cm7b5", "C7sus4", "C6/9", "C7(b9,#11)", "C13#11", "Cm(maj7)", "C5", "Caug"]
)
def test_the_kind_alone_tells_the_chord_without_its_text(symbol: str) -> None:
    chord = Chord.parse(symbol)
    written = harmony(chord)
    bare = type(written)(written.kind, "", written.degrees)
    assert chord_of("C", bare).pitch_classes == chord.pitch_classes
    assert chord_of("C", written) == chord


BOMB = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">]><score-partwise>&a;'


def zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


HOSTILE = {
    "entities": ("musicxml", BOMB),
    "entities in UTF-16": ("musicxml", BOMB.replace(b"?>", b"?>").decode().encode("utf-16")),
    "deep nesting": ("musicxml", b"<a>" * 1_000_000),
    "another kind": ("musicxml", b"<html/>"),
    "cut short": ("musicxml", b"<score-partwise><part>"),
    "an encoding nobody knows": ("musicxml", b'<?xml version="1.0" encoding="x-no"?><a/>'),
    "no ZIP": ("mxl", b"PK\x03\x04" + b"\0" * 100),
    "a ZIP bomb": ("mxl", zipped("score.xml", b" " * 300_000_000)),
    "a ZIP of something else": ("mxl", zipped("a.txt", b"la")),
    "no link": ("ireal", b"<html>" * 1000),
    "an empty link": ("ireal", b"irealb://a=b=c=d"),
    "a link of many signs": ("ireal", b"irealbook://a=b=c=C=n=" + b"(" * 150_000),
    "JSON nested deep": ("json", b"[" * 1_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_once(name: str) -> None:
    format_name, data = HOSTILE[name]

    def refuse() -> None:
        with pytest.raises(InputError, match="accepted"):
            formats.read(data, format_name)

    assert effort(refuse, 100) <= 100


def test_two_chords_on_a_word_and_chords_without_words_come_back() -> None:
    placed = [
        PlacedChord(word, Chord.parse(s)) for word, s in ((0, "C"), (0, "Am"), (1, "F"), (2, "G"))
    ]
    lines = (
        Line((), (PlacedChord(0, Chord.parse("C")), PlacedChord(0, Chord.parse("G"))), "intro", 0),
        Line(("Over", "water"), tuple(placed), "verse", 1),
    )
    sheet = LeadSheet("Low", chordpro.read(b"{key: C}\n[C]x").key, lines)
    assert musicxml.read(musicxml.write(sheet)).lines == lines


def test_a_row_that_only_the_next_lines_pickup_is_sung_in_does_not_begin_that_line() -> None:
    """Rows of a wide line end with it: chords after its last word stay its own."""
    first = [(0, "Cmaj7"), (6, "F"), (6, "Ebmaj7"), (7, "Fm7b5"), (7, "Bb")]
    second = [(2, "Gm7b5"), (9, "Eb"), (9, "Gm7b5"), (10, "Ab"), (10, "Gm7b5")]
    words = (
        "Two bent spoons with their handles together",
        "You held one and it was broken in the neck",
    )
    lines = tuple(
        Line(
            tuple(text.split()),
            tuple(PlacedChord(word, Chord.parse(s)) for word, s in placed),
            "verse",
        )
        for text, placed in zip(words, (first, second), strict=True)
    )
    sheet = replace(songbook()[0], lines=lines, time_signature="12/8", form=None)
    assert musicxml.read(musicxml.write(sheet)).lines == lines
