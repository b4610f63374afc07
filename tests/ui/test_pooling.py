"""The combined answer is described by the weights on its card, whatever they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.classifiers.calibration import Calibration
from engine.classifiers.combined import Pool
from engine.classifiers.prediction import GENRES
from engine.models.presets import slot
from ui import pooling, resources


def made(**weights: float) -> Pool:
    none = Calibration.none(len(GENRES))
    named = {name.replace("_", "-"): weight for name, weight in weights.items()}
    return Pool("combined", GENRES, named, dict.fromkeys(named, none), none)


def test_weights_and_who_does_not_count_are_told() -> None:
    two = pooling.sentences(made(llama=0.46, roberta=0.54))
    assert "LLaMA × 0.46 + RoBERTa × 0.54" in two
    assert two.endswith("BiLSTM-GRU has weight 0 and does not count in it.")
    assert pooling.sentences(made(roberta=1.0)).endswith(
        "LLaMA and BiLSTM-GRU have weight 0 and do not count in it."
    )
    three = pooling.sentences(made(llama=0.2, roberta=0.3, bilstm_gru=0.5))
    assert "weight 0" not in three
    assert "no average of probabilities" in three


def test_the_shipped_pool_is_described_by_its_card() -> None:
    pool = pooling.fitted()
    assert pool is not None
    assert set(pool.weights) <= set(slot(resources.POOL).reads)
    for weight in pool.weights.values():
        assert f"× {weight:.2f}" in pooling.weights(pool)


def test_memory_is_that_of_its_models_together(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: dict[str, Any] = {
        name: SimpleNamespace(tensors=SimpleNamespace(bytes=size))
        for name, size in (("llama", 300), ("roberta", 40), ("bilstm-gru", 5))
    }
    monkeypatch.setattr(resources, "pool", lambda: SimpleNamespace(loaded=loaded.get))
    pool = made(llama=0.46, roberta=0.54)
    assert pooling.tensor_bytes(pool) == 340
    del loaded["roberta"]
    assert pooling.tensor_bytes(pool) is None
