"""Calibrate the two parts of a genre model, its network and its linear path, each on its own.

``python -m train.parts --data FOLDER``. Shifts and temperatures fitted to both together fit neither
alone, so that a part would be measured as worse than it is. They go onto the model's card with what
each part gets right on validation, and with the linear path's share: of how the genres' logits vary
from song to song, the part that goes with the linear path (the covariance of its logits and the
sum's, over the variance of the sum's; the network's share is the rest).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine.arguments import ArgumentParser
from engine.classifiers import PARTED, PARTS, load_from
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.classifiers.torch_classifier import TorchClassifier
from engine.models.card import ModelCard
from engine.models.presets import Slot, slot
from train.calibration import answered, fitted_shift, fitted_temperatures, measured
from train.command_line import run
from train.genre_data import GenreSplit, log_prior, read_split


def main() -> None:
    """Fit the parts of models that stand, and write their cards again."""
    parser = ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the parquet splits")
    parser.add_argument("--model", nargs="+", choices=PARTED, default=PARTED)
    parser.add_argument("--preset", choices=["embedded", "full"], default="embedded")
    parser.add_argument("--songs", type=int, help="so many validation songs (default: all)")
    options = parser.parse_args()
    splits = {s: read_split(options.data, s) for s in ("train", "validation")}
    splits["validation"] = splits["validation"].drawn(options.songs or len(splits["validation"]))
    for name in options.model:
        own = slot(name, options.preset)
        card = ModelCard.read(own.folder)
        card.config["parts"] = fitted_parts(own, splits)
        card.write(own.folder)
        print(json.dumps({name: card.config["parts"]}))


def fitted_parts(own: Slot, splits: Mapping[str, GenreSplit]) -> dict[str, dict[str, Any]]:
    """What a card says of each part; nothing where a model has no linear path."""
    whole = cast("TorchClassifier", load_from(own))
    if whole.linear is None:
        return {}
    validation, prior = splits["validation"], log_prior(splits["train"].labels)
    none = Calibration.none(len(GENRES))
    logits = {part: answered(whole.part(part, none), validation) for part in PARTS}
    weighed = {
        part: weight * logits[part] for part, weight in zip(PARTS, whole.path_weights, strict=True)
    }
    shares = variance_shares(weighed)
    found: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        shift = fitted_shift(logits[part], validation.labels, prior)
        moved = logits[part] + shift
        temperatures = fitted_temperatures(moved, validation.labels, shift, prior)
        found[part] = {
            "prior_shift": shift.tolist(),
            "temperatures": temperatures,
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


if __name__ == "__main__":
    run(main)
