"""How sure a model's linear path must be before its network is left out; nothing is trained.

``python -m train.early_exit --data FOLDER [--model NAME ...]`` asks both parts of models that stand
about the validation songs and writes on their cards the lowest probability from which on the linear
path may answer alone (`engine.classifiers.early_exit`): at least `SAME` of all answers are then the
whole model's, accuracy and macro F1 fall by at most `LOSS`, and the calibration error rises by at
most `MISCALIBRATION`. (Macro F1 hangs on few songs; by it alone more was lost on other songs.) The
trainings of these models fit it as well.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from engine.classifiers import EARLY_EXIT, EXITING
from engine.classifiers.calibration import Calibration
from engine.errors import InputError
from engine.evaluation.metrics.genre import binned, expected_calibration_error
from engine.models.card import ModelCard
from train.calibration import calibrated, measured, word_counts
from train.command_line import output_slot, parse_arguments, run
from train.genre_data import GenreSplit, read_splits
from train.parts import PartLogits, part_logits

SAME = 0.99
LOSS = 0.003
MISCALIBRATION = 0.005
_SURE = tuple(np.round(np.arange(0.5, 1.0, 0.05), 2).tolist())
_NEVER = 1.0
_FEWEST = 20  # songs that say whether the linear path may be believed


def fitted_exit(
    parts: PartLogits, whole: Calibration, linear: Calibration, validation: GenreSplit
) -> dict[str, Any]:
    """What a card says of the early exit; ``"sure"`` is 1 where the network always has to answer.

    `whole` and `linear` are the calibrations of the model and of its linear path. ``"share"`` is
    that of the songs of which the network is left out.
    """
    words = word_counts(validation)
    late = calibrated(parts.whole, words, whole)
    early = calibrated(parts.logits["linear"], words, linear)
    labels = validation.labels
    before, error = measured("", late, labels), _calibration_error(late, labels)

    def same(found: np.ndarray[Any, Any]) -> float:
        return float((found.argmax(-1) == late.argmax(-1)).mean())

    def answered(sure: float) -> np.ndarray[Any, Any]:
        return np.where(early.max(-1, keepdims=True) >= sure, early, late)

    def keeps(sure: float) -> bool:
        if (early.max(-1) >= sure).sum() < _FEWEST:
            return False
        found = answered(sure)
        told = measured("", found, labels)
        lost = [before[score] - told[score] for score in ("/accuracy", "/macro_f1")]
        worse = _calibration_error(found, labels) - error
        return same(found) >= SAME and max(lost) <= LOSS and worse <= MISCALIBRATION

    sure = min(filter(keeps, _SURE), default=_NEVER)
    return {
        "sure": sure,
        "after": "linear",
        "same": round(same(answered(sure)), 4),
        "share": round(float((early.max(-1) >= sure).mean()), 3),
        "metrics": measured("validation", answered(sure), labels),
    }


def _calibration_error(probabilities: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    cells = binned(probabilities.max(-1), probabilities.argmax(-1) == labels)
    return float(expected_calibration_error(cells.sum(0)))


def main() -> None:
    """Measure and write the cards."""
    arguments = parse_arguments(
        __doc__ or "",
        "early-exit",
        model={"nargs": "+", "choices": EXITING, "default": EXITING, "help": "default: all"},
    )
    validation = read_splits(arguments.data, arguments.limit)["validation"]
    for name in arguments.model:
        own = output_slot(name, arguments)
        card = ModelCard.read(own.folder)
        labels = len(card.labels)
        if "linear" not in (card.config.get("parts") or {}):
            raise InputError(f"'{name}' in {own.folder} has no linear path that answers alone.")
        whole = Calibration.read(card.config, labels, f"'{name}'")
        linear = Calibration.read(card.config["parts"]["linear"], labels, f"'{name}/linear'")
        found = fitted_exit(part_logits(own, validation), whole, linear, validation)
        card.config["parts"][EARLY_EXIT] = found
        card.write(own.folder)
        print(json.dumps({name: found}), flush=True)


if __name__ == "__main__":
    run(main)
