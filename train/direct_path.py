"""Fit the direct path beside a network: a logistic regression over TF-IDF and the song's form.

A convex fit: seconds on one core, where gradient steps through a decoder take hours.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix, hstack

from engine.classifiers import PARTS, load_from
from engine.classifiers.direct_path import DIRECT, DirectPath
from engine.classifiers.prediction import GENRES
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import DIRECT_LENGTH
from engine.classifiers.windows import padded
from engine.lyrics import Lyrics
from engine.models.presets import Slot
from engine.models.weights import save_tensors
from train.calibration import answered, fitted_shift, likelihood_loss, likelihood_weights, measured
from train.genre_data import GenreSplit, artist_folds, log_prior, sample_weights
from train.parts import PartLogits
from train.settings import DirectSettings

# A song as windows of token ids; as models read them, each is led by a token that is not counted.
Windows = Sequence[Sequence[list[int]]]
MOST = 3.0  # share of a direct path
MIN_SONGS = 3  # that a pair of tokens occurs in
FOLDS = 3  # of `cross_fitted_logits`

# Length of one style feature's standard deviation beside TF-IDF vectors of length 1: the regression
# penalises what it makes of the form the less, the longer this is. Chosen on validation.
STYLE_LENGTH = 0.05


def add_direct(
    own: Slot,
    arguments: argparse.Namespace,
    splits: Mapping[str, GenreSplit],
    read: Callable[[GenreSplit], Windows],
    tokens: int,
    pad: int,
) -> Callable[[], PartLogits]:
    """Fit and write a path beside the weights that stand; what `finish` is to weigh it by.

    `read` gives a split's songs as the model reads them; `tokens` is the vocabulary's size.
    """
    path = fit_direct(read, splits["train"], tokens, len(GENRES), arguments.settings)
    save_tensors(path.state_dict(), own.folder / DIRECT)

    def weighed() -> PartLogits:
        return weigh_direct(own, splits, read(splits["validation"]), pad)

    return weighed


def fit_direct(
    read: Callable[[GenreSplit], Windows],
    train: GenreSplit,
    vocabulary_size: int,
    genres: int,
    settings: DirectSettings,
) -> DirectPath:
    """Fit on the training songs, which `read` gives as windows of ids.

    Beside its whole text each song is shown in the written forms that the settings ask for; all its
    texts together weigh what the song weighs. Genres weigh alike, so that the logits lack the prior
    as a network's do.
    ``direct_regularisation`` is scikit-learn's C for TF-IDF vectors of length 1, one of tokens and
    one of pairs, of which the ``direct_pairs`` most frequent count.
    """
    from sklearn.linear_model import LogisticRegression

    forms = train.in_forms(settings.forms, settings.seed)
    shown = train.joined(*forms)
    counted = [[window[1:] for window in song] for song in read(shown)]
    codes = frequent_pairs(counted, vocabulary_size, settings.direct_pairs)
    path = DirectPath(vocabulary_size, genres, len(codes))
    tokens, pairs = describe_tokens(path, counted, codes)
    style = style_tensor(shown.lyrics)
    path.style.standardise_by(style)
    form = path.style.expanded(style).numpy() * STYLE_LENGTH * DIRECT_LENGTH
    features = hstack([tokens, pairs, csr_matrix(form)]).tocsr()
    regression = LogisticRegression(
        C=settings.direct_regularisation / DIRECT_LENGTH**2,
        class_weight="balanced",
        max_iter=200,
    )
    weights = sample_weights(train, settings.class_weight_power, settings.noisy_weight)
    share = settings.form_share if forms else 0.0
    shares = [1 - share, *(share / len(forms) for _ in forms)]
    shown_weights = np.concatenate([part * weights for part in shares])
    regression.fit(features, shown.labels, sample_weight=shown_weights)
    coefficients, intercepts = regression.coef_, regression.intercept_
    if len(coefficients) == 1:  # two genres: scikit-learn keeps one row, for the second
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    with torch.no_grad():
        for row, label in enumerate(regression.classes_):
            ends = [vocabulary_size, vocabulary_size + len(codes) + 1]
            by_token, by_pair, by_form = np.split(coefficients[row], ends)
            path.logits.weight[:, label] = torch.from_numpy(by_token).float()
            path.pair_logits.weight[:, label] = torch.from_numpy(by_pair).float()
            path.style.linear.weight[label] = (
                torch.from_numpy(by_form).float() * STYLE_LENGTH * DIRECT_LENGTH
            )
            path.bias[label] = float(intercepts[row])
    return path


def describe_tokens(
    path: DirectPath, counted: Windows, codes: np.ndarray[Any, Any]
) -> tuple[csr_matrix, csr_matrix]:
    """Tell a path which pairs it knows and how rare tokens and pairs are in the training songs.

    Gives what it weighs those songs' tokens and pairs by: (songs, vocabulary), (songs, pairs).
    """
    paired = [known_pairs(song, codes, path.vocabulary_size) for song in counted]
    tokens, idf = tfidf(counted, path.vocabulary_size)
    pairs, pair_idf = tfidf(paired, len(codes) + 1)
    path.idf.copy_(torch.from_numpy(idf))
    path.pair_idf.copy_(torch.from_numpy(pair_idf))
    path.pair_codes.copy_(torch.from_numpy(codes))
    return tokens, pairs


def frequent_pairs(counted: Windows, vocabulary_size: int, most: int) -> np.ndarray[Any, Any]:
    """Codes, ascending, of the pairs of neighbours that most songs have, and at least 3."""
    frequency: Counter[int] = Counter()
    for song in counted:
        frequency.update({code for window in song for code in pair_codes(window, vocabulary_size)})
    common = sorted((-n, code) for code, n in frequency.items() if n >= MIN_SONGS)[:most]
    return np.array(sorted(code for _, code in common), dtype=np.int64)


def pair_codes(window: Sequence[int], vocabulary_size: int) -> list[int]:
    """What `DirectPath` calls each two neighbours."""
    return [a * vocabulary_size + b for a, b in itertools.pairwise(window)]


def known_pairs(
    song: Sequence[Sequence[int]], codes: np.ndarray[Any, Any], vocabulary_size: int
) -> list[list[int]]:
    """Rows of `DirectPath.pair_logits` for each window; pairs not among `codes` are left out."""
    rows: list[list[int]] = []
    for window in song:
        wanted = np.array(pair_codes(window, vocabulary_size), dtype=np.int64)
        places = np.searchsorted(codes, wanted).clip(max=max(len(codes) - 1, 0))
        known = codes[places] == wanted if len(codes) else np.zeros(len(wanted), bool)
        rows.append((places[known] + 1).tolist())
    return rows


def token_counts(counted: Windows, size: int) -> csr_matrix:
    """How often each token stands in all windows of a song: (songs, vocabulary)."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[int] = []
    for number, song in enumerate(counted):
        counts = Counter(token for window in song for token in window)
        rows += [number] * len(counts)
        columns += counts.keys()
        values += counts.values()
    return csr_matrix((values, (rows, columns)), shape=(len(counted), size), dtype=float)


def tfidf(counted: Windows, size: int) -> tuple[csr_matrix, np.ndarray[Any, Any]]:
    """What `DirectPath` weighs tokens by, summed by token (songs, vocabulary); and their idf.

    As `engine.classifiers.torch_classifier.tfidf_shares` has it: sublinear, smoothed, of one
    length a song.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = token_counts(counted, size)
    transformer = TfidfTransformer(sublinear_tf=True).fit(counts)
    weights = DIRECT_LENGTH * transformer.transform(counts)
    return weights.astype(np.float32), transformer.idf_


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


def cross_fitted_logits(
    read: Callable[[GenreSplit], Windows],
    train: GenreSplit,
    tokens: int,
    pad: int,
    settings: DirectSettings,
) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) of paths fitted without the song's part of the artists."""
    logits = np.zeros((len(train), len(GENRES)))
    for _, seen, unseen in artist_folds(train, FOLDS):
        path = fit_direct(read, train.subset(seen.tolist()), tokens, len(GENRES), settings)
        held = train.subset(unseen.tolist())
        logits[unseen] = direct_logits(path, read(held), held.lyrics, pad)
    return logits


def fitted_share(
    own: np.ndarray[Any, Any],
    direct: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> float:
    """How much of the direct logits to add to a model's own, from 0 to `MOST`, on validation.

    By likelihood, where the log prior has a weight of its own: steadier than macro F1, which hangs
    on few songs of rare genres.
    """
    weights = likelihood_weights([own, direct, prior], labels)
    return round(float(np.clip(weights[1] / max(weights[0], 1e-6), 0, MOST)), 2)


def weigh_direct(
    own: Slot, splits: Mapping[str, GenreSplit], windows: Windows, pad: int
) -> PartLogits:
    """Scale a model's direct path by the share that does best on validation; the logits there.

    `windows` are the validation songs' as the model reads them.
    """
    name = own.name
    classifier: Any = load_from(own)
    path, classifier.model.direct = classifier.model.direct, None
    validation = splits["validation"]
    prior = log_prior(validation.labels)
    alone = answered(classifier, validation)
    direct = direct_logits(path.cpu(), windows, validation.lyrics, pad)
    share = fitted_share(alone, direct, validation.labels, prior)
    for part, logits in (("alone", alone), ("direct", direct)):
        shifted = logits + fitted_shift(logits, validation.labels, prior)
        found = measured(f"validation/{part}", shifted, validation.labels)
        print(name, part, found, f"{likelihood_loss([logits, prior], validation.labels):.4f} nats")
    both = likelihood_loss([alone, direct, prior], validation.labels)
    print(f"{name}: share of the direct path {share}, {both:.4f} nats with both")
    path.scale(share)
    save_tensors(path.state_dict(), own.folder / DIRECT)
    logits = dict(zip(PARTS, (alone, share * direct), strict=True))
    return PartLogits(logits, dict.fromkeys(PARTS, 1.0))
