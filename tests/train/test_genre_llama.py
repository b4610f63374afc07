"""What the LLaMA genre training promises, on tiny bases."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from train import genre_llama, genre_roberta


def test_the_direct_path_is_fitted_anew_beside_an_adapter(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    before = {path.name: path.read_bytes() for path in (models / "llama").iterdir()}
    (models / "llama" / "direct.safetensors").unlink()
    arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--output", str(models)]
    arguments += ["--config", str(tiny_runs / "genre_llama.yaml"), "--direct-only"]
    card = ModelCard.read(models / "llama")
    card.files.pop("direct.safetensors")
    card.write(models / "llama")
    monkeypatch.setattr(sys, "argv", ["llama", *arguments])
    genre_llama.main()
    for name in ("adapter_model.safetensors", "head.safetensors", "direct.safetensors"):
        assert (models / "llama" / name).read_bytes() == before[name]
    again = ModelCard.read(models / "llama")
    assert again.metrics == json.loads(before["card.json"])["metrics"]
    assert again.config["history"] == json.loads(before["card.json"])["config"]["history"]


def test_a_second_run_goes_on_from_the_weights_that_stand(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that learns nothing, its rate being 0, leaves adapter and head as they were."""
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    before = {path.name: path.read_bytes() for path in (models / "llama").iterdir()}
    settings = yaml.safe_load((tiny_runs / "genre_llama.yaml").read_text("utf-8"))
    config = tmp_path / "genre_llama.yaml"
    config.write_text(yaml.safe_dump(settings | {"learning_rate": 0.0, "epochs": 1}), "utf-8")
    arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--output", str(models)]
    monkeypatch.setattr(sys, "argv", ["llama", *arguments, "--config", str(config), "--go-on"])
    genre_llama.main()
    for name in ("adapter_model.safetensors", "head.safetensors"):
        assert (models / "llama" / name).read_bytes() == before[name]
    first = json.loads(before["card.json"])["config"]["history"]
    history = ModelCard.read(models / "llama").config["history"]
    assert history[: len(first)] == first
    assert history[-1]["step"] > first[-1]["step"]


@pytest.mark.parametrize("module", [genre_llama, genre_roberta])
def test_the_full_preset_takes_the_same_path(
    module: object,
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tiny bases stand where the hub's would: LLaMA really is quantised to NF4 and trained."""
    from engine.classifiers import load_classifier

    name = "llama" if module is genre_llama else "roberta"
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models / "bilstm-gru", models / "bilstm-gru")
    monkeypatch.setenv("LYRICLAB_MODELS", str(models))
    settings = yaml.safe_load((tiny_runs / f"genre_{name}.yaml").read_text("utf-8"))
    settings |= {"epochs": 1} | ({"gradient_checkpointing": True} if name == "llama" else {})
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    arguments = ["--preset", "full", "--data", str(genre_corpus), "--runs", str(tmp_path)]
    arguments += ["--config", str(config), "--limit", "48"]
    if name == "roberta":
        arguments += ["--features", str(tiny_runs / "bilstm-gru" / "cross_fit.npz")]
    monkeypatch.setattr(sys, "argv", ["train", *arguments])
    module.main()  # type: ignore[attr-defined]
    classifier = load_classifier(name, "full")
    assert classifier.base in {"Llama-3.1-8B", "RoBERTa-base"}
    assert len(classifier.predict([Lyrics.parse("gravel and rain")])) == 1
    if name == "llama":
        from bitsandbytes.nn import Linear4bit

        layers = classifier.model.decoder.modules()  # type: ignore[attr-defined]
        assert any(isinstance(layer, Linear4bit) for layer in layers)
