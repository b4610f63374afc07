from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.generator.drawing import MIN_P, SWING, drawn, restrained
from engine.generator.memory.features import Facts, SongMemory
from engine.generator.memory.model import ChordMemory
from engine.generator.memory.outline import Outline


@pytest.fixture
def song(tiny_memory: Path) -> SongMemory:
    outline = Outline.of([0], ["verse"], [0])
    found = ChordMemory(tiny_memory).song(Facts("major", 0, "triads", "4/4", outline, 0))
    found.begin(0, ("the", "rain", "came", "down"))
    return found


@pytest.mark.parametrize(
    ("chords", "held_back"),
    [((1, 2, 1), 2), ((3, 1, 2, 1), 2), ((1, 2), None), ((1, 2, 3), None), ((2, 1, 1), None)],
)
def test_only_the_chord_that_would_swing_again_is_held_back(
    song: SongMemory, chords: tuple[int, ...], held_back: int | None
) -> None:
    for chord in chords:
        song.accept(0, chord)
    scores = np.zeros(8)
    expected = np.zeros(8)
    if held_back is not None:
        expected[held_back] = -SWING

    np.testing.assert_array_equal(restrained(scores, song), expected)
    assert not scores.any()


def test_what_is_far_less_likely_than_the_likeliest_is_never_drawn() -> None:
    random = np.random.default_rng(0)
    shares = np.array([0.6, 0.3, 0.06, 0.04 - 1e-9, 1e-9])
    scores = np.log(shares)

    at_one = {drawn(scores, 1.0, random) for _ in range(2000)}
    livelier = {drawn(scores, 2.0, random) for _ in range(2000)}

    assert at_one == {place for place, share in enumerate(shares) if share >= MIN_P * 0.6}
    assert livelier == {0, 1, 2, 3}
    assert drawn(scores, 0.0, random) == 0
    assert drawn(np.array([0.0, -1e9]), 1.0, random, min_p=0.0) == 0
