"""How a model's card corrects what its network says: shifts and temperatures, genre by genre.

The shift says how often genres come; it is added to the logits. Temperatures say how sure the
network may be of each answer; the one of the genre that is then highest divides them all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.errors import WeightsError


@dataclass(frozen=True)
class Calibration:
    """Shift and temperature of each label, in the order of the labels."""

    prior_shift: tuple[float, ...]
    temperatures: tuple[float, ...]

    @classmethod
    def read(cls, config: Mapping[str, Any], labels: int, whose: str) -> Calibration:
        """Take both from a card's ``config``; `whose` is named where they are not usable.

        Raises
        ------
        WeightsError
            If one is missing, of another length, not finite, or a temperature not above 0.
        """
        shift = _numbers(config, "prior_shift", labels, whose)
        temperatures = _numbers(config, "temperatures", labels, whose)
        if min(temperatures) <= 0:
            raise WeightsError(
                f"The card of {whose} has a temperature of {min(temperatures)}; temperatures are "
                "above 0. Restore it with `git checkout -- models`, or train it again."
            )
        return cls(shift, temperatures)

    @classmethod
    def none(cls, labels: int) -> Calibration:
        """One that changes nothing."""
        return cls((0.0,) * labels, (1.0,) * labels)

    def as_config(self) -> dict[str, list[float]]:
        """As it stands on a card."""
        return {"prior_shift": list(self.prior_shift), "temperatures": list(self.temperatures)}

    def undone(self, log_probabilities: Sequence[float]) -> list[float]:
        """A model's logits, but for what is the same for all, from its calibrated answer."""
        temperature = self.temperatures[log_probabilities.index(max(log_probabilities))]
        return [
            temperature * log - shift
            for log, shift in zip(log_probabilities, self.prior_shift, strict=True)
        ]

    def probabilities(self, logits: Sequence[float]) -> tuple[float, ...]:
        """The calibrated answer of one song's logits."""
        shifted = [logit + shift for logit, shift in zip(logits, self.prior_shift, strict=True)]
        highest = max(shifted)
        temperature = self.temperatures[shifted.index(highest)]
        odds = [math.exp((value - highest) / temperature) for value in shifted]
        return tuple(odd / sum(odds) for odd in odds)


def _numbers(config: Mapping[str, Any], name: str, count: int, whose: str) -> tuple[float, ...]:
    found = config.get(name)
    values = cast("list[Any]", found) if isinstance(found, list) else []
    numbers = [
        float(value)
        for value in values
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
        and math.isfinite(value)
    ]
    if len(numbers) != count or len(values) != count:
        raise WeightsError(
            f"The card of {whose} does not hold '{name}' as {count} numbers, one for each label; "
            "restore it with `git checkout -- models`, or train it again."
        )
    return tuple(numbers)
