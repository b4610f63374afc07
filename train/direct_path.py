"""Fit LLaMA's direct path: a logistic regression over its tokens' TF-IDF and the song's form.

A convex fit: minutes on one core, where gradient steps through the decoder take hours.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix, hstack

from engine.classifiers.llama import DirectPath
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import DIRECT_LENGTH, padded
from engine.lyrics import Lyrics
from train.genre_training import fitted_prior_power, macro_f1

SHARES = tuple(step / 10 for step in range(16))

# Length of one style feature's standard deviation beside TF-IDF vectors of length 1: the regression
# penalises what it makes of the form the less, the longer this is. Chosen on validation.
STYLE_LENGTH = 0.05


def fit_direct(
    windows: Sequence[Sequence[list[int]]],
    lyrics: Sequence[Lyrics],
    labels: np.ndarray[Any, Any],
    weights: np.ndarray[Any, Any],
    vocabulary_size: int,
    genres: int,
    regularisation: float,
) -> DirectPath:
    """Fit on songs, given also as windows of ids, each led by a token that is not counted.

    Genres weigh alike, so that the logits lack the prior as the head's do. `regularisation` is
    scikit-learn's C for TF-IDF vectors of length 1.
    """
    from sklearn.linear_model import LogisticRegression

    frequency = np.zeros(vocabulary_size)
    for song in windows:
        frequency[list({token for window in song for token in window[1:]})] += 1
    idf = np.log((1 + len(windows)) / (1 + frequency)) + 1
    path = DirectPath(vocabulary_size, genres)
    style = style_tensor(lyrics)
    path.style.standardise_by(style)
    form = path.style.expanded(style).numpy() * STYLE_LENGTH * DIRECT_LENGTH
    features = hstack([tfidf_matrix(windows, idf), csr_matrix(form)]).tocsr()
    regression = LogisticRegression(
        C=regularisation / DIRECT_LENGTH**2, class_weight="balanced", max_iter=200
    )
    regression.fit(features, labels, sample_weight=weights)
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(coefficients) == 1:  # two genres: scikit-learn keeps one row, for the second
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    with torch.no_grad():
        path.idf.copy_(torch.from_numpy(idf))
        for row, label in enumerate(regression.classes_):
            words, form = np.split(coefficients[row], [vocabulary_size])
            path.logits.weight[:, label] = torch.from_numpy(words).float()
            path.style.linear.weight[label] = (
                torch.from_numpy(form).float() * STYLE_LENGTH * DIRECT_LENGTH
            )
            path.bias[label] = float(intercepts[row])
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
    path: DirectPath, windows: Sequence[Sequence[list[int]]], lyrics: Sequence[Lyrics], pad: int
) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) of the direct path alone."""
    parts: list[torch.Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(windows), 64):
            part = windows[start : start + 64]
            ids, mask = padded([window for song in part for window in song], pad)
            owner = torch.tensor([i for i, song in enumerate(part) for _ in song])
            parts.append(path(ids, mask, owner, style_tensor(lyrics[start : start + 64])))
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
