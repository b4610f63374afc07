"""Calibrate models that stand anew, and measure them: nothing is trained.

``python -m train.recalibrate --data FOLDER [--model NAME ...]`` fits what lies between a model's
logits and its answers (evidence, shifts, temperatures, doubt; see `train.calibration`), for the
model and for each of its parts, and writes its card again. The combined answer is fitted to these
models and has to be fitted again afterwards: ``python -m train.genre_combined``.
"""

from __future__ import annotations

import json

from engine.classifiers import PARTED
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.models.card import ModelCard
from train.card import calibrated_card
from train.command_line import output_slot, parse_arguments, run
from train.genre_data import read_splits
from train.parts import part_logits


def main() -> None:
    """Fit and write the cards."""
    arguments = parse_arguments(
        __doc__ or "",
        "recalibrate",
        model={"nargs": "+", "choices": PARTED, "default": PARTED, "help": "default: all"},
    )
    splits = read_splits(arguments.data, arguments.limit)
    for name in arguments.model:
        own = output_slot(name, arguments)
        card = ModelCard.read(own.folder)
        # A card of an earlier kind lacks what it needs to be loaded.
        card.config.update(Calibration.none(len(GENRES)).as_config())
        card.config["parts"] = {}
        card.write(own.folder)
        parts = part_logits(own, splits["validation"])
        calibrated_card(card, own, splits, arguments.runs, parts)
        print(json.dumps({name: card.metrics}), flush=True)


if __name__ == "__main__":
    run(main)
