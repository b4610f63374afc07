"""Masked-language training, on a tiny base."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import torch
import yaml

from engine.models.weights import load_tensors
from train import genre_roberta, roberta_mlm


def test_masked_language_training_leaves_an_encoder_that_roberta_starts_from(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--limit", "40"]
    config = tmp_path / "mlm.yaml"
    settings = {"window": 32, "masked": 0.3, "encoder_dropout": 0.0, "validation_windows": 8}
    settings |= {
        "batch_size": 8,
        "select_by": "loss",
        "epochs": 2,
        "learning_rate": 1e-3,
        "head_rate_factor": 2,
    }
    config.write_text(yaml.safe_dump(settings), "utf-8")
    monkeypatch.setattr(sys, "argv", ["mlm", *shared, "--config", str(config)])
    roberta_mlm.main()
    written = load_tensors(tmp_path / "roberta-mlm" / "encoder.safetensors")
    assert not any(name.startswith("embeddings.") for name in written)
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    features = str(tiny_runs / "bilstm-gru" / "cross_fit.npz")
    still = yaml.safe_load((tiny_runs / "genre_roberta.yaml").read_text("utf-8"))
    still |= {"learning_rate": 0.0, "epochs": 1}
    config.write_text(yaml.safe_dump(still), "utf-8")
    extra = ["--features", features, "--encoder", str(tmp_path / "roberta-mlm")]
    extra += ["--output", str(models), "--config", str(config)]
    monkeypatch.setattr(sys, "argv", ["roberta", *shared, *extra])
    genre_roberta.main()
    kept = load_tensors(models / "roberta" / "model.safetensors")
    name = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(kept[f"encoder.{name}"], written[name])
