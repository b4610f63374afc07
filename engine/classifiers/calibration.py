"""How a model's card corrects what its network says: evidence, shifts and temperatures.

A few words tell less than a song, whatever the network makes of them: logits of n words (repeated
lines counted once) count for n / (n + evidence words), so that what is left of a line is how often
genres come. The shift says how often genres come; it is added to the logits. Temperatures say how
sure the network may be of each answer; the one of the genre that is then highest divides them all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.errors import WeightsError


@dataclass(frozen=True)
class Calibration:
    """Shift and temperature of each label, in the order of the labels.

    Attributes
    ----------
    prior_shift, temperatures : tuple of float
        One a label.
    evidence_words : float
        How many words tell half of what they seem to; 0 if any number tells all.
    doubt_below : float
        An answer of lower probability is a doubtful one: on validation songs it was wrong so often
        that none is better (Chow 1970, doi:10.1109/TIT.1970.1054406).
    """

    prior_shift: tuple[float, ...]
    temperatures: tuple[float, ...]
    evidence_words: float = 0.0
    doubt_below: float = 0.0

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
        (words,) = _numbers({"words": [config.get("evidence_words")]}, "words", 1, whose)
        if words < 0:
            raise WeightsError(
                f"The card of {whose} has {words} as 'evidence_words', which is 0 or more; restore "
                "it with `git checkout -- models`, or train it again."
            )
        (doubt,) = _numbers({"doubt": [config.get("doubt_below")]}, "doubt", 1, whose)
        if not 0 <= doubt <= 1:
            raise WeightsError(
                f"The card of {whose} has {doubt} as 'doubt_below', a probability from 0 to 1; "
                "restore it with `git checkout -- models`, or train it again."
            )
        return cls(shift, temperatures, words, doubt)

    @classmethod
    def none(cls, labels: int) -> Calibration:
        """One that changes nothing."""
        return cls((0.0,) * labels, (1.0,) * labels)

    def as_config(self) -> dict[str, list[float] | float]:
        """As it stands on a card."""
        return {
            "prior_shift": list(self.prior_shift),
            "temperatures": list(self.temperatures),
            "evidence_words": self.evidence_words,
            "doubt_below": self.doubt_below,
        }

    def evidence(self, words: int) -> float:
        """What the logits of so many words count for, above 0 and at most 1."""
        return words / (words + self.evidence_words) if self.evidence_words else 1.0

    def undone(self, log_probabilities: Sequence[float]) -> list[float]:
        """A model's logits, but for what is the same for all, from its calibrated answer.

        They are those that counted: evidence is not undone.
        """
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
