"""What is trained is what is served."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.generator.memory.features import COPIES, DENSE, GENERAL, RECORD, Features, cardinalities
from engine.generator.memory.network import Mixture
from train.chord_mixture import Examples, MixtureNetwork, fit, judged, log_probabilities

CHORDS, GENRES, ROWS = 12, 3, 40


def told(rows: int = ROWS) -> Examples:
    """Random features whose second distribution is always right."""
    random = np.random.default_rng(0)
    chords = random.integers(0, CHORDS, rows)
    dense = random.normal(size=(rows, DENSE, CHORDS))
    dense[np.arange(rows), 1, chords] += 6
    dense -= np.log(np.exp(dense).sum(2, keepdims=True))
    places = [random.integers(0, count, rows) for count in cardinalities(CHORDS, GENRES)]
    return Examples(
        dense.astype(np.float16),
        random.integers(-1, CHORDS, (rows, COPIES)).astype(np.int16),
        random.random((rows, COPIES, RECORD)).astype(np.float32),
        np.stack(places, 1).astype(np.int16),
        chords,
        np.zeros(rows, np.int64),
    )


def network(recalling: bool) -> MixtureNetwork:
    torch.manual_seed(1)
    made = MixtureNetwork(
        cardinalities(CHORDS, GENRES),
        range(DENSE) if recalling else GENERAL,
        CHORDS,
        recalling=recalling,
        width=16,
        dropout=0.3,
    )
    with torch.no_grad():
        for part in made.parameters():
            part.normal_(0.0, 0.3)
    return made


@pytest.mark.parametrize("recalling", [True, False])
def test_the_served_network_answers_as_the_trained_one(recalling: bool) -> None:
    examples, trained = told(), network(recalling)
    served = Mixture(trained.arrays(), range(DENSE) if recalling else GENERAL, recalling=recalling)
    rows = [
        Features(
            examples.dense[row].astype(np.float32),
            examples.copies[row],
            examples.records[row],
            examples.places[row],
        )
        for row in range(ROWS)
    ]
    # Weights are shipped in half precision.
    np.testing.assert_allclose(
        served.log_probabilities(rows), log_probabilities(trained, examples), atol=0.05
    )


def test_training_finds_the_expert_that_is_right() -> None:
    examples = told(400)
    torch.manual_seed(0)
    learner = MixtureNetwork(
        cardinalities(CHORDS, GENRES), range(DENSE), CHORDS, recalling=True, width=16, dropout=0.0
    )
    before, _ = judged(log_probabilities(learner, examples), examples.chords)
    history = fit(learner, examples, examples, epochs=3, batch=32, learning_rate=1e-2, seed=0)
    after, accuracy = judged(log_probabilities(learner, examples), examples.chords)
    assert after < before
    assert accuracy > 0.95
    assert [entry["epoch"] for entry in history] == [1, 2, 3]
