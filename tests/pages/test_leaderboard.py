from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.evaluation import EvaluationRecord, append_records


def record(model: str, metric: str, value: float, **changes: object) -> EvaluationRecord:
    fields: dict[str, object] = {
        "task": "genre",
        "model": model,
        "base": "none",
        "preset": "",
        "kind": "model" if model == "llama" else "baseline",
        "revision": "r",
        "dataset": "songs",
        "dataset_sha256": "ab" * 32,
        "split": "test",
        "metric": metric,
        "signature": "v1",
        "value": value,
        "low": value - 0.05,
        "high": value + 0.05,
        "n": 100,
        "seed": 0,
        "seconds": 1.0,
        "device": "CPU",
        "commit": "c",
        "time": "2026-01-02T03:04:05+00:00",
        "run": f"run-{model}",
        "predictions": "",
    }
    return EvaluationRecord(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def filled(results: Path) -> Path:
    metrics = ("accuracy", "macro-f1", "bertscore-precision", "bertscore-recall", "bertscore-f1")
    append_records(
        record(model, metric, value)
        for model, value in (("llama", 0.6), ("majority", 0.3))
        for metric in metrics
    )
    return results


def opened(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/leaderboard.py").run()


def test_the_shipped_records_fill_the_page(app: AppTest) -> None:
    page = opened(app)

    assert not page.exception
    assert len(page.dataframe[0].value) >= 3


def test_models_stand_in_order_with_intervals(app: AppTest, filled: Path) -> None:
    table = opened(app).dataframe[0].value

    assert list(table["model"]) == ["LLaMA", "Majority class"]
    assert list(table["place"]) == [1, 2]
    assert list(table["low"]) == pytest.approx([0.55, 0.25])


def test_reported_figures_are_marked_and_hold_no_place(app: AppTest, filled: Path) -> None:
    page = opened(app)
    page.selectbox(key="metric").set_value("BERTScore F1").run()
    reported = page.dataframe[0].value.iloc[2:]

    assert list(reported["BERTScore F1"]) == [0.7715, 0.9119]
    assert reported["place"].isna().all()
    assert all("not reproduced" in kind for kind in reported["kind"])
    assert any("read it beside accuracy" in caption.value for caption in page.caption)


def test_numbers_of_other_definitions_never_share_a_board(app: AppTest, filled: Path) -> None:
    append_records([record("roberta", "bertscore-f1", 0.9, signature="other-scorer")], filled)
    page = opened(app)
    page.selectbox(key="metric").set_value("BERTScore F1").run()

    ranked = page.dataframe[0].value.dropna(subset=["place"])
    assert list(ranked["model"]) == ["RoBERTa"]
    page.selectbox(key="signature").set_value("v1").run()
    ranked = page.dataframe[0].value.dropna(subset=["place"])
    assert list(ranked["model"]) == ["LLaMA", "Majority class"]


def test_a_truncated_record_is_told_and_the_others_stay(app: AppTest, filled: Path) -> None:
    path = filled / "genre.jsonl"
    line = json.dumps({"task": "genre"})[:9]
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    page = opened(app)

    assert any("1 line of the results" in expander.label for expander in page.expander)
    assert any("truncated" in text.value for text in page.text)
    assert len(page.dataframe[0].value) == 2


def test_without_records_the_page_says_how_to_make_some(app: AppTest, results: Path) -> None:
    page = opened(app)

    assert "engine evaluate" in page.info[0].value
    assert not page.exception


@pytest.mark.parametrize(
    "tab", ["Scores", "Pairs", "By genre", "Confusions", "Calibration", "Speed and size"]
)
def test_every_tab_draws_the_shipped_records(app: AppTest, tab: str) -> None:
    page = opened(app)
    page.session_state["board_tab_genre"] = tab
    page.run()

    assert not page.exception
    assert page.get("plotly_chart") or tab == "Pairs"


def test_tabs_without_song_answers_say_so(app: AppTest, filled: Path) -> None:
    page = opened(app)
    page.session_state["board_tab_genre"] = "Confusions"
    page.run()

    assert not page.exception
    assert any("not kept" in info.value for info in page.info)
