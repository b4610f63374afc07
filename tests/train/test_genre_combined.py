"""The combined answer is fitted."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.evaluation.runner import evaluate
from engine.models.card import ModelCard
from train import genre_combined
from train.genre_data import log_prior


def test_weights_go_to_the_model_that_knows() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=400)
    knowing = generator.normal(size=(400, 12))
    knowing[np.arange(400), labels] += 3
    parts = {"knowing": knowing, "guessing": generator.normal(size=(400, 12))}
    weights = genre_combined.fitted_weights(parts, labels, log_prior(labels))
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["knowing"] > 0.7
    assert np.allclose(genre_combined.pool(parts, {"knowing": 1.0}), knowing)


def test_the_combined_card_answers_and_is_evaluated(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    arguments = ["--data", str(genre_corpus), "--runs", str(tiny_runs), "--output", str(models)]
    monkeypatch.setattr(sys, "argv", ["combined", *arguments])
    monkeypatch.setenv("LYRICLAB_MODELS", str(models))
    genre_combined.main()
    card = ModelCard.read(models / "combined")
    assert sum(card.config["weights"].values()) == pytest.approx(1)
    run = evaluate(
        "genre", genre_corpus / "test.parquet", ["combined"], results=tmp_path / "results"
    )
    accuracy = next(r.value for r in run.records if r.metric == "accuracy")
    assert accuracy == pytest.approx(card.metrics["test/accuracy"], abs=1e-3)
