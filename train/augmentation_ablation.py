"""What the BiLSTM-GRU's predictions are worth to RoBERTa: with, without, and those of other songs.

``python -m train.augmentation_ablation --data FOLDER`` reads what three trainings of equal length
left in ``runs/`` (`train.genre_roberta` with ``--augmentation with``, ``without``, ``shuffled``),
fits to each on validation what its answers take back of the genres' prior, and compares them on
test, song by song, by a bootstrap over artists. Log losses are of probabilities by likelihood,
answers those of the best macro F1 to expect, as in the models that are served.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from engine.classifiers.prediction import GENRES
from engine.errors import InputError
from engine.evaluation.metrics import metric
from engine.evaluation.metrics.uncertainty import (
    bootstrap_values,
    paired_bootstrap,
    percentile_interval,
)
from train.calibration import fitted_shift, likelihood_weights
from train.command_line import parse_arguments, run
from train.genre_data import log_prior, read_split
from train.genre_roberta import AUGMENTATIONS, run_name

COMPARED = ("log-loss", "accuracy", "macro-f1")


def main() -> None:
    """Compare."""
    arguments = parse_arguments(__doc__ or "", "augmentation_ablation")
    prior = log_prior(read_split(arguments.data, "train").labels)
    for line in comparison(arguments.runs, prior):
        print(line)


def comparison(runs: Path, prior: np.ndarray[Any, Any]) -> list[str]:
    """Lines of a Markdown table: each arm's scores on test, and its paired difference from "with".

    Raises
    ------
    InputError
        If a training has left no answers.
    """
    tables = {arm: _answers(runs / run_name(arm), prior) for arm in AUGMENTATIONS}
    chosen = [metric(name) for name in COMPARED]
    drawn = {arm: bootstrap_values(table, chosen) for arm, table in tables.items()}
    heads = [head for each in chosen for head in (each.title, "worse than `with` [95%], p")]
    lines = ["| features | " + " | ".join(heads) + " |", "|---" * (1 + len(heads)) + "|"]
    for arm, table in tables.items():
        cells = [f"`{arm}`"]
        for each in chosen:
            sign = 1 if each.higher_is_better else -1
            ours, theirs = sign * drawn["with"][each.name], sign * drawn[arm][each.name]
            low, high = percentile_interval(ours - theirs)
            lost = sign * (each.of(tables["with"]) - each.of(table))
            p = paired_bootstrap(ours, theirs)
            cells.append(f"{each.of(table):.3f}")
            cells.append("" if arm == "with" else f"{lost:.3f} [{low:.3f}, {high:.3f}], p {p:.3f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _answers(folder: Path, prior: np.ndarray[Any, Any]) -> pd.DataFrame:
    """The table of predictions on test of one training, its shifts fitted on validation."""
    stored: dict[str, Any] = {}
    for split in ("validation", "test"):
        path = folder / f"answers_{split}.npz"
        if not path.exists():
            raise InputError(
                f"{path} does not exist; it is left by "
                f"`python -m train.genre_roberta --augmentation {'|'.join(AUGMENTATIONS)}`."
            )
        stored[split] = np.load(path, allow_pickle=False)
    validation, test = stored["validation"], stored["test"]
    shift = fitted_shift(validation["logits"], validation["labels"], prior)
    predicted = (test["logits"] + shift).argmax(-1)
    sure, common = likelihood_weights([validation["logits"], prior], validation["labels"])
    probabilities = softmax(sure * test["logits"] + common * prior, axis=-1)
    return pd.DataFrame(
        {
            "reference": [GENRES[label] for label in test["labels"]],
            "prediction": [GENRES[label] for label in predicted],
            "cluster": test["artists"],
            **{f"p:{genre}": probabilities[:, i] for i, genre in enumerate(GENRES)},
        }
    )


if __name__ == "__main__":
    run(main)
