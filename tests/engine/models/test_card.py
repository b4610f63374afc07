"""A folder of weights is complete and unchanged, or it is said so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.models.card import CARD, ModelCard

CARD_OF_OURS = ModelCard(
    name="tiny",
    family="Tiny",
    base="none",
    base_sha256=None,
    labels=("a", "b"),
    training_data="two songs",
    training_data_sha256="0" * 64,
    config={"layers": 2},
    library_versions={"torch": "2"},
    metrics={"test/accuracy": 0.5},
    licence="MIT",
    limits="tiny",
    created="2026-01-01T00:00:00+00:00",
)


def test_a_card_comes_back_as_written_with_checksums(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"abc")
    CARD_OF_OURS.write(tmp_path)
    card = ModelCard.read(tmp_path)
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert card == replace(CARD_OF_OURS, files={"weights.safetensors": expected})
    card.verify(tmp_path)


def test_a_truncated_or_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"abc")
    CARD_OF_OURS.write(tmp_path)
    card = ModelCard.read(tmp_path)
    weights.write_bytes(b"ab")
    with pytest.raises(WeightsError, match=r"weights\.safetensors is corrupt.*git checkout"):
        card.verify(tmp_path)
    weights.unlink()
    with pytest.raises(WeightsError, match=r"weights\.safetensors is missing.*git checkout"):
        card.verify(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"labels": ["a"]}', '{"labels": 3}'])
def test_a_malformed_card_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / CARD).write_text(text, "utf-8")
    with pytest.raises(WeightsError, match="not readable"):
        ModelCard.read(tmp_path)


def test_a_card_of_a_later_version_is_still_read(tmp_path: Path) -> None:
    CARD_OF_OURS.write(tmp_path)
    path = tmp_path / CARD
    path.write_text(path.read_text("utf-8").replace("{", '{"news": 1, ', 1), "utf-8")
    assert ModelCard.read(tmp_path).name == "tiny"
