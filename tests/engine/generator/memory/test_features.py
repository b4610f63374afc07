from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import WeightsError
from engine.generator.memory.features import (
    COPIES,
    DENSE,
    LAGS,
    Facts,
    Features,
    SongMemory,
    cardinalities,
)
from engine.generator.memory.model import NETWORKS_FILE, ChordMemory
from engine.generator.memory.outline import Outline

VERSE = ("sing", "the", "river", "home")


@pytest.fixture(scope="module")
def memory(tiny_memory: Path) -> ChordMemory:
    return ChordMemory(tiny_memory)


def facts() -> Facts:
    outline = Outline.of(range(4), ["verse", "verse", "verse", "verse"], [0, 0, 1, 1])
    return Facts("major", 0, "triads", "4/4", outline, 3)


def written(memory: ChordMemory) -> SongMemory:
    song = memory.song(facts())
    for line, chords in enumerate(((1, 2), (3, 4), (1, 2))):
        song.begin(line, VERSE)
        for place, chord in enumerate(chords):
            song.accept(2 * place, chord)
    song.begin(3, VERSE)
    return song


def test_a_verse_remembers_the_line_at_its_place(memory: ChordMemory) -> None:
    song = written(memory)
    told = song.features(0)
    assert told.copies[LAGS.index(2)] == 3  # two lines before
    assert told.copies[len(LAGS)] == 3  # the second line of the verse before
    assert told.copies[LAGS.index(4)] == -1
    right = told.records[len(LAGS)]
    assert right[0] > 0.5  # the verse before was right about line 3
    song.accept(0, 3)
    assert song.features(2).copies[len(LAGS)] == 4


def test_categories_stay_in_their_range(memory: ChordMemory) -> None:
    limits = np.array(cardinalities(len(memory.vocabulary.chords), len(memory.vocabulary.genres)))
    song = memory.song(
        Facts("minor", 1, "extended", "6/8", Outline.of(range(60), [None] * 60, [0] * 60), 59)
    )
    for line in range(60):
        song.begin(line, VERSE * 10)
        for place in range(0, 41, 4):
            told = song.features(place)
            assert told.dense.shape == (DENSE, len(memory.vocabulary.chords))
            assert (told.place >= 0).all()
            assert (told.place < limits).all()
            song.accept(place, (line + place) % 9)


def test_a_copy_goes_its_own_way(memory: ChordMemory) -> None:
    song = written(memory)
    before = song.features(0)
    other = song.copy()
    other.accept(0, 5)
    other.accept(1, 6)
    after = song.features(0)
    for part in ("dense", "copies", "records", "place"):
        np.testing.assert_array_equal(getattr(before, part), getattr(after, part))
    song.accept(0, 5)
    song.accept(1, 6)
    np.testing.assert_array_equal(song.features(2).dense, other.features(2).dense)


def test_the_past_counts_only_where_it_is_asked(memory: ChordMemory) -> None:
    told = written(memory).features(0)
    forgotten = Features(
        told.dense, np.full(COPIES, -1, np.int16), np.zeros_like(told.records), told.place
    )
    with_past = memory.log_probabilities([told], past=True)
    assert np.exp(with_past).sum() == pytest.approx(1.0)
    assert not np.allclose(with_past, memory.log_probabilities([forgotten], past=True))
    np.testing.assert_allclose(
        memory.log_probabilities([told], past=False),
        memory.log_probabilities([forgotten], past=False),
    )


def test_damaged_networks_say_how_to_mend(memory: ChordMemory, tiny_memory: Path) -> None:
    path = tiny_memory / NETWORKS_FILE
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-10])
        with pytest.raises(WeightsError, match="git checkout"):
            ChordMemory(tiny_memory)
    finally:
        path.write_bytes(whole)
