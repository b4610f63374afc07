from __future__ import annotations

from typing import Any

import pytest
import rpp
from hypothesis import given, settings

from engine.arrangement.performance import performance
from engine.formats import chordpro, reaper
from engine.formats.export import Export
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

SONG = chordpro.read(
    b"{title: Rust}\n{key: Em}\n{time: 3/4}\n{tempo: 120}\n"
    b"{start_of_verse: Intro}\n[Em] [C]\n{end_of_verse}\n\n"
    b'{soc}\nThe [Em]lanterns on the [B7]"wall" `it\'s`\n{eoc}\n'
)


def project(sheet: LeadSheet, export: Export = Export()) -> Any:  # noqa: B008 - frozen
    return rpp.loads(reaper.write(sheet, export).decode())


def heard(track: Any) -> list[tuple[float, int]]:
    """(seconds, pitch) of each note, counted out of the ticks of its events."""
    notes: list[tuple[float, int]] = []
    for item in track.findall("ITEM"):
        at = 0
        for event in item.findall("SOURCE/E"):
            at += int(event[1])
            if int(event[2], 16) & 0xF0 == 0x90:
                start = float(item.find("POSITION")[1]) + at / 480 / 2  # 120 quarters a minute
                notes.append((round(start, 3), int(event[3], 16)))
    return notes


@given(lead_sheets())
@settings(max_examples=15, deadline=None)
def test_any_song_can_be_opened(sheet: LeadSheet) -> None:
    assert len(project(sheet).findall("TRACK")) == 5


def test_tempo_metre_regions_and_chord_markers() -> None:
    found = project(SONG)
    assert found.find("TEMPO")[1:] == ["120", "3", "4"]
    marks = [mark[1:] for mark in found.findall("MARKER")]
    regions = [mark for mark in marks if mark[3] == "1"]
    assert [mark[2] for mark in regions] == ["Intro", "", "Chorus", ""]
    assert regions[0][0] == regions[1][0] != regions[2][0]
    assert regions[1][1] == regions[2][1]  # the intro ends where the chorus begins
    assert [mark[2] for mark in marks if mark[3] == "0"] == ["Em", "C", "Em", "B7"]
    numbers = project(SONG, Export(names="nashville")).findall("MARKER")
    assert [mark[3] for mark in numbers if mark[4] == "0"] == ["6-", "4", "6-", "3⁷"]


@pytest.mark.parametrize(("place", "part"), [(0, "chords"), (1, "bass"), (2, "drums")])
def test_tracks_hold_the_notes_that_are_heard(place: int, part: str) -> None:
    played = performance(SONG, whole_bars=True)
    wanted = [(note.start / 2, note.pitch) for note in getattr(played, part)]
    found = heard(project(SONG).findall("TRACK")[place])
    assert len(found) == len(wanted)
    for (start, pitch), (wanted_start, wanted_pitch) in zip(
        sorted(found), sorted(wanted), strict=True
    ):
        assert (pitch, start) == (wanted_pitch, pytest.approx(wanted_start, abs=0.002))


def test_a_line_of_words_is_an_item_that_shows_them() -> None:
    (item,) = project(SONG).findall("TRACK")[4].findall("ITEM")
    assert item.find("NOTES")[0] == '|The lanterns on the "wall" `it\'s`'
