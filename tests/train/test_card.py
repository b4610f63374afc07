"""What a training writes on the card."""

from __future__ import annotations

import json
from pathlib import Path

from engine.models.card import ModelCard
from train.card import continued
from train.genre_data import corpus_sha256


def test_a_second_run_counts_on_in_the_log() -> None:
    first = [{"loss": 2.0, "step": 5, "epoch": 0.5}, {"eval_loss": 1.9, "step": 10, "epoch": 1.0}]
    second = [{"loss": 1.5, "step": 5, "epoch": 0.5}]
    whole = continued(first, second)
    assert whole[:2] == first
    assert whole[2] == {"loss": 1.5, "step": 15, "epoch": 1.5}
    assert continued([], second) == second


def test_training_writes_curves_and_a_card_without_paths(
    with_tiny_models: Path, tiny_runs: Path, genre_corpus: Path
) -> None:
    for name in ("bilstm-gru", "roberta", "llama"):
        card = ModelCard.read(with_tiny_models / name)
        assert card.training_data_sha256 == corpus_sha256(genre_corpus)
        assert any("eval_macro_f1" in entry for entry in card.config["history"])
        assert json.loads((tiny_runs / name / "history.json").read_text("utf-8"))
        text = (with_tiny_models / name / "card.json").read_text("utf-8")
        assert str(genre_corpus) not in text
        assert str(tiny_runs) not in text
