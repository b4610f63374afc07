"""The two parts of a genre model, its network and its linear path: what each says on its own.

Shifts and temperatures fitted to both together fit neither alone, so that a part would be measured
as worse than it is: each has its own. They stand on the model's card with what each part gets right
on validation, and with its share: of how the genres' logits vary from song to song, the part that
goes with it (the covariance of its logits and the sum's, over the variance of the sum's).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from engine.classifiers import PARTS, load_from
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.classifiers.torch_classifier import TorchClassifier
from engine.models.presets import Slot
from train.calibration import (
    answered,
    counted_for,
    fitted_shift,
    fitted_temperatures,
    measured,
    word_counts,
)
from train.genre_data import GenreSplit, log_prior


@dataclass(frozen=True)
class PartLogits:
    """Uncalibrated logits (songs, genres) of each part of a model, and what each counts for."""

    logits: Mapping[str, np.ndarray[Any, Any]]
    weights: Mapping[str, float]

    @property
    def weighed(self) -> dict[str, np.ndarray[Any, Any]]:
        """What each part adds to the model's logits."""
        return {part: self.weights[part] * logits for part, logits in self.logits.items()}

    @property
    def whole(self) -> np.ndarray[Any, Any]:
        """The model's logits."""
        return sum(self.weighed.values())  # type: ignore[return-value]


def part_logits(own: Slot, split: GenreSplit) -> PartLogits:
    """Ask each part of a model that stands; a model without a linear path is a single part, ""."""
    whole = cast("TorchClassifier", load_from(own))
    none = Calibration.none(len(GENRES))
    if whole.linear is None:
        whole.calibration = none
        return PartLogits({"": answered(whole, split)}, {"": 1.0})
    logits = {part: answered(whole.part(part, none), split) for part in PARTS}
    return PartLogits(logits, dict(zip(PARTS, whole.path_weights, strict=True)))


def fitted_parts(
    parts: PartLogits, whole: Calibration, validation: GenreSplit
) -> dict[str, dict[str, Any]]:
    """What a card says of each part; nothing where a model has no linear path.

    Evidence and doubt are those of the whole model.
    """
    if set(parts.logits) != set(PARTS):
        return {}
    prior = log_prior(validation.labels)
    words = word_counts(validation)
    shares = variance_shares(parts.weighed)
    found: dict[str, dict[str, Any]] = {}
    for part, logits in parts.logits.items():
        told = counted_for(logits, words, whole.evidence_words)
        shift = fitted_shift(told, validation.labels, prior)
        moved = told + shift
        temperatures = fitted_temperatures(moved, validation.labels, shift, prior)
        own = replace(whole, prior_shift=tuple(shift.tolist()), temperatures=tuple(temperatures))
        found[part] = {
            **own.as_config(),
            "share": round(shares[part], 3),
            "metrics": measured("validation", moved, validation.labels),
        }
    return found


def variance_shares(parts: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, float]:
    """Each part's share of how their sum, logits (songs, genres), varies; they add up to 1.

    What is the same for all genres of a song changes no answer and is left out, and so is what is
    the same for all songs.
    """
    centred = {name: logits - logits.mean(1, keepdims=True) for name, logits in parts.items()}
    centred = {name: logits - logits.mean(0) for name, logits in centred.items()}
    whole = sum(centred.values())
    variance = float((whole * whole).sum())
    return {name: float((logits * whole).sum()) / variance for name, logits in centred.items()}
