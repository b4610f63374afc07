"""One answer out of several models': a weighted pool of their probabilities.

The logarithmic opinion pool (Genest and Zidek 1986, doi:10.1214/ss/1177013825, section 3.3),
p(genre) proportional to exp((sum over models of w_m ln p_m(genre) + shift(genre)) / t): with
positive weights a genre stands out only where no model rules it out. As on the models' own cards,
the shift says how often genres come beyond what the models say of it, and the temperature belongs
to the genre that is answered. All is fitted on validation songs and stands in the card of
``models/combined``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.prediction import Prediction

if TYPE_CHECKING:
    from engine.modelcard import ModelCard

NAME = "combined"
_SMALLEST = 1e-12


def combined_card() -> ModelCard | None:
    """The fitted weights, or None where none are shipped; `WeightsError` if they are unreadable."""
    from engine.modelcard import CARD, ModelCard
    from engine.weights import models_folder

    folder = models_folder() / NAME
    return ModelCard.read(folder) if (folder / CARD).exists() else None


def combine(predictions: Sequence[Prediction], card: ModelCard) -> Prediction:
    """Pool the answers of several models to one lyric.

    Parameters
    ----------
    predictions : sequence of Prediction
        One per model that has a weight, in any order; others are not counted.
    card : ModelCard
        ``config["weights"]`` by model name; in the order of the labels ``config["prior_shift"]`` (0
        if missing) and ``config["temperatures"]``, above 0 (1 if missing).

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
    scores = [float(shift) for shift in card.config.get("prior_shift", [0.0] * len(labels))]
    for part in parts:
        of = dict(zip(part.labels, part.probabilities, strict=True))
        for index, label in enumerate(labels):
            scores[index] += weights[part.model] * math.log(max(of[label], _SMALLEST))
    highest = max(scores)
    temperatures = card.config.get("temperatures", [1.0] * len(labels))
    temperature = float(temperatures[scores.index(highest)])
    odds = [math.exp((score - highest) / temperature) for score in scores]
    return Prediction(
        NAME,
        " + ".join(part.model for part in parts),
        labels,
        tuple(odd / sum(odds) for odd in odds),
        sum(part.seconds for part in parts),
    )
