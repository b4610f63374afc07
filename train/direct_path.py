"""Fit LLaMA's direct path: a logistic regression over the TF-IDF weights of its tokens.

A convex fit: minutes on one core, where gradient steps through the decoder take hours.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix

from engine.classifiers.llama import DirectPath
from engine.classifiers.torch_classifier import DIRECT_LENGTH, padded
from train.genre_training import fitted_prior_power, macro_f1

SHARES = tuple(step / 10 for step in range(16))


def fit_direct(
    windows: Sequence[Sequence[list[int]]],
    labels: np.ndarray[Any, Any],
    weights: np.ndarray[Any, Any],
    vocabulary_size: int,
    genres: int,
    regularisation: float,
) -> DirectPath:
    """Fit on songs given as windows of ids, each led by a token that is not counted.

    Genres weigh alike, so that the logits lack the prior as the head's do. `regularisation` is
    scikit-learn's C for TF-IDF vectors of length 1.
    """
    from sklearn.linear_model import LogisticRegression

    frequency = np.zeros(vocabulary_size)
    for song in windows:
        frequency[list({token for window in song for token in window[1:]})] += 1
    idf = np.log((1 + len(windows)) / (1 + frequency)) + 1
    features = tfidf_matrix(windows, idf)
    regression = LogisticRegression(
        C=regularisation / DIRECT_LENGTH**2, class_weight="balanced", max_iter=200
    )
    regression.fit(features, labels, sample_weight=weights)
    path = DirectPath(vocabulary_size, genres)
    with torch.no_grad():
        path.idf.copy_(torch.from_numpy(idf))
        coefficients = regression.coef_
        if len(coefficients) == 1:  # two genres: scikit-learn keeps one row, for the second
            coefficients = np.concatenate([-coefficients, coefficients]) / 2
        for row, label in enumerate(regression.classes_):
            path.logits.weight[:, label] = torch.from_numpy(coefficients[row]).float()
    return path


def tfidf_matrix(windows: Sequence[Sequence[list[int]]], idf: np.ndarray[Any, Any]) -> csr_matrix:
    """What `DirectPath` weighs its tokens by, summed by token: (songs, vocabulary)."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for number, song in enumerate(windows):
        for window in song:
            counts = Counter(window[1:])
            weights = {token: (1 + math.log(n)) * idf[token] for token, n in counts.items()}
            length = math.sqrt(sum(value**2 for value in weights.values())) or 1.0
            rows += [number] * len(weights)
            columns += weights.keys()
            values += [DIRECT_LENGTH * v / length / len(song) for v in weights.values()]
    return csr_matrix((values, (rows, columns)), shape=(len(windows), len(idf)), dtype=np.float32)


def direct_logits(
    path: DirectPath, windows: Sequence[Sequence[list[int]]], pad: int
) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) of the direct path alone."""
    parts: list[torch.Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(windows), 64):
            part = windows[start : start + 64]
            ids, mask = padded([window for song in part for window in song], pad)
            owner = torch.tensor([i for i, song in enumerate(part) for _ in song])
            parts.append(path(ids, mask, owner))
    return torch.cat(parts).numpy()


def fitted_share(
    own: np.ndarray[Any, Any],
    direct: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> float:
    """How much of the direct logits to add to a model's own, by macro F1 at the best prior.

    From 0 to 1.5; each score is averaged with its neighbours 0.1 apart.
    """
    scores: list[float] = []
    for share in SHARES:
        logits = own + share * direct
        power = fitted_prior_power(logits, labels, prior)
        scores.append(macro_f1((logits + power * prior).argmax(-1), labels))
    smooth = [float(np.mean(scores[max(i - 1, 0) : i + 2])) for i in range(len(scores))]
    return SHARES[int(np.argmax(smooth))]
