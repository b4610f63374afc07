"""Folders whose checksums are right and whose content is not: one sentence, whatever is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.classifiers import load_classifier
from engine.errors import WeightsError
from engine.models.card import CARD, ModelCard
from engine.models.weights import load_tensors


@pytest.fixture
def models(with_tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "models"
    shutil.copytree(with_tiny_models, copy)
    monkeypatch.setenv("LYRICLAB_MODELS", str(copy))
    return copy


def rewritten(folder: Path, file: str, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    """A changed weight file, and a card that vouches for it."""
    from safetensors.torch import save_file

    tensors = load_tensors(folder / file)
    change(tensors)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / file)
    ModelCard.read(folder).write(folder)


def cut(tensors: dict[str, torch.Tensor]) -> None:
    name = max(tensors, key=lambda name: tensors[name].numel())
    tensors[name] = tensors[name][:-1].clone()


def spoilt(tensors: dict[str, torch.Tensor]) -> None:
    name = max(tensors, key=lambda name: tensors[name].numel() * tensors[name].is_floating_point())
    tensors[name].view(-1)[0] = float("nan")


def renamed(tensors: dict[str, torch.Tensor]) -> None:
    name = next(iter(tensors))
    tensors["other"] = tensors.pop(name)


@pytest.mark.parametrize("change", [cut, spoilt, renamed])
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bilstm-gru", "model.safetensors"),
        ("roberta", "model.safetensors"),
        ("roberta", "direct.safetensors"),
        ("llama", "head.safetensors"),
        ("llama", "adapter_model.safetensors"),
        ("llama", "direct.safetensors"),
    ],
)
def test_tensors_cut_spoilt_or_renamed_are_refused(
    models: Path, name: str, file: str, change: Callable[[dict[str, torch.Tensor]], None]
) -> None:
    rewritten(models / name, file, change)
    with pytest.raises(WeightsError, match=r"git checkout|do not fit the model"):
        load_classifier(name)


@pytest.mark.parametrize("words", [[], {}, "word", [1, 2], ["la", "la"], ["too", "few"]])
def test_a_vocabulary_of_another_kind_or_size_is_refused(models: Path, words: Any) -> None:
    folder = models / "bilstm-gru"
    (folder / "vocabulary.json").write_text(json.dumps(words), "utf-8")
    ModelCard.read(folder).write(folder)
    with pytest.raises(WeightsError):
        load_classifier("bilstm-gru")


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("bilstm-gru", "tags", None),
        ("bilstm-gru", "tags", {"rock": 1}),
        ("bilstm-gru", "tags", ["rock"]),
        ("bilstm-gru", "width", "wide"),
        ("bilstm-gru", "hidden", -1),
        ("llama", "layers", [2]),
        ("llama", "window", 0),
        ("llama", "windows", "many"),
        ("roberta", "window", None),
        ("roberta", "temperatures", [1.0]),
    ],
)
def test_settings_that_make_no_model_are_refused(
    models: Path, name: str, entry: str, value: Any
) -> None:
    path = models / name / CARD
    card = json.loads(path.read_text("utf-8"))
    card["config"][entry] = value
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(WeightsError):
        load_classifier(name)
