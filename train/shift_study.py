"""How shifts for macro F1 do on songs they were not fitted on, by the rule that fits them.

``python -m train.shift_study --data FOLDER``: RoBERTa's direct path is fitted for each part of the
training artists without them. Of the songs so judged, those of some artists play validation, as
many songs as there are in it, and the others are the test, several times over. Compared are no
shift, the whole log prior, shifts of the best macro F1 by the labels themselves, and those of the
best macro F1 to expect (`train.calibration.fitted_shift`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from train.calibration import best_shift, fitted_shift, likelihood_shift, macro_f1
from train.command_line import parse_arguments, run
from train.direct_path import cross_fitted_logits
from train.genre_data import log_prior, read_split
from train.genre_roberta import RobertaSettings, song_reader

DRAWS = 20
RULES = ("no shift", "whole prior", "by labels", "expected")


def main() -> None:
    """Fit, judge and print."""
    arguments = parse_arguments(__doc__ or "", "genre_roberta", RobertaSettings, steps=False)
    train, watched = (
        read_split(arguments.data, s, arguments.limit) for s in ("train", "validation")
    )
    read, tokens, pad = song_reader(arguments)
    logits = cross_fitted_logits(read, train, tokens, pad, arguments.settings)
    artists, prior = np.array(train.artists), log_prior(train.labels)
    generator = np.random.default_rng(arguments.settings.seed)
    scores: dict[str, list[tuple[float, float]]] = {rule: [] for rule in RULES}
    for _ in range(DRAWS):
        fitted = drawn_artists(artists, len(watched), generator)
        found = shifts(logits[fitted], train.labels[fitted], prior)
        for rule, shift in found.items():
            answers, labels = (logits[~fitted] + shift).argmax(-1), train.labels[~fitted]
            scores[rule].append((macro_f1(answers, labels), float((answers == labels).mean())))
    for rule, pairs in scores.items():
        (f1, right), (spread, _) = np.mean(pairs, axis=0), np.std(pairs, axis=0)
        print(f"{rule}: macro F1 {f1:.4f} (spread {spread:.4f}), accuracy {right:.4f}")


def drawn_artists(
    artists: np.ndarray[Any, Any], songs: int, generator: np.random.Generator
) -> np.ndarray[Any, Any]:
    """Which songs (a mask) are by artists drawn until they have at least `songs` songs."""
    names, counts = np.unique(artists, return_counts=True)
    order = generator.permutation(len(names))
    enough = int(np.searchsorted(counts[order].cumsum(), songs)) + 1
    return np.isin(artists, names[order[:enough]])


def shifts(
    logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], prior: np.ndarray[Any, Any]
) -> dict[str, np.ndarray[Any, Any]]:
    """The shift (genres,) that each rule finds on these songs."""
    whole = likelihood_shift(logits, labels, prior)
    by_labels = best_shift(logits, np.eye(len(prior))[labels], whole)
    expected = fitted_shift(logits, labels, prior)
    return dict(zip(RULES, (0 * prior, whole, by_labels, expected), strict=True))


if __name__ == "__main__":
    run(main)
