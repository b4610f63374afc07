from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.modelcard import ModelCard


def card(name: str) -> ModelCard:
    return ModelCard(
        name=name,
        family="Family of " + name,
        base="Tiny",
        base_sha256="cd" * 32,
        labels=("folk", "rock"),
        training_data="songs of our own",
        training_data_sha256="ab" * 32,
        config={"epochs": 3},
        library_versions={"torch": "2"},
        metrics={"test/accuracy": 0.5, "test/macro_f1": 0.25, "test/songs": 2405.0},
        licence="MIT",
        limits="English only",
        created="2026-01-02T03:04:05+00:00",
    )


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("llama", "roberta", "bilstm-gru"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"weights of " + name.encode())
        card(name).write(tmp_path / name)
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    return tmp_path


def test_every_card_says_what_it_is_and_the_missing_one_is_told(app: AppTest, models: Path) -> None:
    page = app.run().switch_page("pages/models.py").run()

    assert not page.exception
    assert [heading.value for heading in page.subheader][:4] == [
        "LLaMA",
        "RoBERTa",
        "BiLSTM-GRU",
        "TinyLlama",
    ]
    text = " ".join(markdown.value for markdown in page.markdown)
    assert "songs of our own" in text
    assert "English only" in text
    assert "MIT" in text
    assert [(m.label, m.value) for m in page.metric][:3] == [
        ("Test accuracy", "0.500"),
        ("Test macro F1", "0.250"),
        ("Test songs", "2,405"),
    ]
    assert "tinyllama" in page.error[0].value
    assert list(page.dataframe[0].value["file"]) == ["model.safetensors"]


def test_both_presets_are_compared_slot_by_slot(app: AppTest, models: Path) -> None:
    page = app.run().switch_page("pages/models.py").run()
    table = page.dataframe[-1].value

    assert list(table.columns) == ["model", "embedded", "full"]
    assert "Llama-3.1-8B" in set(table["full"])
