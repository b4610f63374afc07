r"""Metrics of genre answers.

===================  ======  =========  =========================================================
metric               unit    better     source
===================  ======  =========  =========================================================
accuracy             share   higher     share of songs whose most probable label is the reference
macro-f1             share   higher     unweighted mean of F1 over the classes that occur as
                                        reference or as answer: scikit-learn's default, so that
                                        figures compare, and songs that lack a genre cost nothing
precision/<class>    share   higher     van Rijsbergen 1979, chapter 7
recall/<class>       share   higher     van Rijsbergen 1979, chapter 7
f1/<class>           share   higher     van Rijsbergen 1979, chapter 7
mcc                  -1..1   higher     Gorodkin 2004 (doi:10.1016/j.compbiolchem.2004.09.006)
log-loss             nats    lower      Good 1952, natural logarithm
brier                0..2    lower      Brier 1950, sum over classes
ece                  share   lower      Naeini et al. 2015; Guo et al. 2017, 15 equal bins
aurc                 share   lower      area under the risk-coverage curve (Geifman, Uziel and
                                        El-Yaniv 2019, arXiv:1805.08206): the error of the surest
                                        answers, mean over how many of the songs are answered
top-3                share   higher     share of songs whose reference is among the 3 most probable
===================  ======  =========  =========================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.metrics.metric import FloatArray, Metric, f1, mean, ratio, with_count

if TYPE_CHECKING:
    import pandas as pd

ECE_BINS = 15
AURC_BINS = 100
_PROBABILITY = "p:"


def labels_of(table: pd.DataFrame) -> list[str]:
    """Every class that occurs as reference, prediction or probability column, sorted."""
    names = {str(name)[2:] for name in table.columns if str(name).startswith(_PROBABILITY)}
    for column in ("reference", "prediction"):
        names.update(str(value) for value in table[column].unique())
    return sorted(names)


def numbered(values: Iterable[object], labels: Sequence[str]) -> NDArray[np.int64]:
    """Positions of labels in `labels`."""
    position = {label: index for index, label in enumerate(labels)}
    plain = np.asarray(values, dtype=object).tolist()  # iterating a string column is slow
    return np.array([position[str(value)] for value in plain], dtype=np.int64)


def probabilities_of(table: pd.DataFrame, labels: Sequence[str]) -> FloatArray:
    """Array of shape (songs, labels); 0 for a label without a column; rows sum to 1."""
    columns = [
        np.asarray(table[_PROBABILITY + label], dtype=np.float64)
        if _PROBABILITY + label in table.columns
        else np.zeros(len(table))
        for label in labels
    ]
    values = np.stack(columns, axis=1)
    return values / values.sum(axis=1, keepdims=True)


def confusion(table: pd.DataFrame, labels: Sequence[str] | None = None) -> NDArray[np.int64]:
    """Counts of shape (labels, labels): rows are references, columns predictions.

    A song whose reference or prediction is none of the labels is in no cell.
    """
    labels = labels or labels_of(table)
    size = len(labels)
    kept = table.loc[table["reference"].isin(labels) & table["prediction"].isin(labels)]
    flat = numbered(kept["reference"], labels) * size + numbered(kept["prediction"], labels)
    return np.bincount(flat, minlength=size * size).reshape(size, size)


def songs_of(table: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.int64]:
    """How many songs have each label as their reference, shape (labels,)."""
    counts = table["reference"].value_counts()
    return np.array([counts.get(label, 0) for label in labels], dtype=np.int64)


def _hits(table: pd.DataFrame) -> FloatArray:
    hits = np.asarray(table["reference"]) == np.asarray(table["prediction"])
    return with_count(hits.astype(np.float64))


def _class_counts(table: pd.DataFrame) -> FloatArray:
    """Shape (songs, 3 x labels): hits, references and predictions of each class."""
    labels = labels_of(table)
    reference, predicted = (
        np.eye(len(labels))[numbered(table[column], labels)]
        for column in ("reference", "prediction")
    )
    return np.concatenate([reference * predicted, reference, predicted], axis=1)


def _one_class_counts(table: pd.DataFrame, label: str) -> FloatArray:
    reference = np.asarray(table["reference"] == label, dtype=np.float64)
    predicted = np.asarray(table["prediction"] == label, dtype=np.float64)
    return np.stack([reference * predicted, reference, predicted], axis=1)


def _thirds(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    size = sums.shape[-1] // 3
    return sums[..., :size], sums[..., size : 2 * size], sums[..., 2 * size :]


def _macro_f1(sums: FloatArray) -> FloatArray:
    hits, referred, predicted = _thirds(sums)
    f1 = ratio(2 * hits, referred + predicted)
    occurring = (referred + predicted > 0).sum(axis=-1)
    return ratio(f1.sum(axis=-1), occurring.astype(np.float64))


def macro_f1(
    references: Sequence[str] | NDArray[Any], answers: Sequence[str] | NDArray[Any]
) -> float:
    """Macro F1 of answers, by the one definition of records, trainings and cards.

    Parameters
    ----------
    references, answers : sequence
        The true class of each song and the one it was given: names or numbers.
    """
    both = np.concatenate([np.asarray(references), np.asarray(answers)])
    classes, places = np.unique(both, return_inverse=True)
    one_hot = np.eye(len(classes))[places]
    referred, answered = one_hot[: len(references)], one_hot[len(references) :]
    sums = np.concatenate([(referred * answered).sum(0), referred.sum(0), answered.sum(0)])
    return float(_macro_f1(sums))


def _mcc(sums: FloatArray) -> FloatArray:
    hits, referred, predicted = _thirds(sums)
    total = referred.sum(axis=-1)
    covariance = hits.sum(axis=-1) * total - (referred * predicted).sum(axis=-1)
    spread = (total**2 - (referred**2).sum(axis=-1)) * (total**2 - (predicted**2).sum(axis=-1))
    return ratio(covariance, np.sqrt(spread))


def _precision(sums: FloatArray) -> FloatArray:
    return ratio(sums[..., 0], sums[..., 2])


def _recall(sums: FloatArray) -> FloatArray:
    return ratio(sums[..., 0], sums[..., 1])


def _log_losses(table: pd.DataFrame) -> FloatArray:
    labels = labels_of(table)
    probabilities = probabilities_of(table, labels)
    chosen = probabilities[np.arange(len(table)), numbered(table["reference"], labels)]
    return with_count(-np.log(np.clip(chosen, np.finfo(np.float64).eps, 1.0)))


def _squared_errors(table: pd.DataFrame) -> FloatArray:
    labels = labels_of(table)
    errors = probabilities_of(table, labels)
    errors[np.arange(len(table)), numbered(table["reference"], labels)] -= 1
    return with_count((errors**2).sum(axis=1))


def _calibration_bins(table: pd.DataFrame) -> FloatArray:
    """Shape (songs, 3 x ECE_BINS): count, confidence and hits, each in its bin."""
    return binned(*surety(table))


def surety(table: pd.DataFrame) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Of each song the probability of its answer, and whether it is right."""
    confidence = probabilities_of(table, labels_of(table)).max(axis=1)
    return confidence, np.asarray(table["reference"]) == np.asarray(table["prediction"])


def binned(confidence: FloatArray, hits: NDArray[np.bool_], bins: int = ECE_BINS) -> FloatArray:
    """Shape (songs, 3 x bins): count, confidence and hit of each song in its equal bin."""
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    cells = np.zeros((len(confidence), 3, bins))
    rows = np.arange(len(confidence))
    cells[rows, 0, places] = 1
    cells[rows, 1, places] = confidence
    cells[rows, 2, places] = hits
    return cells.reshape(len(confidence), 3 * bins)


def risk_bins(table: pd.DataFrame) -> FloatArray:
    """`binned` answers of a table, finely enough to order them by how sure they are."""
    return binned(*surety(table), bins=AURC_BINS)


def selective_accuracy(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Accuracy (..., bins) of the surest answers, and what share of the songs they are.

    From sums of `binned`: the first is of the surest bin alone, the last of all songs.
    """
    cells = sums.reshape(*sums.shape[:-1], 3, -1)[..., ::-1].cumsum(axis=-1)
    answered, right = cells[..., 0, :], cells[..., 2, :]
    return ratio(right, answered), ratio(answered, answered[..., -1:])


def _aurc(sums: FloatArray) -> FloatArray:
    accuracy, coverage = selective_accuracy(sums)
    steps = np.diff(coverage, axis=-1, prepend=0)
    return ((1 - accuracy) * steps).sum(axis=-1)


def expected_calibration_error(sums: FloatArray) -> FloatArray:
    """From sums of `binned`."""
    cells = sums.reshape(*sums.shape[:-1], 3, ECE_BINS)
    gaps = np.abs(cells[..., 2, :] - cells[..., 1, :]).sum(axis=-1)
    return ratio(gaps, cells[..., 0, :].sum(axis=-1))


def _top_3(table: pd.DataFrame) -> FloatArray:
    labels = labels_of(table)
    probabilities = probabilities_of(table, labels)
    reference = numbered(table["reference"], labels)
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
    return with_count((best == reference[:, None]).any(axis=1).astype(np.float64))


_ANSWERS = ("reference", "prediction")
_PROBABILITIES = (*_ANSWERS, _PROBABILITY)
ACCURACY = Metric(
    "accuracy",
    "accuracy",
    "share",
    True,
    "share of songs whose most probable label is the reference",
    "v1",
    _hits,
    mean,
    _ANSWERS,
)


MACRO_F1 = Metric(
    "macro-f1",
    "macro F1",
    "share",
    True,
    "van Rijsbergen 1979, chapter 7; mean over the classes that occur, as reference or as answer",
    "v1",
    _class_counts,
    _macro_f1,
    _ANSWERS,
)


GENRE_METRICS: tuple[Metric, ...] = (
    ACCURACY,
    MACRO_F1,
    Metric(
        "mcc",
        "Matthews correlation",
        "-1 to 1",
        True,
        "Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006",
        "v1",
        _class_counts,
        _mcc,
        _ANSWERS,
    ),
    Metric(
        "top-3",
        "top-3 accuracy",
        "share",
        True,
        "share of songs whose reference is among the 3 most probable labels",
        "v1",
        _top_3,
        mean,
        _PROBABILITIES,
    ),
    Metric(
        "log-loss",
        "log loss",
        "nats",
        False,
        "Good 1952; natural logarithm, probabilities clipped at float64 epsilon",
        "v1",
        _log_losses,
        mean,
        _PROBABILITIES,
    ),
    Metric(
        "brier",
        "Brier score",
        "0 to 2",
        False,
        "Brier 1950; sum over classes",
        "v1",
        _squared_errors,
        mean,
        _PROBABILITIES,
    ),
    Metric(
        "ece",
        "expected calibration error",
        "share",
        False,
        "Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, equation 3",
        f"v1|bins={ECE_BINS}",
        _calibration_bins,
        expected_calibration_error,
        _PROBABILITIES,
    ),
    Metric(
        "aurc",
        "area under the risk-coverage curve",
        "share",
        False,
        "Geifman, Uziel and El-Yaniv 2019, arXiv:1805.08206, section 2",
        f"v1|bins={AURC_BINS}",
        risk_bins,
        _aurc,
        _PROBABILITIES,
    ),
)


CLASS_KINDS = ("precision", "recall", "f1")


def class_metrics(labels: Sequence[str]) -> tuple[Metric, ...]:
    """Precision, recall and F1 of each class."""
    return tuple(
        Metric(
            f"{kind}/{label}",
            f"{title} of {label}",
            "share",
            True,
            "van Rijsbergen 1979, chapter 7",
            "v1",
            partial(_one_class_counts, label=label),
            value,
            _ANSWERS,
        )
        for label in labels
        for kind, title, value in (
            ("precision", "precision", _precision),
            ("recall", "recall", _recall),
            ("f1", "F1", f1),
        )
    )
