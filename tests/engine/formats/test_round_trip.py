"""What every format says it loses, and nothing else, is lost of the songs of the songbook."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pytest

from engine import formats
from engine.corpora.songbook import songbook
from engine.formats.midi import typewritten
from engine.music.lead_sheet import LeadSheet

SONGS = songbook()
EXACT = ("json", "chordpro", "text")
FEW = SONGS[::30]


def again(sheet: LeadSheet, name: str) -> LeadSheet:
    return formats.read(formats.write(sheet, name), name)


def lines(sheet: LeadSheet) -> list[tuple[object, ...]]:
    return [
        (line.words, line.section, [(placed.word, placed.chord) for placed in line.chords])
        for line in sheet.lines
    ]


def heard(sheet: LeadSheet) -> list[frozenset[int]]:
    """What sounds of its chords, those that follow themselves once."""
    return [tones for tones, _ in groupby(chord.pitch_classes for chord in sheet.chords)]


@pytest.mark.parametrize("name", EXACT)
def test_all_120_songs_come_back_whole(name: str) -> None:
    assert [sheet.title for sheet in SONGS if again(sheet, name) != sheet] == []


@pytest.mark.parametrize("name", ["musicxml", "mxl"])
def test_scores_lose_genre_and_capo_alone(name: str) -> None:
    assert formats.loses(name)
    for sheet in FEW:
        found = again(sheet, name)
        assert (found.title, found.key, found.artist) == (sheet.title, sheet.key, sheet.artist)
        assert (found.tempo, found.time_signature) == (sheet.tempo, sheet.time_signature)
        assert lines(found) == lines(sheet)


def test_midi_keeps_words_chords_and_what_sounds() -> None:
    assert formats.loses("midi")
    for sheet in SONGS[::10]:
        found = again(sheet, "midi")
        assert (found.title, found.key) == (sheet.title, sheet.key)
        assert (found.tempo, found.time_signature) == (sheet.tempo, sheet.time_signature)
        assert found.chords == sheet.chords
        assert [word for line in found.lines for word in line.words] == [
            typewritten(word) for line in sheet.lines for word in line.words
        ]


@pytest.mark.parametrize("name", ["chordpro", "text", "musicxml", "midi"])
def test_the_numbers_that_headings_give_come_back(name: str) -> None:
    song = SONGS[0]
    numbered = replace(
        song,
        lines=tuple(
            replace(line, number=line.stanza + 1 if line.section and line.stanza % 2 else None)
            for line in song.lines
        ),
    )
    found = [(line.section, line.number, line.stanza) for line in again(numbered, name).lines]
    assert found == [(line.section, line.number, line.stanza) for line in numbered.lines]


@pytest.mark.parametrize("title", ["", "Rain & <Road>", "{Ça va} #1", "x < y"])
@pytest.mark.parametrize("name", [*EXACT, "musicxml", "midi", "ireal"])
def test_odd_titles_come_back(name: str, title: str) -> None:
    song = replace(SONGS[0], title=title, lines=SONGS[0].lines[:4])
    assert again(song, name).title == title


def test_ireal_keeps_the_chords_that_change() -> None:
    assert "no words" in formats.loses("ireal")
    for sheet in SONGS:
        found = again(sheet, "ireal")
        assert (found.title, found.key, found.tempo) == (sheet.title, sheet.key, sheet.tempo)
        heard = [
            [tones for tones, _ in groupby(c.pitch_classes for c in s.chords)]
            for s in (found, sheet)
        ]
        assert heard[0] == heard[1]


@pytest.mark.parametrize("name", formats.WRITE_ONLY)
def test_formats_that_cannot_be_read_again_say_what_they_lose(name: str) -> None:
    assert formats.loses(name).endswith(".")
