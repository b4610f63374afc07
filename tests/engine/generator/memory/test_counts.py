from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.generator.memory.counts import DISCOUNT, ChordCounts

SIZE = 6
_SEQUENCES = st.lists(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=12), min_size=1)


@given(_SEQUENCES, st.lists(st.integers(0, SIZE + 1), max_size=8), st.integers(1, 5))
def test_every_history_gives_a_distribution(
    sequences: list[list[int]], history: list[int], order: int
) -> None:
    found = ChordCounts.fitted(sequences, SIZE, order).distribution(history)
    assert found.shape == (SIZE,)
    assert found.min() > 0
    assert found.sum() == pytest.approx(1.0)


def test_the_longest_context_is_counted_and_shorter_ones_by_their_variety() -> None:
    # Bigrams of 0 1 0 1 0 2: after 0 come 1, 1, 2; chord 0 stands after the beginning and after 1,
    # so two contexts know it, and one context each knows 1 and 2.
    counts = ChordCounts.fitted([[0, 1, 0, 1, 0, 2]], SIZE, 2)
    lower = {0: (2 - DISCOUNT) / 4, 1: (1 - DISCOUNT) / 4, 2: (1 - DISCOUNT) / 4}
    spread = 3 * DISCOUNT / 4 / SIZE
    after_zero = 2 * DISCOUNT / 3
    expected = (2 - DISCOUNT) / 3 + after_zero * (lower[1] + spread)
    assert counts.distribution([0])[1] == pytest.approx(expected)
    assert counts.distribution([0])[3] == pytest.approx(after_zero * spread)


def test_lines_are_part_of_a_history_and_never_said() -> None:
    line = SIZE + 1
    counts = ChordCounts.fitted([[line, 0, 1, line, 0, 2]] * 3, SIZE, 3)
    assert counts.line == line
    assert counts.distribution([1, line])[0] > 0.8


@given(_SEQUENCES, st.lists(st.integers(0, SIZE - 1), max_size=6))
def test_what_is_shipped_answers_alike(sequences: list[list[int]], history: list[int]) -> None:
    counts = ChordCounts.fitted(sequences, SIZE, 4)
    again = ChordCounts.of_tensors(counts.tensors("songs"), "songs", SIZE)
    np.testing.assert_array_equal(counts.distribution(history), again.distribution(history))
