from __future__ import annotations

import math

import numpy as np

from engine.corpora.chord_songs import ChordSong
from engine.generator.placement.ranker import PlacementRanker
from engine.generator.placement.song import END, SongPlaces
from engine.generator.placement.songs import judged_places, steps, told_song
from engine.generator.vocabulary import Vocabulary
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

LABELS = ("C:maj", "G:maj", "F:maj", "A:min")


def vocabulary() -> Vocabulary:
    return Vocabulary(LABELS, ("unknown", "folk"), {"major": {"C": 1}, "minor": {"A": 1}})


def line(text: str, *chords: tuple[int, str]) -> Line:
    placed = tuple(PlacedChord(word, Chord.harte(label)) for word, label in chords)
    return Line(tuple(text.split()), placed)


def song(*lines: Line) -> ChordSong:
    sheet = LeadSheet("", Key("G", "major"), lines, genre="folk")
    return ChordSong("id", None, sheet, True, "4/4")


def test_a_song_is_told_line_by_line_without_repetitions() -> None:
    told = told_song(
        song(
            line("The road is long", (1, "G:maj"), (2, "G:maj"), (3, "D:maj")),
            line("The night is cold", (1, "C:maj")),
            line("The road is long", (1, "G:maj")),
        ),
        vocabulary(),
        ("unknown", "folk"),
    )

    assert [found.number for found in told.lines] == [0, 1]
    assert told.lines[0].places == (1, 3)  # what only restates a chord is no place
    assert told.facts.genre == 1
    assert len(told.facts.lines) == 3


def test_targets_are_those_of_the_next_chord_evaluation() -> None:
    long = " ".join(f"word{number}" for number in range(60))
    lyric = song(
        line(long, (3, "G:maj"), (30, "D:maj"), (60, "G:maj")), line("So long", (1, "C:maj"))
    )
    told = told_song(lyric, vocabulary(), ("unknown",))

    ended = [(place, bounds) for place, bounds in steps(told, SongPlaces(told.facts, 1))]

    assert told.lines[0].bounds == (20, 40)
    assert ended == [(3, ()), (30, (20,)), (60, (40,)), (END, ()), (1, ()), (END, ())]


def test_a_ranker_that_knows_nothing_is_as_perplexed_as_there_are_candidates() -> None:
    told = told_song(song(line("Go home now", (0, "G:maj"))), vocabulary(), ("unknown",))
    places = SongPlaces(told.facts, 1)
    places.begin(0)
    size = places.features().shape[1]
    weights = {"weight.0": np.zeros((1, size), np.float32), "bias.0": np.zeros(1, np.float32)}

    result = judged_places(PlacementRanker(weights, ("unknown",)), [told])

    assert result.n == 2
    assert math.isclose(result.perplexity, 5, rel_tol=1e-6)  # three words, behind, the end; twice
