"""Fit the combined answer: a weighted pool of the three genre models, on validation songs.

``python -m train.genre_combined --data FOLDER``. Pooled are logits before the models' own
calibration. Weights are those of greatest likelihood, the genres' log prior having one of its own
(macro F1 hangs on few songs of rare genres, and chose a single model where the pool was surer and
right more often); shifts and temperatures are then fitted as those of each model are. The card
keeps the revisions of the models it was fitted to, and is refused beside others. Calibrated answers
left by the trainings in ``runs/NAME/validation.npz`` are taken where they are those of the present
card, and made anew where not.
"""

from __future__ import annotations

import importlib.metadata
import json
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from scipy.special import log_softmax

from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.models.card import ModelCard, model_revision
from engine.models.presets import Slot
from train.calibration import (
    all_labels,
    excerpts,
    fitted_doubt,
    fitted_shift,
    fitted_temperatures,
    likelihood_weights,
    log_probabilities,
    measured,
    tempered,
)
from train.card import LIBRARIES, LICENCE, LIMITS
from train.command_line import output_slot, parse_arguments, run
from train.genre_data import GenreSplit, corpus_sha256, log_prior, read_split

NAME = "combined"


def main() -> None:
    """Fit on validation, measure on test, write the pool's card."""
    arguments = parse_arguments(__doc__ or "", "genre_combined")
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    own = output_slot(NAME, arguments)
    slots = {name: output_slot(name, arguments) for name in own.reads}
    cards = {name: ModelCard.read(of.folder) for name, of in slots.items()}
    members = {
        name: Calibration.read(card.config, len(GENRES), f"'{name}'")
        for name, card in cards.items()
    }
    validation = {
        name: uncalibrated(answers(slots[name], splits["validation"], arguments), member)
        for name, member in members.items()
    }
    labels = splits["validation"].labels
    prior = log_prior(labels)
    weights = fitted_weights(validation, labels, prior)
    pooled = pool(validation, weights)
    shift = fitted_shift(pooled, labels, prior)
    parts = excerpts(splits["validation"])
    of_parts = {
        name: np.concatenate(
            [uncalibrated(log_probabilities(slots[name], p), members[name]) for p in parts]
        )
        for name, weight in weights.items()
        if weight
    }
    everything = np.concatenate([pooled, pool(of_parts, {n: weights[n] for n in of_parts})])
    texts = all_labels(splits["validation"], *parts)
    temperatures = fitted_temperatures(everything + shift, texts, shift, prior)
    scaled = log_softmax(tempered(everything + shift, temperatures), -1)
    doubt = fitted_doubt(scaled, texts)
    print(f"{NAME}: weights {weights}, shifts {shift.tolist()}, temperatures {temperatures}")
    test = {
        name: uncalibrated(log_probabilities(slots[name], splits["test"]), member)
        for name, member in members.items()
    }
    own.folder.mkdir(parents=True, exist_ok=True)
    card = ModelCard(
        name=NAME,
        family="weighted pool of " + ", ".join(weights),
        base=own.base_label,
        base_sha256=None,
        labels=GENRES,
        training_data="none of its own: weights are fitted on the validation songs",
        training_data_sha256=corpus_sha256(arguments.data),
        config={
            "weights": weights,
            "members": {
                name: model_revision(cards[name], slots[name])
                for name, weight in weights.items()
                if weight
            },
            # Evidence is each member's own.
            **Calibration(tuple(shift.tolist()), tuple(temperatures), 0.0, doubt).as_config(),
        },
        library_versions={lib: importlib.metadata.version(lib) for lib in LIBRARIES},
        metrics={
            **measured("validation", pooled + shift, labels),
            **measured("test", pool(test, weights) + shift, splits["test"].labels),
        },
        licence=LICENCE,
        limits=LIMITS,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    card.write(own.folder)
    print(json.dumps(card.metrics))


def answers(own: Slot, split: GenreSplit, arguments: Namespace) -> np.ndarray[Any, Any]:
    """Calibrated log probabilities (songs, genres) of one model on validation."""
    kept = arguments.runs / own.name / "validation.npz"
    if kept.exists():
        stored = np.load(kept, allow_pickle=False)
        current = model_revision(ModelCard.read(own.folder), own)
        if str(stored["revision"]) == current and np.array_equal(stored["labels"], split.labels):
            return stored["log_probabilities"]
    print(f"{own.name}: asking it for {len(split)} validation songs")
    return log_probabilities(own, split)


def uncalibrated(
    log_probabilities: np.ndarray[Any, Any], member: Calibration
) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) from calibrated answers, as `engine.classifiers.combined` has them."""
    temperatures = np.array(member.temperatures)[log_probabilities.argmax(-1)]
    return temperatures[:, None] * log_probabilities - np.array(member.prior_shift)


def pool(
    parts: Mapping[str, np.ndarray[Any, Any]], weights: Mapping[str, float]
) -> np.ndarray[Any, Any]:
    """Pooled logits (songs, genres), as the combined answer has them before its shifts."""
    return sum(weight * parts[name] for name, weight in weights.items())  # type: ignore[return-value]


def fitted_weights(
    parts: Mapping[str, np.ndarray[Any, Any]],
    labels: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> dict[str, float]:
    """Weights of greatest likelihood beside a log prior (genres), scaled to sum to 1."""
    found = likelihood_weights([*parts.values(), prior], labels)[: len(parts)]
    shares = dict(zip(parts, (found / found.sum()).tolist(), strict=True))
    weights = {name: round(share, 2) for name, share in shares.items()}
    # What rounding leaves over or takes too much is the largest's.
    largest = max(shares, key=shares.__getitem__)
    weights[largest] = round(weights[largest] + 1 - sum(weights.values()), 2)
    return weights


if __name__ == "__main__":
    run(main)
