"""Fit the direct path beside a network: a logistic regression over TF-IDF and the song's form.

A convex fit: seconds on one core, where gradient steps through a decoder take hours.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax

from engine.classifiers import load_classifier
from engine.classifiers.direct_path import DIRECT, DirectPath
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import DIRECT_LENGTH, padded, save_tensors
from engine.lyrics import Lyrics
from engine.prediction import GENRES
from engine.weights import Slot, slot
from train.genre_data import GenreSplit, log_prior, sample_weights
from train.genre_training import (
    answered,
    fitted_prior_power,
    fitted_temperature,
    macro_f1,
    measured,
)

# A song as windows of token ids, each led by a token that is not counted.
Windows = Sequence[Sequence[list[int]]]
SHARES = tuple(step / 10 for step in range(16))

# Length of one style feature's standard deviation beside TF-IDF vectors of length 1: the regression
# penalises what it makes of the form the less, the longer this is. Chosen on validation.
STYLE_LENGTH = 0.05


def add_direct(
    own: Slot,
    arguments: argparse.Namespace,
    splits: Mapping[str, GenreSplit],
    windows: Callable[[str], Windows],
    tokens: int,
    pad: int,
) -> Callable[[], np.ndarray[Any, Any]]:
    """Fit and write a path beside the weights that stand; what `finish` is to weigh it by.

    `windows` gives a split's songs as the model reads them; `tokens` is the vocabulary's size.
    """
    settings = arguments.settings
    path = fit_direct(windows("train"), splits["train"], tokens, len(GENRES), settings)
    save_tensors(path.state_dict(), own.folder / DIRECT)

    def weighed() -> np.ndarray[Any, Any]:
        by = settings["direct_share_by"]
        return weigh_direct(own.name, arguments.preset, splits, windows("validation"), pad, by)

    return weighed


def fit_direct(
    windows: Windows,
    train: GenreSplit,
    vocabulary_size: int,
    genres: int,
    settings: Mapping[str, Any],
) -> DirectPath:
    """Fit on the training songs, given also as windows of ids.

    Genres weigh alike, so that the logits lack the prior as a network's do.
    ``direct_regularisation`` is scikit-learn's C for TF-IDF vectors of length 1.
    """
    from sklearn.linear_model import LogisticRegression

    frequency = np.zeros(vocabulary_size)
    for song in windows:
        frequency[list({token for window in song for token in window[1:]})] += 1
    idf = np.log((1 + len(windows)) / (1 + frequency)) + 1
    path = DirectPath(vocabulary_size, genres)
    style = style_tensor(train.lyrics)
    path.style.standardise_by(style)
    form = path.style.expanded(style).numpy() * STYLE_LENGTH * DIRECT_LENGTH
    features = hstack([tfidf_matrix(windows, idf), csr_matrix(form)]).tocsr()
    regression = LogisticRegression(
        C=float(settings["direct_regularisation"]) / DIRECT_LENGTH**2,
        class_weight="balanced",
        max_iter=200,
    )
    weights = sample_weights(train, settings["class_weight_power"], settings["noisy_weight"])
    regression.fit(features, train.labels, sample_weight=weights)
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


def tfidf_matrix(windows: Windows, idf: np.ndarray[Any, Any]) -> csr_matrix:
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
    path: DirectPath, windows: Windows, lyrics: Sequence[Lyrics], pad: int
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
    by: str,
) -> float:
    """How much of the direct logits to add to a model's own, from 0 to 1.5, on validation.

    `by` is ``macro_f1``, at each share's best prior and averaged with its neighbours 0.1 apart, or
    ``likelihood``, at the whole prior and each share's best temperature: steadier, since macro F1
    hangs on few songs of rare genres.
    """
    scores: list[float] = []
    for share in SHARES:
        logits = own + share * direct
        if by == "likelihood":
            logits = logits + prior
            scaled = log_softmax(logits / fitted_temperature(logits, labels), axis=-1)
            scores.append(float(scaled[np.arange(len(labels)), labels].mean()))
        else:
            power = fitted_prior_power(logits, labels, prior)
            scores.append(macro_f1((logits + power * prior).argmax(-1), labels))
    if by != "likelihood":
        scores = [float(np.mean(scores[max(i - 1, 0) : i + 2])) for i in range(len(scores))]
    return SHARES[int(np.argmax(scores))]


def weigh_direct(
    name: str,
    preset: str,
    splits: Mapping[str, GenreSplit],
    windows: Windows,
    pad: int,
    by: str,
) -> np.ndarray[Any, Any]:
    """Scale a model's direct path by the share that does best on validation; the logits there.

    `windows` are the validation songs' as the model reads them; for `by` see `fitted_share`.
    """
    classifier: Any = load_classifier(name, preset)
    path, classifier.model.direct = classifier.model.direct, None
    validation, prior = splits["validation"], log_prior(splits["train"].labels)
    alone = answered(classifier, validation)
    direct = direct_logits(path.cpu(), windows, validation.lyrics, pad)
    share = fitted_share(alone, direct, validation.labels, prior, by)
    for part, logits in (("alone", alone), ("direct", direct)):
        power = fitted_prior_power(logits, validation.labels, prior)
        found = measured(f"validation/{part}", logits + power * prior, validation.labels)
        print(name, part, found)
    print(f"{name}: share of the direct path {share}")
    path.scale(share)
    save_tensors(path.state_dict(), slot(name, preset).folder / DIRECT)
    return alone + share * direct
