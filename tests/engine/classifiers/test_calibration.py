"""What a card says of shifts and temperatures is complete, or the card is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.classifiers.calibration import Calibration
from engine.errors import WeightsError

GOOD: dict[str, Any] = {
    "prior_shift": [0.0, -1.0],
    "temperatures": [1, 2.5],
    "evidence_words": 20,
    "doubt_below": 0.3,
}


def test_what_was_calibrated_is_undone() -> None:
    found = Calibration.read(GOOD, 2, "'llama'")
    assert found == Calibration((0.0, -1.0), (1.0, 2.5), 20.0, 0.3)
    assert Calibration.read(found.as_config(), 2, "'llama'") == found
    first, second = found.probabilities([0.5, 3.0])
    assert second > first
    undone = found.undone([math.log(first), math.log(second)])
    assert undone[1] - undone[0] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prior_shift", None),
        ("prior_shift", [0.0]),
        ("prior_shift", [0.0, 0.0, 0.0]),
        ("prior_shift", [0.0, float("nan")]),
        ("prior_shift", "00"),
        ("prior_shift", {"folk": 0.0}),
        ("temperatures", None),
        ("temperatures", [1.0]),
        ("temperatures", [1.0, 0.0]),
        ("temperatures", [1.0, -2.0]),
        ("temperatures", [1.0, float("inf")]),
        ("temperatures", [1.0, 10**400]),
        ("temperatures", [1.0, True]),
        ("temperatures", [1.0, [1.0]]),
        ("evidence_words", None),
        ("evidence_words", -1.0),
        ("evidence_words", [20.0]),
        ("doubt_below", None),
        ("doubt_below", 1.5),
        ("doubt_below", float("nan")),
    ],
)
def test_missing_short_and_impossible_values_are_refused(name: str, value: Any) -> None:
    """None of them is taken for "no calibration": answers would be others than those measured."""
    config = {**GOOD, name: value}
    if value is None:
        del config[name]
    with pytest.raises(WeightsError, match="card of 'llama'"):
        Calibration.read(config, 2, "'llama'")


def test_few_words_tell_less() -> None:
    found = Calibration.read(GOOD, 2, "'llama'")
    told = [found.evidence(words) for words in (1, 20, 200, 20_000)]
    assert told == pytest.approx([1 / 21, 1 / 2, 200 / 220, 20_000 / 20_020])
    assert Calibration.none(2).evidence(1) == 1.0
