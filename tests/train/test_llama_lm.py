"""Next-word training, on a tiny base."""

from __future__ import annotations

import shutil
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import torch
import yaml

from engine.errors import WeightsError
from engine.models.weights import load_tensors
from train import genre_llama, llama_lm


def test_next_word_training_leaves_an_adapter_that_genre_starts_from(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models, config = tmp_path / "models", tmp_path / "config.yaml"
    shutil.copytree(with_tiny_models, models)
    own = yaml.safe_load((tiny_runs / "genre_llama.yaml").read_text("utf-8"))
    names = {field.name for field in fields(llama_lm.NextWordSettings)}
    settings = {name: value for name, value in own.items() if name in names}
    settings |= {"validation_windows": 8, "epochs": 2, "learning_rate": 1e-2, "select_by": "loss"}
    settings |= {"probe_songs": 30, "probe_validation_songs": 12}
    shared = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--limit", "40"]
    shared += ["--output", str(models), "--config", str(config)]
    config.write_text(yaml.safe_dump(settings), "utf-8")
    monkeypatch.setattr(sys, "argv", ["lm", *shared])
    llama_lm.main()
    written = load_tensors(tmp_path / "llama-lm" / "adapter_model.safetensors")
    assert any(tensor.any() for name, tensor in written.items() if "lora_B" in name)
    config.write_text(yaml.safe_dump({**own, "epochs": 1, "learning_rate": 0.0}), "utf-8")
    monkeypatch.setattr(sys, "argv", ["llama", *shared, "--adapter", str(tmp_path / "llama-lm")])
    genre_llama.main()
    kept = load_tensors(models / "llama" / "adapter_model.safetensors")
    assert kept.keys() == written.keys()
    assert all(torch.equal(kept[name], written[name]) for name in kept)
    config.write_text(yaml.safe_dump({**own, "rank": 2 * own["rank"], "epochs": 1}), "utf-8")
    with pytest.raises(WeightsError, match="must adapt the same modules"):
        genre_llama.main()
