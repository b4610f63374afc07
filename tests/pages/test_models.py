from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.evaluation.board.records import EvaluationRecord, append_records
from engine.models.card import CARD, ModelCard, model_revision
from engine.models.presets import preset, slot
from tests.pages.conftest import FakeClassifier
from ui import pooling, resources


def card(name: str) -> ModelCard:
    return ModelCard(
        name=name,
        family="Family of " + name,
        base="Tiny",
        base_sha256="cd" * 32,
        labels=("folk", "rock"),
        training_data="songs of our own",
        training_data_sha256="ab" * 32,
        config={"epochs": 3, "history": [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}]},
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


@pytest.fixture
def page(app: AppTest, models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    def classifier(name: str) -> FakeClassifier:
        return resources.pool().get(name, lambda: FakeClassifier(name))

    monkeypatch.setattr(resources, "classifier", classifier)
    resources.served.clear()
    yield app.run().switch_page("pages/models.py").run()
    resources.served.clear()


def text_of(page: AppTest) -> str:
    return " ".join(element.value for element in [*page.markdown, *page.caption])


def opened(page: AppTest, name: str, tab: str) -> AppTest:
    page.session_state[f"tabs_{name}"] = tab
    return page.run()


def test_every_card_says_what_it_is_and_the_missing_one_is_told(page: AppTest) -> None:
    assert not page.exception
    assert [heading.value for heading in page.subheader][:4] == [
        "LLaMA",
        "RoBERTa",
        "BiLSTM-GRU",
        "TinyLlama",
    ]
    text = text_of(page)
    assert "songs of our own" in text
    assert "English only" in text
    assert "MIT" in text
    shown = [(metric.label, metric.value) for metric in page.metric]
    assert ("Test accuracy", "0.500") in shown
    assert ("Test macro F1", "0.250") in shown
    assert ("Test songs", "2,405") in shown
    assert "tinyllama" in page.error[0].value


def test_both_presets_are_compared_slot_by_slot(page: AppTest) -> None:
    table = page.dataframe[-1].value

    assert list(table.columns) == ["model", "embedded", "full"]
    assert "Llama-3.1-8B" in set(table["full"])


def test_what_the_chord_generator_reads_has_a_card_and_comes_with_it(
    page: AppTest, models: Path
) -> None:
    for name in ("chord-memory", "chord-placement"):
        (models / name).mkdir()
        (models / name / "model.safetensors").write_bytes(b"weights")
        past = {"test/past_accuracy": 0.7, "test/position_accuracy": 0.6}
        replace(card(name), metrics=past).write(models / name)
    page.run()

    assert not page.exception
    assert {"Chord memory", "Chord placement"} <= {heading.value for heading in page.subheader}
    keys = {button.key for button in page.button}
    assert not keys & {"load_chord-memory", "load_chord-placement"}
    assert "Family of chord-memory · trained from scratch · comes and goes with TinyLlama" in (
        text_of(page)
    )
    shown = [metric.label for metric in page.metric]
    assert {"Test accuracy of the next chord", "Test accuracy of where chords change"} <= {*shown}


def test_every_slot_of_the_preset_has_a_title_and_so_a_card() -> None:
    assert set(preset("embedded").slots) == set(resources.TITLES)


def test_a_model_is_loaded_and_unloaded_with_memory_told(page: AppTest) -> None:
    assert text_of(page).count("not loaded") == 3
    page.button(key="load_llama").click().run()

    assert resources.pool().names() == ["llama"]
    assert "LLaMA is loaded in" in page.success[0].value
    assert "the app's memory went from" in page.success[0].value
    assert text_of(page).count("not loaded") == 2
    assert page.button(key="load_llama").label == "Unload LLaMA"

    page.button(key="load_llama").click().run()

    assert resources.pool().names() == []
    assert "LLaMA is unloaded; the app's memory went from" in page.success[0].value
    assert page.button(key="load_llama").label == "Load LLaMA"


def test_a_model_that_something_holds_is_not_unloaded(page: AppTest) -> None:
    page.button(key="load_roberta").click().run()
    held = resources.classifier("roberta")
    page.button(key="load_roberta").click().run()

    assert "RoBERTa is in use just now" in page.error[0].value
    assert resources.classifier("roberta") is held


def test_files_are_verified_by_reading_them_again(page: AppTest, models: Path) -> None:
    opened(page, "llama", "Files")
    page.button(key="verify_llama").click().run()
    table = next(frame.value for frame in page.dataframe if "file" in frame.value)
    assert list(table["file"]) == ["model.safetensors"]
    assert list(table["verdict"]) == ["matches"]
    assert "Every file is as its card says" in page.success[0].value

    (models / "llama" / "model.safetensors").write_bytes(b"weights of llamA")
    page.button(key="verify_llama").click().run()
    assert "model.safetensors is corrupt" in page.error[0].value


def test_figures_are_those_measured_with_these_weights(
    page: AppTest, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path / "results"))
    opened(page, "llama", "Figures")
    assert "none yet" in page.info[0].value

    record = measured("llama", "000000000000")
    append_records([record], tmp_path / "results")
    page.run()
    assert "only of earlier weights" in page.info[0].value

    now = model_revision(ModelCard.read(models / "llama"), slot("llama"))
    early = replace(record, revision=now, value=0.1, run="first")
    last = replace(record, revision=now, run="last", time="2026-03-01T00:00:00+00:00")
    append_records([last, early, replace(last, metric="f1/rock")], tmp_path / "results")
    page.run()
    table = next(frame.value for frame in page.dataframe if "figure" in frame.value)
    assert table[["value", "low", "high"]].to_numpy().tolist() == [[0.5, 0.4, 0.6]]


def measured(model: str, revision: str) -> EvaluationRecord:
    return EvaluationRecord(
        task="genre",
        model=model,
        base="Tiny",
        preset="embedded",
        kind="model",
        revision=revision,
        dataset="ours",
        dataset_sha256="ef" * 32,
        split="test",
        metric="accuracy",
        signature="v1",
        value=0.5,
        low=0.4,
        high=0.6,
        n=100,
        seed=0,
        seconds=1.0,
        device="CPU",
        commit="abc",
        time="2026-02-01T00:00:00+00:00",
        run="run",
        predictions="",
    )


def test_the_log_of_the_training_is_drawn_where_there_is_one(page: AppTest, models: Path) -> None:
    opened(page, "llama", "Training")
    assert not page.exception
    assert page.get("plotly_chart")

    path = models / "llama" / CARD
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**data, "config": {}}), "utf-8")
    page.run()
    assert "keeps no log" in page.info[0].value
    assert not page.get("plotly_chart")


def test_the_combined_answer_has_a_card_and_nothing_to_load(page: AppTest, models: Path) -> None:
    assert any("combined/card.json" in error.value for error in page.error)
    (models / "combined").mkdir()
    card("combined").write(models / "combined")
    page.run()
    assert not page.exception
    assert not any("combined/card.json" in error.value for error in page.error)
    assert "Combined" in [heading.value for heading in page.subheader]
    assert "load_combined" not in [button.key for button in page.button]


def test_figures_of_a_model_whose_reading_is_gone_are_told(page: AppTest, models: Path) -> None:
    (models / "bilstm-gru" / CARD).unlink()
    opened(page, "roberta", "Figures")
    assert not page.exception
    assert any("bilstm-gru" in error.value for error in page.error)


def test_the_combined_answer_is_told_as_its_card_has_it_with_its_models_memory(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = app.run().switch_page("pages/models.py").run()
    told = "\n".join(caption.value for caption in page.caption)
    assert "no average of probabilities" in told
    assert "are loaded when they are first needed" in told
    assert any("nothing; its weights are fitted" in text.value for text in page.markdown)
    monkeypatch.setattr(pooling, "tensor_bytes", lambda _pool: 340 * 2**20)
    page.run()
    assert any("hold 340 MB of tensors together" in caption.value for caption in page.caption)
