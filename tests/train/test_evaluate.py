"""Models are held to their cards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.models.card import ModelCard
from train import evaluate


def test_evaluation_holds_models_to_their_cards(
    with_tiny_models: Path, genre_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(genre_corpus), "--model", "bilstm-gru"]
    assert evaluate.main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["measured"]["test/songs"] == 24
    card = ModelCard.read(with_tiny_models / "bilstm-gru")
    card.metrics["test/accuracy"] += 0.1
    try:
        card.write(with_tiny_models / "bilstm-gru")
        assert evaluate.main(arguments) == 1
    finally:
        card.metrics["test/accuracy"] -= 0.1
        card.write(with_tiny_models / "bilstm-gru")
