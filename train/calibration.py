"""Fitting shifts and temperatures on validation songs, and measuring through the serving path."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.metrics import accuracy_score

from engine.classifiers import load_from
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GenreClassifier
from engine.classifiers.torch_classifier import distinct_text
from engine.corpora.written_forms import written
from engine.evaluation.metrics.genre import macro_f1
from engine.models.card import ModelCard, model_revision
from engine.models.presets import Slot
from train.genre_data import GenreSplit, log_prior

EXCERPT_FORMS = ("12 lines", "8 lines", "4 lines", "1 line")
EXCERPT_SONGS = 600
WRONG = 0.5
EVIDENCE = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0, 56.0, 80.0)


def fitted_temperature(logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """The temperature of least negative log likelihood.

    Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / math.exp(log_temperature), axis=-1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    return float(math.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def likelihood_weights(
    parts: Sequence[np.ndarray[Any, Any]], labels: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Weights (parts,), none below 0, of the log-linear pool of logits of greatest likelihood.

    A part is (songs, genres), or (genres,) if it is the same for all songs, as a log prior is.
    Convex: a multinomial logistic regression with one coefficient a part.
    """
    from scipy.optimize import minimize

    shape = len(labels), parts[0].shape[-1]
    stacked = np.stack([np.broadcast_to(part, shape) for part in parts]).astype(float)
    rows = np.arange(len(labels))
    told = stacked[:, rows, labels].mean(-1)

    def loss(weights: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        scaled = log_softmax(np.tensordot(weights, stacked, 1), axis=-1)
        expected = (stacked * np.exp(scaled)).sum(-1).mean(-1)
        return -float(scaled[rows, labels].mean()), expected - told

    start = np.full(len(parts), 1 / len(parts))
    bounds = [(0, None)] * len(parts)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def likelihood_loss(parts: Sequence[np.ndarray[Any, Any]], labels: np.ndarray[Any, Any]) -> float:
    """Negative log likelihood a song, in nats, of the pool by `likelihood_weights`."""
    weights = likelihood_weights(parts, labels)
    pooled = sum(weight * part for weight, part in zip(weights, parts, strict=True))
    return -float(log_softmax(pooled, axis=-1)[np.arange(len(labels)), labels].mean())


def fitted_temperatures(
    logits: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    shift: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> list[float]:
    """A temperature for songs answered with each genre, of least negative log likelihood.

    Of logits to which the shift for macro F1 is added already: a genre that it favours more than
    likelihood would (`likelihood_shift`) is answered too surely. So log temperatures are linear in
    that favour. Two numbers are fitted, no answer changes.
    """
    from scipy.optimize import minimize

    favour = shift - likelihood_shift(logits - shift, labels, prior)
    favour = favour - favour.min()
    answers = logits.argmax(-1)

    def temperatures(fitted: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.exp((fitted[0] + fitted[1] * favour).clip(-3, 3))

    def loss(fitted: np.ndarray[Any, Any]) -> float:
        scaled = log_softmax(logits / temperatures(fitted)[answers][:, None], axis=-1)
        return -float(scaled[np.arange(len(labels)), labels].mean())

    start = np.array([math.log(fitted_temperature(logits, labels)), 0.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 400}).x
    return [round(float(value), 4) for value in temperatures(found)]


def likelihood_shift(
    logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], prior: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """How much of the log prior (genres,) likelihood adds to these logits, at their own scale."""
    own, whole = likelihood_weights([logits, prior], labels)
    return whole / max(own, 1e-6) * prior


def fitted_shift(
    logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], prior: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """What to add to each genre's logit (genres,) for the best macro F1 to expect.

    Songs of rare genres are few: by the labels themselves, one song more or less decides. So labels
    only fit scale and prior by likelihood, and macro F1 is the one to expect if each song has each
    genre with the probability so found (`expected_macro_f1`). From the share of the prior that does
    best, each genre's shift is moved up and down while that gains.
    """
    own, whole = likelihood_weights([logits, prior], labels)
    probabilities = softmax(own * logits + whole * prior, axis=-1)
    shift = best_shift(own * logits, probabilities, whole * prior)
    return np.round((shift - shift.max()) / max(own, 1e-6), 4)


def best_shift(
    logits: np.ndarray[Any, Any],
    probabilities: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> np.ndarray[Any, Any]:
    """The shift (genres,) of highest expected macro F1 that coordinate ascent finds.

    It starts from the share of the log prior, none to all, that does best.
    """

    def expected(shift: np.ndarray[Any, Any]) -> float:
        return expected_macro_f1(probabilities, (logits + shift).argmax(-1))

    best = max((share * prior for share in np.arange(0, 1.01, 0.05)), key=expected)
    score = expected(best)
    for step in (0.4, 0.2, 0.1):
        for genre in 3 * list(range(len(prior))):
            for move in (-step, step):
                moved = best.copy()
                moved[genre] += move
                if expected(moved) > score:
                    best, score = moved, expected(moved)
    return best


def expected_macro_f1(probabilities: np.ndarray[Any, Any], answers: np.ndarray[Any, Any]) -> float:
    """Macro F1 of answers (songs,), each genre's counts replaced by what probabilities expect.

    Plug-in F1, as in Lipton, Elkan and Narayanaswamy 2014 (arXiv:1402.1892), section 4.
    """
    genres = probabilities.shape[-1]
    said = np.bincount(answers, minlength=genres)
    told = probabilities[np.arange(len(answers)), answers]
    right = np.bincount(answers, weights=told, minlength=genres)
    return float(np.mean(2 * right / (said + probabilities.sum(0)).clip(min=1e-12)))


def calibrate(
    card: ModelCard,
    own: Slot,
    splits: Mapping[str, GenreSplit],
    runs: Path,
    logits: np.ndarray[Any, Any],
) -> Calibration:
    """Fit evidence, shifts and temperatures on validation and write the card, which has none yet.

    Shifts are fitted to whole songs, evidence and temperatures to excerpts of some of them as well.
    `logits` are the uncalibrated ones of whole songs. Calibrated log probabilities go to
    ``runs/NAME/validation.npz`` for `train.genre_combined`.
    """
    validation = splits["validation"]
    prior = log_prior(validation.labels)
    classifier = load_from(own)
    parts = excerpts(validation)
    found = [answered(classifier, part) for part in parts]
    words, labels = word_counts(validation, *parts), all_labels(validation, *parts)
    evidence = fitted_evidence(np.concatenate([logits, *found]), words, labels, prior)
    everything = counted_for(np.concatenate([logits, *found]), words, evidence)
    shift = fitted_shift(everything[: len(validation)], validation.labels, prior)
    everything = everything + shift
    temperatures = fitted_temperatures(everything, labels, shift, prior)
    logits = everything[: len(validation)]
    print(f"{own.name}: {evidence} words of evidence, shifts {shift.tolist()}, ", end="")
    print(f"temperatures {temperatures}")
    scaled = log_softmax(tempered(everything, temperatures), -1)
    doubt = fitted_doubt(scaled, labels)
    print(f"{own.name}: answers below {doubt} are doubtful")
    fitted = Calibration(tuple(shift.tolist()), tuple(temperatures), evidence, doubt)
    card.config.update(fitted.as_config())
    card.metrics.update(measured("validation", logits, validation.labels))
    card.write(own.folder)
    (runs / own.name).mkdir(parents=True, exist_ok=True)
    np.savez(
        runs / own.name / "validation.npz",
        log_probabilities=scaled[: len(validation)],
        labels=validation.labels,
        revision=model_revision(ModelCard.read(own.folder), own),
    )
    return fitted


def excerpts(split: GenreSplit) -> list[GenreSplit]:
    """Excerpts of some of a split's songs, form by form: what people paste of a song."""
    some = split.drawn(EXCERPT_SONGS)
    return [
        replace(some, lyrics=tuple(written(lyric, form) for lyric in some.lyrics))
        for form in EXCERPT_FORMS
    ]


def word_counts(*splits: GenreSplit) -> list[int]:
    """Words in the distinct lines of each song, split after split: what evidence goes by."""
    return [len(distinct_text(lyric.text).split()) for split in splits for lyric in split.lyrics]


def counted_for(
    logits: np.ndarray[Any, Any], words: Sequence[int], evidence_words: float
) -> np.ndarray[Any, Any]:
    """Logits (texts, genres) as they count, by the words of each text."""
    none = Calibration.none(logits.shape[-1])
    told = replace(none, evidence_words=evidence_words)
    return np.array([[told.evidence(count)] for count in words]) * logits


def tempered(logits: np.ndarray[Any, Any], temperatures: Sequence[float]) -> np.ndarray[Any, Any]:
    """Shifted logits (texts, genres), each text's over the temperature of its answer."""
    return logits / np.array(temperatures)[logits.argmax(-1)][:, None]


def calibrated(
    logits: np.ndarray[Any, Any], words: Sequence[int], calibration: Calibration
) -> np.ndarray[Any, Any]:
    """Probabilities (texts, genres) of uncalibrated logits, as the serving path gives them."""
    told = counted_for(logits, words, calibration.evidence_words) + calibration.prior_shift
    return softmax(tempered(told, calibration.temperatures), axis=-1)


def all_labels(*splits: GenreSplit) -> np.ndarray[Any, Any]:
    """The labels of several splits, one after the other."""
    return np.concatenate([split.labels for split in splits])


def fitted_evidence(
    logits: np.ndarray[Any, Any],
    words: Sequence[int],
    labels: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> float:
    """The evidence words (`engine.classifiers.calibration`) of greatest likelihood, a whole number.

    Logits (texts, genres) of texts of many lengths; scale and log prior have weights of their own.
    """

    def loss(evidence: float) -> float:
        return likelihood_loss([counted_for(logits, words, evidence), prior], labels)

    return min(EVIDENCE, key=loss)


def fitted_doubt(log_probabilities: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """Below which probability of the answered genre an answer is worse than none.

    Chow's rule (1970, doi:10.1109/TIT.1970.1054406): a wrong answer costs `WRONG` of what a right
    one is worth, and the threshold is the one at which the answers above it are worth most. Of
    probabilities that are true it would be WRONG / (1 + WRONG).
    """
    confidence = np.exp(log_probabilities.max(-1))
    worth = np.where(log_probabilities.argmax(-1) == labels, 1.0, -WRONG)
    thresholds = np.round(np.arange(0, 0.51, 0.01), 2)
    return float(max(thresholds, key=lambda t: worth[confidence >= t].sum()))


def log_probabilities(own: Slot, split: GenreSplit) -> np.ndarray[Any, Any]:
    """Log probabilities (songs, genres) through the serving path."""
    return answered(load_from(own), split)


def answered(classifier: GenreClassifier, split: GenreSplit) -> np.ndarray[Any, Any]:
    """Log probabilities (songs, genres) of a loaded model."""
    predictions = classifier.predict(split.lyrics)
    return np.log(np.array([p.probabilities for p in predictions]).clip(1e-12))


def measured(
    split: str, logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]
) -> dict[str, float]:
    """Accuracy and macro F1 under the names a card uses."""
    predicted = logits.argmax(-1)
    return {
        f"{split}/accuracy": round(float(accuracy_score(labels, predicted)), 4),
        f"{split}/macro_f1": round(macro_f1(predicted, labels), 4),
        f"{split}/songs": len(labels),
    }
