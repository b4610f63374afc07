"""Shifts and temperatures are those that songs were drawn by."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from train.calibration import (
    expected_macro_f1,
    fitted_doubt,
    fitted_evidence,
    fitted_shift,
    fitted_temperature,
    fitted_temperatures,
    likelihood_loss,
    likelihood_weights,
    macro_f1,
)


def test_temperature_recovers_what_was_done_to_logits() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(4000, 4))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([generator.choice(4, p=row) for row in probabilities])
    assert fitted_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)


def drawn_songs(songs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Logits that lack a skewed prior, the prior, true probabilities and labels drawn by them."""
    generator = np.random.default_rng(0)
    prior = np.log(np.array([0.5, *[0.5 / 11] * 11]))
    logits = 1.2 * generator.normal(size=(songs, 12))
    chances = softmax(logits + prior, -1)
    labels = np.array([generator.choice(12, p=row) for row in chances])
    return logits, prior, chances, labels


def test_answers_that_macro_f1_favours_get_a_temperature_of_their_own() -> None:
    logits, prior, _, labels = drawn_songs(6000)
    right = fitted_temperatures(logits + prior, labels, prior, prior)
    assert right == pytest.approx([1] * 12, rel=0.15)
    shift = 0.3 * prior
    temperatures = fitted_temperatures(logits + shift, labels, shift, prior)
    assert temperatures[1:] == pytest.approx([temperatures[1]] * 11)
    assert temperatures[1] > 1.2 * temperatures[0]

    def loss(divisors: np.ndarray | float) -> float:
        scaled = log_softmax((logits + shift) / divisors, axis=-1)
        return -float(scaled[np.arange(len(labels)), labels].mean())

    own = np.array(temperatures)[(logits + shift).argmax(-1)][:, None]
    assert loss(own) < loss(fitted_temperature(logits + shift, labels)) - 0.005


def test_likelihood_weighs_a_pool_as_it_was_made() -> None:
    generator = np.random.default_rng(0)
    parts = [generator.normal(size=(8000, 12)), generator.normal(size=(8000, 12)), np.arange(12.0)]
    logits = 2 * parts[0] + 0.5 * parts[1] + 0.3 * parts[2]
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(-1)
    weights = likelihood_weights([*parts, generator.normal(size=(8000, 12))], labels)
    assert weights == pytest.approx([2, 0.5, 0.3, 0], abs=0.06)
    entropy = -(softmax(logits, -1) * log_softmax(logits, -1)).sum(-1).mean()
    assert likelihood_loss(parts, labels) == pytest.approx(entropy, rel=0.03)


def test_shifts_for_macro_f1_are_those_that_do_well_on_other_songs() -> None:
    """They are fitted on 600 songs and judged on 20,000 by the probabilities they were drawn by."""
    logits, prior, chances, labels = drawn_songs(20600)
    fitted, others = slice(600), slice(600, None)
    shift = fitted_shift(logits[fitted], labels[fitted], prior)
    scores = {
        name: macro_f1((logits[others] + given).argmax(-1), labels[others])
        for name, given in (("fitted", shift), ("none", 0 * prior), ("whole", prior))
    }
    assert scores["fitted"] > scores["none"]
    assert scores["fitted"] > scores["whole"] + 0.02
    expected = expected_macro_f1(chances[others], (logits[others] + shift).argmax(-1))
    assert scores["fitted"] == pytest.approx(expected, abs=0.01)


def test_expected_macro_f1_of_sure_probabilities_is_macro_f1() -> None:
    generator = np.random.default_rng(0)
    labels, answers = generator.integers(12, size=(2, 500))
    assert expected_macro_f1(np.eye(12)[labels], answers) == pytest.approx(
        macro_f1(answers, labels)
    )


def test_evidence_is_found_that_songs_were_drawn_by() -> None:
    """Texts of 5 to 300 words, whose logits tell words / (words + 20) of what they seem to."""
    generator = np.random.default_rng(0)
    words = generator.integers(5, 300, 12_000)
    logits = 2 * generator.normal(size=(12_000, 12))
    true = logits * (words / (words + 20))[:, None]
    labels = (true + generator.gumbel(size=true.shape)).argmax(-1)
    prior = np.zeros(12)
    assert fitted_evidence(logits, words.tolist(), labels, prior) in (14.0, 20.0, 28.0)
    told = (logits + generator.gumbel(size=logits.shape)).argmax(-1)
    assert fitted_evidence(logits, words.tolist(), told, prior) == 0.0


def test_doubt_begins_where_answers_are_wrong_twice_as_often_as_right() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(size=(40_000, 12)) * generator.uniform(0, 3, (40_000, 1))
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(-1)
    assert fitted_doubt(log_softmax(logits, -1), labels) == pytest.approx(1 / 3, abs=0.04)
