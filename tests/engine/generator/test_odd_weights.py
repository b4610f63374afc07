"""Folders whose checksums are right and whose content is not: one sentence, before a song."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import InputError, WeightsError
from engine.generator import load_generator
from engine.models.card import CARD, ModelCard
from engine.models.loading import loading
from engine.models.presets import slot
from engine.models.weights import load_tensors


@pytest.fixture
def models(
    tiny_folder: Path,
    tiny_memory: Path,
    tiny_placement: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    folders = {"tinyllama": tiny_folder, "chord-memory": tiny_memory}
    for name, folder in {**folders, "chord-placement": tiny_placement}.items():
        shutil.copytree(folder, tmp_path / name)
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    return tmp_path


def test_a_sound_generator_is_loaded_after_a_rehearsal(models: Path) -> None:
    assert load_generator().name == "tinyllama"


def without(name: str) -> Callable[[dict[str, torch.Tensor]], None]:
    return lambda tensors: tensors.__delitem__(name)


def replaced(name: str, by: torch.Tensor) -> Callable[[dict[str, torch.Tensor]], None]:
    return lambda tensors: tensors.update({name: by})


LORA = "base_model.model.layers.0.mlp.down_proj.lora_A.weight"
NAN = torch.full((3, 5), float("nan"))


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("tinyllama/adapter_model.safetensors", without(LORA)),
        ("tinyllama/adapter_model.safetensors", replaced(LORA, torch.zeros(3, 5))),
        ("tinyllama/adapter_model.safetensors", replaced(LORA, NAN)),
        ("tinyllama/embeddings_and_head.safetensors", without("head.weight")),
        ("tinyllama/embeddings_and_head.safetensors", replaced("head.weight", NAN)),
        ("chord-memory/counts.safetensors", without("styles")),
        ("chord-memory/counts.safetensors", replaced("songs.2.contexts", NAN)),
        ("chord-memory/networks.safetensors", dict.clear),
        ("chord-placement/model.safetensors", without("bias.0")),
        ("chord-placement/model.safetensors", replaced("weight.0", torch.zeros(3, 5))),
        ("chord-placement/model.safetensors", replaced("weight.0", NAN)),
    ],
)
def test_tensors_that_make_no_generator_are_refused(
    models: Path, file: str, change: Callable[[dict[str, torch.Tensor]], None]
) -> None:
    tensors = load_tensors(models / file)
    change(tensors)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, models / file)
    ModelCard.read((models / file).parent).write((models / file).parent)
    with pytest.raises(WeightsError, match=r"git checkout|do not fit the model"):
        load_generator()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tinyllama/vocabulary.json", []),
        ("tinyllama/vocabulary.json", {"chords": ["C:maj"], "genres": 5, "common_keys": {}}),
        ("tinyllama/adapter_config.json", {}),
        ("tinyllama/adapter_config.json", None),
        ("chord-memory/vocabulary.json", {"chords": [], "genres": [], "common_keys": {}}),
    ],
)
def test_vocabularies_and_settings_of_another_kind_are_refused(
    models: Path, file: str, content: Any
) -> None:
    (models / file).write_text(json.dumps(content), "utf-8")
    ModelCard.read((models / file).parent).write((models / file).parent)
    with pytest.raises(WeightsError):
        load_generator()


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("tinyllama", "layers", "all"),
        ("tinyllama", "window", None),
        ("tinyllama", "window", -1),
        ("chord-memory", "shares", [1]),
        ("chord-memory", "cadences", 7),
    ],
)
def test_cards_that_make_no_generator_are_refused(
    models: Path, name: str, entry: str, value: Any
) -> None:
    path = models / name / CARD
    card = json.loads(path.read_text("utf-8"))
    card["config"][entry] = value
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(WeightsError):
        load_generator()


def test_what_says_itself_what_is_wrong_keeps_its_words() -> None:
    own = slot("tinyllama")
    with pytest.raises(InputError, match="in its own words"), loading(own):
        raise InputError("Told in its own words.")
    with pytest.raises(WeightsError, match=r"'tinyllama'.*KeyError: 'layers'"), loading(own):
        raise KeyError("layers")
