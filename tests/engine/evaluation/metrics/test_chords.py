"""Chord metrics agree with mir_eval and with values worked out by hand."""

from __future__ import annotations

import math

import mir_eval
import numpy as np
import pandas as pd
import pytest

from engine.evaluation.metrics import chords as cm
from engine.music.chord import Chord
from engine.music.lead_sheet import Line, PlacedChord


def line(words: str, *chords: tuple[int, str]) -> Line:
    placed = tuple(PlacedChord(word, Chord.harte(label)) for word, label in chords)
    return Line(tuple(words.split()), placed)


SONG = (
    line("rain on the roof", (0, "C:maj"), (3, "G:7")),
    line("all night", (0, "G:7"), (2, "A:min")),
    line("sleep"),
)


def test_a_restated_chord_is_no_change() -> None:
    assert cm.changes(SONG) == [((0, 0), "C:maj"), ((0, 3), "G:7"), ((1, 2), "A:min")]


def test_chords_sound_until_the_next_one() -> None:
    assert cm.sounding(SONG) == ["C:maj"] * 3 + ["G:7"] * 3 + ["A:min"]
    assert cm.sounding((line("la la", (1, "F:maj")),)) == ["N", "F:maj"]


def test_last_of_several_chords_on_a_word_sounds() -> None:
    assert cm.sounding((line("la la", (0, "F:maj"), (0, "G:maj")),)) == ["G:maj", "G:maj"]


@pytest.mark.parametrize(
    ("reference", "predicted", "apart", "expected"),
    [
        ([(0, 0), (0, 3)], [(0, 0), (0, 2)], 0, (1, 2, 2)),
        ([(0, 0), (0, 3)], [(0, 0), (0, 2)], 1, (2, 2, 2)),
        ([(0, 3)], [(0, 2), (0, 4)], 1, (1, 1, 2)),  # one to one
        ([(0, 5)], [(1, 5)], 1, (0, 1, 1)),  # another line is far away
        ([(0, 1), (0, 1)], [(0, 1)], 0, (1, 1, 1)),  # two chords on a word are one place
        ([], [(0, 0)], 1, (0, 0, 1)),
    ],
)
def test_places_are_matched_one_to_one(
    reference: list[tuple[int, int]],
    predicted: list[tuple[int, int]],
    apart: int,
    expected: tuple[int, int, int],
) -> None:
    assert cm.placement_counts(reference, predicted, apart) == expected


def test_matching_is_as_large_as_mir_eval_finds() -> None:
    draw = np.random.default_rng(0)
    for _ in range(60):
        first, second = (sorted(set(draw.integers(0, 30, 12).tolist())) for _ in range(2))
        for apart in (0, 1):
            found = cm.placement_counts([(0, w) for w in first], [(0, w) for w in second], apart)
            expected = mir_eval.util.match_events(
                np.array(first, float), np.array(second, float), apart + 0.1
            )
            assert found[0] == len(expected)


@pytest.mark.parametrize("vocabulary", ["majmin", "sevenths"])
def test_agreement_is_mir_evals(vocabulary: str) -> None:
    plain = ["C:maj", "C:maj7", "C:7", "A:min", "A:min7", "N", "B:dim"]
    labels = [*plain, "G:sus4", "G:maj/3", "C:maj6"]
    draw = np.random.default_rng(1)
    reference, predicted = (draw.choice(labels, 300).tolist() for _ in range(2))
    agreeing, counted = cm.agreement_counts(reference, predicted, vocabulary)
    compare = getattr(mir_eval.chord, vocabulary)
    expected = mir_eval.chord.weighted_accuracy(compare(reference, predicted), np.ones(300))
    assert agreeing / counted == pytest.approx(expected, abs=1e-9)


def test_entropy_and_coverage_by_hand() -> None:
    assert cm.histogram_entropy(["C", "C", "G", "F"]) == pytest.approx(
        0.5 * math.log(2) + 0.5 * math.log(4), abs=1e-12
    )
    assert cm.histogram_entropy(["C"]) == cm.histogram_entropy([]) == 0.0
    assert cm.coverage(["C", "C", "G"]) == 2


def test_tonal_centroid_by_hand() -> None:
    # One pitch class a fifth up moves by 7 x 7 pi / 6 on the circle of fifths.
    centroid = cm.tonal_centroid(frozenset({7}))
    assert centroid[0] == pytest.approx(math.sin(7 * 7 * math.pi / 6), abs=1e-12)
    assert centroid[5] == pytest.approx(0.5 * math.cos(7 * 2 * math.pi / 3), abs=1e-12)
    # An augmented triad is balanced on the circle of major thirds' neighbours, not on its own.
    augmented = cm.tonal_centroid(frozenset({0, 4, 8}))
    assert augmented[:2] == pytest.approx([0, 0], abs=1e-12)
    assert not cm.tonal_centroid(frozenset()).any()


def test_near_chords_are_nearer_than_far_ones() -> None:
    relative = cm.tonal_distance(["C:maj", "A:min"])
    tritone = cm.tonal_distance(["C:maj", "F#:maj"])
    assert 0 < relative < tritone
    assert cm.tonal_distance(["C:maj"]) == 0.0
    # Every chord is as far from its fifth whatever the key.
    assert cm.tonal_distance(["C:maj", "G:maj"]) == pytest.approx(
        cm.tonal_distance(["Eb:maj", "Bb:maj"]), abs=1e-9
    )


def test_a_song_equals_itself() -> None:
    table = pd.DataFrame([cm.song_columns(SONG, SONG)])
    values = {m.name: m.of(table) for m in cm.CHORD_METRICS if m.applies_to(table)}
    for name in ("placement-f1", "placement-f1-near", "majmin", "sevenths"):
        assert values[name] == 1.0
    for name in ("chord-entropy-gap", "chord-coverage-gap", "tonal-distance-gap"):
        assert values[name] == 0.0
    assert values["chord-coverage"] == 3


def test_an_empty_answer_scores_nothing_and_breaks_nothing() -> None:
    table = pd.DataFrame([cm.song_columns(SONG, ())])
    values = {m.name: m.of(table) for m in cm.CHORD_METRICS if m.applies_to(table)}
    assert values["placement-f1"] == 0.0
    assert values["majmin"] == 0.0


def test_perplexity_by_hand() -> None:
    songs = {"next_loss": [math.log(4), 0.0], "next_count": [1, 1], "next_hits": [0, 1]}
    table = pd.DataFrame(songs)
    values = {m.name: m.of(table) for m in cm.CHORD_METRICS if m.applies_to(table)}
    assert values["next-chord-perplexity"] == pytest.approx(2.0, abs=1e-12)
    assert values["next-chord-accuracy"] == 0.5
