"""Models that can answer in whole numbers answer as in float32, and pass gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.classifiers import load_classifier
from engine.lyrics import Lyrics
from engine.models.compute import SETTING
from engine.models.int8 import Int8Linear

SONG = Lyrics.parse("Down the dusty road I carried home the rain\nand nobody was waiting there")


@pytest.mark.parametrize("name", ["llama", "roberta"])
def test_answers_in_whole_numbers_are_those_in_float32(
    monkeypatch: pytest.MonkeyPatch, with_tiny_models: Path, name: str
) -> None:
    found: list[Any] = []
    for precision in ("float32", "int8"):
        monkeypatch.setenv(SETTING, precision)
        model: Any = load_classifier(name)
        found.append(model.predict([SONG])[0].probabilities)
    assert any(isinstance(module, Int8Linear) for module in model.model.modules())
    assert found[1] == pytest.approx(found[0], abs=0.02)
    logits = model.differentiable_logits(SONG, 2)
    assert torch.isfinite(logits).all()
