"""What is said of the two parts of a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.models.card import ModelCard
from ui import paths, resources

PARTS: dict[str, Any] = {
    "network": {"share": 0.375, "metrics": {"validation/accuracy": 0.4, "validation/songs": 2000}},
    "linear": {"share": 0.625, "metrics": {"validation/accuracy": 0.5, "validation/songs": 2000}},
}
CARD = ModelCard(
    "llama", "", "", None, ("folk",), "", "", {"parts": PARTS}, {},
    {"validation/accuracy": 0.55, "validation/songs": 2000}, "", "", "",
)  # fmt: skip


def test_a_card_says_what_each_part_is_worth() -> None:
    told = paths.of_model(CARD)
    assert "The linear path makes up 62% of how answers vary" in told
    assert "the network alone gets 40% right, the linear path alone 50%, and both" in told
    assert told.endswith("together 55%.")
    others = replace(CARD, metrics={**CARD.metrics, "validation/songs": 100})
    assert "together 55%" not in paths.of_model(others)


def test_a_card_without_figures_of_parts_says_so() -> None:
    bare = replace(CARD, config={})
    assert "Neither was fitted to answer alone" in paths.of_model(bare)
    assert paths.of_model(replace(bare, name="combined")) == ""
    assert paths.of_models([bare]) == ""


def test_models_are_named_in_one_sentence() -> None:
    other = replace(CARD, name="roberta")
    assert "62% in LLaMA and 62% in RoBERTa." in paths.of_models([CARD, other])


def test_parts_are_named_as_people_say() -> None:
    assert resources.model_title("llama/network") == "LLaMA, network alone"
    assert resources.model_title("bilstm-gru/linear") == "BiLSTM-GRU, linear path alone"
    assert resources.model_title("somebody/network") == "somebody/network"
