from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.generator.drawing import SWING, restrained
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
