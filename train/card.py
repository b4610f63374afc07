"""Writing a trained genre model's card: what it is, what it learned from, how well it does."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.audit.learned import keep_learned
from engine.classifiers import EARLY_EXIT, EXITING
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.models.card import ModelCard
from engine.models.presets import Slot
from train.calibration import calibrate, log_probabilities, measured
from train.early_exit import fitted_exit
from train.genre_data import GenreSplit, corpus_sha256
from train.parts import PartLogits, fitted_parts, part_logits

# What of a Trainer's log counts on when a second run starts from a first one's weights.
COUNTED = ("step", "epoch")
LIBRARIES = (
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "bitsandbytes",
    "tokenizers",
    "safetensors",
)
LICENCE = (
    "MIT for the weights trained here; the base keeps its own licence (see "
    "engine/models/presets.toml). The training lyrics are their writers' and are not distributed."
)
LIMITS = (
    "English lyrics and twelve genres only; words alone cannot tell rock from pop as sound does, "
    "and annotators themselves agree on about 71% of the songs they share."
)


def new_card(
    own: Slot,
    *,
    family: str,
    labels: tuple[str, ...],
    training_data: str,
    training_data_sha256: str,
    config: dict[str, Any],
    limits: str = LIMITS,
) -> ModelCard:
    """The card of a model trained just now, without figures yet."""
    return ModelCard(
        name=own.name,
        family=family,
        base=own.base_label,
        base_sha256=own.base.sha256 if own.base else None,
        labels=labels,
        training_data=training_data,
        training_data_sha256=training_data_sha256,
        config=config,
        library_versions={lib: importlib.metadata.version(lib) for lib in LIBRARIES},
        metrics={},
        licence=LICENCE,
        limits=limits,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def finish(
    own: Slot,
    family: str,
    arguments: argparse.Namespace,
    splits: Mapping[str, GenreSplit],
    config: dict[str, Any],
    history: list[dict[str, float]],
    adjusted: Callable[[], PartLogits] | None = None,
) -> ModelCard:
    """Calibrate on validation and measure on test through the serving path; write it on the card.

    `own` is a staging slot (`train.staging`), in whose folder the weights lie already. `adjusted`,
    for a model with more to fit on validation, is called once the model can be loaded, writes what
    it fitted and returns the logits that it leads to.
    """
    card = new_card(
        own,
        family=family,
        labels=GENRES,
        training_data="12-genre corpus of English lyrics, split by artist: train, validation",
        training_data_sha256=corpus_sha256(arguments.data),
        config={
            **config,
            "settings": asdict(arguments.settings),
            "history": curves(history),
            **Calibration.none(len(GENRES)).as_config(),
        },
    )
    card.metrics["train/songs"] = len(splits["train"])
    read = (lyric.text for part in ("train", "validation") for lyric in splits[part].lyrics)
    keep_learned(read, card.training_data_sha256, own.folder.parent)
    card.write(own.folder)
    parts = adjusted() if adjusted else part_logits(own, splits["validation"])
    card.write(own.folder)  # of the weights as they are now
    calibrated_card(card, own, splits, arguments.runs, parts)
    print(json.dumps(card.metrics))
    return card


def calibrated_card(
    card: ModelCard,
    own: Slot,
    splits: Mapping[str, GenreSplit],
    runs: Path,
    parts: PartLogits,
) -> None:
    """Calibrate the model whose card has no calibration yet, and its parts; measure it on test.

    `parts` are the logits of validation songs.
    """
    calibration = calibrate(card, own, splits, runs, parts.whole)
    validation = splits["validation"]
    found = fitted_parts(parts, calibration, validation)
    if own.name in EXITING and "linear" in found:
        linear = Calibration.read(found["linear"], len(card.labels), f"'{own.name}/linear'")
        found[EARLY_EXIT] = fitted_exit(parts, calibration, linear, validation)
    card.config["parts"] = found
    test = splits["test"]
    card.metrics.update(measured("test", log_probabilities(own, test), test.labels))
    card.write(own.folder)


def continued(
    earlier: Sequence[Mapping[str, float]], history: Iterable[Mapping[str, float]]
) -> list[dict[str, float]]:
    """One log of two runs, the second of which started from the first's weights.

    Steps and epochs count on from where the first ended.
    """
    ends = {key: max((entry.get(key, 0) for entry in earlier), default=0) for key in COUNTED}
    later = [{key: value + ends.get(key, 0) for key, value in entry.items()} for entry in history]
    return [*map(dict, earlier), *later]


def curves(history: Iterable[Mapping[str, float]]) -> list[dict[str, float]]:
    """What of a Trainer's log a card keeps: losses and scores by step."""
    kept = ("step", "epoch", "loss", "eval_loss", "eval_accuracy", "eval_macro_f1")
    return [
        {key: round(float(entry[key]), 5) for key in kept if key in entry}
        for entry in history
        if "loss" in entry or "eval_loss" in entry
    ]
