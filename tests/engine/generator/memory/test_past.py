from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.generator.memory.past import Past

SIZE = 5
FLAT = np.full(SIZE, 1 / SIZE)


@given(st.lists(st.integers(0, SIZE - 1), max_size=40))
def test_the_blend_stays_a_distribution(history: list[int]) -> None:
    found = Past.of(history).blended(FLAT)
    assert found.sum() == pytest.approx(1.0)
    assert found.min() > 0


def test_what_followed_before_is_likely_again() -> None:
    found = Past.of([0, 3, 1, 4, 0, 3]).blended(FLAT)
    assert found.argmax() == 1
    assert found[1] > 0.5


def test_an_empty_past_changes_nothing() -> None:
    np.testing.assert_array_equal(Past.of([]).blended(FLAT), FLAT)
    assert Past.of([]).repetitions == (-1, -1)


def test_the_longest_repetition_and_the_latest_may_differ() -> None:
    # 2 0 1 came first before 3; the pair 0 1 came last before 4.
    past = Past.of([2, 0, 1, 3, 0, 1, 4, 2, 0, 1])
    assert past.repetitions == (3, 4)
    assert past.matched == 3
