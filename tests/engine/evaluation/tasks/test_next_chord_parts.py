"""The parts of the generator, asked for the next chord one by one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engine.evaluation.tasks import find_task
from engine.evaluation.tasks.next_chord import generator_sums
from engine.evaluation.tasks.next_chord_parts import PARTS, part_sums
from engine.generator.tinyllama import TinyLlamaGenerator
from tests.engine.generator.rows import corpus_row, corpus_songs


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_asked_for_the_same_chords(
    generator: TinyLlamaGenerator, tmp_path: Path, part: str
) -> None:
    (song,) = corpus_songs(tmp_path, corpus_row())
    whole, own = generator_sums(generator, song), part_sums(generator, song, part)
    assert own["next_count"] == whole["next_count"] > 0
    assert 0 <= own["next_hits"] <= own["next_count"]
    assert 0 < own["next_loss"] < 20 * own["next_count"]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_gives_probabilities(
    generator: TinyLlamaGenerator, tmp_path: Path, part: str
) -> None:
    (song,) = corpus_songs(tmp_path, corpus_row())
    found = PARTS[part](generator, song)
    assert np.exp(found).sum(1) == pytest.approx(1, abs=1e-3)


def test_the_whole_is_mixed_of_memory_and_decoder(
    generator: TinyLlamaGenerator, tmp_path: Path
) -> None:
    (song,) = corpus_songs(tmp_path, corpus_row())
    memory, decoder = (PARTS[part](generator, song) for part in ("memory", "decoder"))
    mixed = generator.memory.mixed(memory, decoder, past=True)
    chords = [c for _, c in song.told(generator.memory.counts, generator.vocabulary)]
    loss = -sum(float(row[chord]) for row, chord in zip(mixed, chords, strict=True))
    assert generator_sums(generator, song)["next_loss"] == pytest.approx(loss)
    assert math.isfinite(loss)


def test_parts_are_named_after_the_generator() -> None:
    assert find_task("next-chord").names == tuple(f"tinyllama/{part}" for part in PARTS)
    assert find_task("next-chord").recorded_as == "chords"


def test_only_the_decoder_is_given_other_words(
    generator: TinyLlamaGenerator, tmp_path: Path
) -> None:
    (song,) = corpus_songs(tmp_path, corpus_row())
    own, other, none = (
        PARTS[part](generator, song)
        for part in ("decoder", "decoder-other-words", "decoder-no-words")
    )
    again = PARTS["decoder-other-words"](generator, song)

    assert np.abs(own - other).max() > 0.01
    assert np.abs(none - other).max() > 0.01
    np.testing.assert_array_equal(other, again)
