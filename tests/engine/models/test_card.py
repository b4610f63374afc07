"""A folder of weights is complete and unchanged, or it is said so."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.models.card import CARD, ModelCard, model_revision
from engine.models.presets import slot

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


MALFORMED = ["", "{", "[]", "null", '{"labels": ["a"]}', '{"labels": 3}', "[" * 100_000, "\xff"]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_card_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / CARD).write_bytes(text.encode("latin-1"))
    with pytest.raises(WeightsError, match="not readable"):
        ModelCard.read(tmp_path)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("labels", []),
        ("labels", ["a", "a"]),
        ("labels", ["a", 1]),
        ("labels", {"a": 1}),
        ("config", []),
        ("config", None),
        ("files", ["weights.safetensors"]),
        ("files", {"weights.safetensors": "short"}),
        ("files", {"../card.json": "0" * 64}),
        ("files", {"": "0" * 64}),
        ("files", {"\ud800": "0" * 64}),
        ("metrics", {"test/accuracy": "good"}),
        ("metrics", {"test/accuracy": 10**400}),
        ("library_versions", {"torch": 2}),
        ("name", None),
        ("created", 2026),
        ("base_sha256", []),
    ],
)
def test_a_card_with_another_kind_of_thing_in_place_says_which(
    tmp_path: Path, entry: str, value: object
) -> None:
    content = {**asdict(CARD_OF_OURS), entry: value}
    (tmp_path / CARD).write_text(json.dumps(content), "utf-8")
    with pytest.raises(WeightsError, match=f"'{entry}' is not"):
        ModelCard.read(tmp_path)


def test_a_card_too_deep_to_be_walked_through_is_refused(tmp_path: Path) -> None:
    CARD_OF_OURS.write(tmp_path)
    text = (tmp_path / CARD).read_text("utf-8")
    deep = text.replace('"config": {', '"config": {"a": ' + "[" * 400 + "]" * 400 + ", ", 1)
    assert deep != text
    (tmp_path / CARD).write_text(deep, "utf-8")
    with pytest.raises(WeightsError, match="nests deeper"):
        ModelCard.read(tmp_path)


def test_a_card_that_vouches_for_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"abc")
    CARD_OF_OURS.write(tmp_path)
    with pytest.raises(WeightsError, match="names no files"):
        replace(ModelCard.read(tmp_path), files={}).verify(tmp_path)


def test_a_weight_file_that_the_card_does_not_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"abc")
    CARD_OF_OURS.write(tmp_path)
    (tmp_path / "README.md").write_text("of no weight", "utf-8")
    card = ModelCard.read(tmp_path)
    card.verify(tmp_path)
    (tmp_path / "direct.safetensors").write_bytes(b"of another model")
    with pytest.raises(WeightsError, match=r"direct\.safetensors is not among the files"):
        card.verify(tmp_path)


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"abc")
    CARD_OF_OURS.write(tmp_path)
    card = ModelCard.read(tmp_path)
    (tmp_path / "weights.safetensors").unlink()
    (tmp_path / "weights.safetensors").mkdir()
    with pytest.raises(WeightsError, match="cannot be read"):
        card.verify(tmp_path)
    (tmp_path / CARD).unlink()
    (tmp_path / CARD).mkdir()
    with pytest.raises(WeightsError, match="not readable"):
        ModelCard.read(tmp_path)


def test_a_revision_follows_whatever_changes_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    (tmp_path / "bilstm-gru").mkdir()
    CARD_OF_OURS.write(tmp_path / "bilstm-gru")
    roberta = slot("roberta")
    assert roberta.base is not None
    first = model_revision(CARD_OF_OURS, roberta)
    assert len(first) == 12
    others = [
        model_revision(replace(CARD_OF_OURS, config={"layers": 3}), roberta),
        model_revision(replace(CARD_OF_OURS, files={"weights": "0" * 64}), roberta),
        model_revision(CARD_OF_OURS, replace(roberta, quantization="nf4")),
        model_revision(CARD_OF_OURS, replace(roberta, base=replace(roberta.base, hub="other"))),
        model_revision(CARD_OF_OURS, replace(roberta, reads=())),
    ]
    replace(CARD_OF_OURS, config={"layers": 9}).write(tmp_path / "bilstm-gru")
    others.append(model_revision(CARD_OF_OURS, roberta))
    assert len({first, *others}) == len(others) + 1


def test_a_revision_is_no_other_for_words_about_a_model() -> None:
    """Figures may be written after an evaluation, whose records name the revision."""
    own = slot("bilstm-gru")
    first = model_revision(CARD_OF_OURS, own)
    told = replace(CARD_OF_OURS, metrics={}, created="later", limits="few", licence="other")
    assert model_revision(told, own) == first
    logged = replace(told, config={**told.config, "history": [{"step": 1.0}]})
    assert model_revision(logged, own) == first


def test_a_card_of_a_later_version_is_still_read(tmp_path: Path) -> None:
    CARD_OF_OURS.write(tmp_path)
    path = tmp_path / CARD
    path.write_text(path.read_text("utf-8").replace("{", '{"news": 1, ', 1), "utf-8")
    assert ModelCard.read(tmp_path).name == "tiny"
