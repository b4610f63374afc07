"""One answer out of several models': a weighted pool of what they say.

The logarithmic opinion pool (Genest and Zidek 1986, doi:10.1214/ss/1177013825, section 3.3),
p(genre) proportional to exp((sum over models of w_m z_m(genre) + shift(genre)) / t): with positive
weights a genre stands out only where no model rules it out. z_m are a model's logits before its own
calibration, which is undone here: each model's shifts favour rare genres already, and its
temperature depends on its answer. The pool has shifts and temperatures of its own. All is
fitted on validation songs and stands in the card of ``models/combined``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.classifiers.prediction import Prediction
from engine.errors import InputError

if TYPE_CHECKING:
    from engine.models.card import ModelCard

NAME = "combined"
_SMALLEST = 1e-12


def combined_card() -> ModelCard | None:
    """The fitted weights, or None where none are shipped; `WeightsError` if they are unreadable."""
    from engine.models.card import CARD, ModelCard
    from engine.models.folders import models_folder

    folder = models_folder() / NAME
    return ModelCard.read(folder) if (folder / CARD).exists() else None


def combine(predictions: Sequence[Prediction], card: ModelCard) -> Prediction:
    """Pool the answers of several models to one lyric.

    Parameters
    ----------
    predictions : sequence of Prediction
        One per model that has a weight, in any order; others are not counted.
    card : ModelCard
        ``config["weights"]`` by model name; ``prior_shift`` (0 if missing) and ``temperatures``,
        above 0 (1 if missing), in the order of the labels, both in ``config`` for the pool and in
        ``config["members"]`` by model name, as they stand on the models' own cards.

    Returns
    -------
    Prediction
        Called "combined"; its seconds are those of its parts together.

    Raises
    ------
    InputError
        If a weighted model's answer is missing, or the models answer with different genres.
    """
    weights: dict[str, float] = {
        name: float(weight) for name, weight in card.config["weights"].items() if weight
    }
    answers = {prediction.model: prediction for prediction in predictions}
    missing = [name for name in weights if name not in answers]
    if missing or not weights:
        raise InputError(
            f"The combined answer needs {', '.join(weights) or 'weights'}; "
            f"{', '.join(missing) or 'its card has none'}: missing."
        )
    parts = [answers[name] for name in weights]
    labels = card.labels
    if any(set(part.labels) != set(labels) for part in parts):
        raise InputError("The models answer with different genres and cannot be combined.")
    members: Mapping[str, Mapping[str, Any]] = card.config.get("members", {})
    scores, temperatures = _calibration(card.config, len(labels))
    for part in parts:
        logits = _uncalibrated(part, labels, members.get(part.model, {}))
        for index, logit in enumerate(logits):
            scores[index] += weights[part.model] * logit
    highest = max(scores)
    temperature = temperatures[scores.index(highest)]
    odds = [math.exp((score - highest) / temperature) for score in scores]
    return Prediction(
        NAME,
        " + ".join(part.model for part in parts),
        labels,
        tuple(odd / sum(odds) for odd in odds),
        sum(part.seconds for part in parts),
    )


def _calibration(config: Mapping[str, Any], count: int) -> tuple[list[float], list[float]]:
    """Shifts and temperatures by label."""
    shifts: Sequence[float] = config.get("prior_shift", [0.0] * count)
    temperatures: Sequence[float] = config.get("temperatures", [1.0] * count)
    return list(map(float, shifts)), list(map(float, temperatures))


def _uncalibrated(
    prediction: Prediction, labels: Sequence[str], config: Mapping[str, Any]
) -> list[float]:
    """A model's logits by label, but for what is the same for all, from its calibrated answer."""
    of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
    shifts, temperatures = _calibration(config, len(labels))
    logs = [math.log(max(of[label], _SMALLEST)) for label in labels]
    temperature = temperatures[logs.index(max(logs))]
    return [temperature * log - shift for log, shift in zip(logs, shifts, strict=True)]
