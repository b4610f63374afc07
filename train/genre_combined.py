"""Fit the combined answer: a weighted pool of the three genre models, on validation songs.

``python -m train.genre_combined --data FOLDER``. Weights are those of best log likelihood on a grid
in steps of a twentieth, each pool at its own best temperature (macro F1 hangs on few songs of rare
genres, and chose a single model where the pool was surer and right more often). Calibrated answers
left by the trainings in ``runs/NAME/validation.npz`` are taken where they are those of the present
card, and made anew where not.
"""

from __future__ import annotations

import importlib.metadata
import json
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import numpy as np
from scipy.special import log_softmax

from engine.classifiers import CLASSIFIERS
from engine.combination import NAME
from engine.evaluation.genre_task import card_revision
from engine.modelcard import ModelCard
from engine.prediction import GENRES
from engine.weights import models_folder, slot
from train.genre_data import GenreSplit, corpus_sha256, read_split
from train.genre_training import (
    LIBRARIES,
    LICENCE,
    LIMITS,
    fitted_temperature,
    log_probabilities,
    measured,
    parse_arguments,
)

STEPS = 20


def main() -> None:
    """Fit on validation, measure on test, write ``models/combined/card.json``."""
    arguments = parse_arguments(__doc__ or "", "genre_combined")
    splits = {s: read_split(arguments.data, s, arguments.limit) for s in ("validation", "test")}
    validation = {name: answers(name, splits["validation"], arguments) for name in CLASSIFIERS}
    weights = fitted_weights(validation, splits["validation"].labels)
    temperature = fitted_temperature(pool(validation, weights), splits["validation"].labels)
    print(f"{NAME}: weights {weights}, temperature {temperature:.3f}")
    test = {name: log_probabilities(name, arguments.preset, splits["test"]) for name in CLASSIFIERS}
    folder = models_folder() / NAME
    folder.mkdir(parents=True, exist_ok=True)
    card = ModelCard(
        name=NAME,
        family="weighted pool of " + ", ".join(weights),
        base="the three genre models",
        base_sha256=None,
        labels=GENRES,
        training_data="none of its own: weights are fitted on the validation songs",
        training_data_sha256=corpus_sha256(arguments.data),
        config={"weights": weights, "temperature": round(temperature, 4)},
        library_versions={lib: importlib.metadata.version(lib) for lib in LIBRARIES},
        metrics={
            **measured("validation", pool(validation, weights), splits["validation"].labels),
            **measured("test", pool(test, weights), splits["test"].labels),
        },
        licence=LICENCE,
        limits=LIMITS,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    card.write(folder)
    print(json.dumps(card.metrics))


def answers(name: str, split: GenreSplit, arguments: Namespace) -> np.ndarray[Any, Any]:
    """Calibrated log probabilities (songs, genres) of one model on validation."""
    kept = arguments.runs / name / "validation.npz"
    if kept.exists():
        stored = np.load(kept, allow_pickle=False)
        card = ModelCard.read(slot(name, arguments.preset).folder)
        if str(stored["revision"]) == card_revision(card) and np.array_equal(
            stored["labels"], split.labels
        ):
            return stored["log_probabilities"]
    print(f"{name}: asking it for {len(split)} validation songs")
    return log_probabilities(name, arguments.preset, split)


def pool(
    parts: Mapping[str, np.ndarray[Any, Any]], weights: Mapping[str, float]
) -> np.ndarray[Any, Any]:
    """Pooled log odds (songs, genres), as `engine.combination.combine` has them."""
    return sum(weight * parts[name] for name, weight in weights.items())  # type: ignore[return-value]


def fitted_weights(
    parts: Mapping[str, np.ndarray[Any, Any]], labels: np.ndarray[Any, Any]
) -> dict[str, float]:
    """Weights that sum to 1, of best log likelihood at each pool's own temperature."""
    names = list(parts)
    losses: dict[tuple[int, ...], float] = {}
    for shares in product(range(STEPS + 1), repeat=len(names)):
        if sum(shares) == STEPS:
            given = {name: share / STEPS for name, share in zip(names, shares, strict=True)}
            pooled = pool(parts, given)
            scaled = log_softmax(pooled / fitted_temperature(pooled, labels), axis=-1)
            losses[shares] = -float(scaled[np.arange(len(labels)), labels].mean())
    best = min(losses, key=lambda shares: losses[shares])
    return {name: share / STEPS for name, share in zip(names, best, strict=True)}


if __name__ == "__main__":
    main()
