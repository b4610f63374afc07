from __future__ import annotations

import pytest

from engine.arrangement.performance import performance
from engine.arrangement.styles import PLAIN, STYLES, style
from engine.classifiers.prediction import GENRES
from engine.formats import chordpro
from engine.music.lead_sheet import LeadSheet

SONG = """{{key: Em}}
{{time: {time}}}
{{tempo: 120}}
{{meta: genre {genre}}}
[Em] [D]

The [Em]lanterns on the [C]harbour wall are [G]swinging in the [D]rain
And [Em]every one is [C]naïve, [N.C.]so [Em]slow
"""


def song(genre: str, time: str = "4/4") -> LeadSheet:
    return chordpro.read(SONG.format(genre=genre, time=time).encode())


def test_every_genre_of_the_classifiers_has_a_style() -> None:
    assert set(STYLES) == set(GENRES)
    assert style("Jazz") is STYLES["jazz"]
    assert style("skiffle") is style(None) is PLAIN


@pytest.mark.parametrize("name", [*STYLES])
def test_patterns_fill_their_bar(name: str) -> None:
    manner = STYLES[name]
    for pattern, slots in ((manner.four, 8), (manner.three, 6), (manner.compound, 6)):
        rows = [pattern.piano, pattern.bass, *pattern.drums.values()]
        assert {len(row) for row in rows} == {slots}
        assert set(pattern.piano) <= set("Xxp123P.-")
        assert set(pattern.bass) <= set("R5WB.-")


@pytest.mark.parametrize("time", ["4/4", "3/4", "6/8", "12/8", "2/2", "7/8"])
@pytest.mark.parametrize("genre", [*GENRES, "skiffle"])
def test_every_genre_plays_each_chord_and_nothing_else(genre: str, time: str) -> None:
    sheet = song(genre, time)
    played = performance(sheet)
    assert all(0 <= note.pitch <= 127 and note.length > 0 for note in played.chords + played.bass)
    last = max(note.start + note.length for note in played.chords + played.bass)
    assert last <= played.length + 0.2
    assert min(note.start for note in played.bass) <= 0.5
    power = genre in {"punk", "metal"}
    every = {tone for chord in sheet.chords for tone in chord.pitch_classes}
    assert power or {note.pitch % 12 for note in played.chords} <= every


def test_no_chord_is_silence() -> None:
    sheet = chordpro.read(b"{tempo: 60}\n[G]\n\n[N.C.]one [N.C.]two [N.C.]three\n\n[G]")
    silent = performance(sheet)
    assert not [note for note in silent.chords + silent.bass if 4 <= note.start < 8]


def test_jazz_swings_and_walks() -> None:
    played = performance(song("jazz"))
    assert {round(note.start % 1, 3) for note in played.chords} <= {0.0, 0.667}
    assert len({note.pitch for note in played.bass}) > 4


FORM = """{{tempo: 100}}
{{meta: genre {genre}}}
{{start_of_verse}}
The [G]lanterns on the [C]harbour wall are [G]swinging in the [D]rain
And [G]every one is [C]naïve, and [G]slow in the [D]rain
{{end_of_verse}}
{{start_of_chorus}}
So [C]leave a light, [G]leave a light, [C]leave a light [G]on
So [C]leave a light, [G]leave a light, [C]leave a light [G]on
{{end_of_chorus}}
"""


def formed(genre: str) -> LeadSheet:
    return chordpro.read(FORM.format(genre=genre).encode())


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_has_drums_that_breathe_and_fill_the_ends_of_sections(genre: str) -> None:
    played = performance(formed(genre))
    assert played.drums, "no empty drum track"
    assert len({note.velocity for note in played.drums}) > 8
    assert len({note.velocity for note in played.chords}) > 5
    chorus = next(cue.start for cue in played.sections if cue.text == "Chorus")
    bars = [
        {
            (round(note.start - first, 3), note.pitch)
            for note in played.drums
            if first <= note.start < first + 4
        }
        for first in (chorus - 4, chorus - 8)
    ]
    assert bars[0] != bars[1], "the last bar of the verse is a fill"


@pytest.mark.parametrize("genre", GENRES)
def test_a_chorus_is_louder_than_a_verse(genre: str) -> None:
    played = performance(formed(genre))
    chorus = next(cue.start for cue in played.sections if cue.text == "Chorus")
    for notes in (played.chords, played.bass):
        before = [note.velocity for note in notes if note.start < chorus - 4]
        after = [note.velocity for note in notes if note.start >= chorus]
        assert sum(after) / len(after) > sum(before) / len(before) + 4


def test_chance_is_the_same_every_time() -> None:
    assert performance(formed("pop")) == performance(formed("pop"))


def test_every_change_of_harmony_says_which_chord_of_the_sheet_it_is() -> None:
    sheet = formed("pop")
    played = performance(sheet)
    assert [sheet.lines[line].chords[at].chord for line, at in played.places] == [
        chord for _, _, chord in played.struck
    ]
