"""The tabs below the answers: why, line by line, what if, compare, this visit; and the limits."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import engine.explanation
from engine.classifiers.calibration import Calibration
from engine.classifiers.combined import Pool
from engine.classifiers.prediction import GENRES, Prediction
from engine.errors import CancelledError, EngineError
from engine.explanation import Explanation
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.serving.queues import Job
from ui import pooling, resources
from ui.genre import visit


@pytest.fixture
def answered(app: AppTest, lyric: str) -> AppTest:
    page = app.run().switch_page("pages/genre.py").run()
    page.text_area(key="lyric").set_value(lyric)
    return page.button(key="genre_run").click().run()


def opened(page: AppTest, name: str) -> AppTest:
    page.session_state["genre_tab"] = name
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.error]
    return "\n".join(str(part.value) for part in parts)


def html(page: AppTest) -> str:
    return "\n".join(str(part.proto.body) for part in page.get("html"))


def fake_explain(
    classifier: Any, lyric: Lyrics, genre: str | None = None, **calls: Callable[..., Any]
) -> Explanation:
    calls["progress"](8, 8)
    words = tuple(
        tuple(None if word == "light" else 0.5 if word == "rain" else -0.01 for word in line.words)
        for line in lyric.lines
    )
    return Explanation(
        classifier.name, classifier.base, genre or "folk", words, 0.0, 0.4, -0.1, 8, 0.1
    )


def finished(page: AppTest) -> AppTest:
    end = time.monotonic() + 20
    while page.session_state["_genre_explaining"]:
        assert time.monotonic() < end, "the explanations do not end"
        time.sleep(0.02)
        page.run()
    return page


def test_words_that_counted_are_marked_for_every_model(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.explanation, "explain", fake_explain)
    opened(answered, "Why")
    assert 'title="' not in html(answered)
    finished(answered.button(key="why_run").click().run())

    assert not answered.exception
    drawn = html(answered)
    assert drawn.count('class="ll-mark ll-to-4" title="+0.500">rain') == 3
    assert drawn.count('<span class="ll-unread" title="not read">light') == 3
    assert drawn.count("away from folk") == 3
    assert "LLaMA: why folk, 60%" in texts(answered)
    assert "1 of 30 words were not read" in texts(answered)
    assert "form decides" not in texts(answered)
    assert answered.download_button(key="why_csv")
    assert answered.download_button(key="why_json")

    answered.button_group(key="why_view").set_value("roberta").run()
    assert html(answered).count("away from folk") == 1
    answered.button_group(key="why_by").set_value("Lines").run()
    assert "<small>+0." in html(answered)


def test_a_form_that_decides_is_told_before_the_words(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_form(classifier: Any, lyric: Lyrics, *more: Any, **calls: Any) -> Explanation:
        found = fake_explain(classifier, lyric, *more, **calls)
        return replace(found, form=1.5, answer="folk", answer_without_form="pop")

    monkeypatch.setattr(engine.explanation, "explain", by_form)
    opened(answered, "Why")
    finished(answered.button(key="why_run").click().run())

    told = texts(answered)
    assert told.count("form decides here**: with average length, repetition and rhyme") == 3
    assert "RoBERTa would say pop to the same words" in told
    assert html(answered).count('ll-to-4" title="+0.375">The song’s form') == 3
    assert told.count("The whole form adds +1.50, compared with a song of average form") == 3
    first = html(answered).index("The song’s form")
    assert first < html(answered).index(">rain")


def test_an_explanation_is_done_when_it_can_be_read() -> None:
    from engine.serving.queues import Queue
    from ui.genre.why import how_far

    go_on = threading.Event()

    def slow(job: Job[Any]) -> Any:
        job.report(8, 8)
        assert go_on.wait(10)
        return "an explanation"

    def failing(_job: Job[Any]) -> Any:
        raise EngineError("No embeddings here.")

    queue = Queue("models")
    job = queue.submit("LLaMA", slow)
    while not job.steps:
        time.sleep(0.01)
    share, told = how_far(job)
    assert share < 1
    assert told == "step 8 of 8"
    broken, cancelled = queue.submit("RoBERTa", failing), queue.submit("BiLSTM-GRU", failing)
    assert how_far(broken) == (0.0, "waiting: 1 task comes before yours")
    cancelled.cancel()
    go_on.set()
    for one in (job, broken):
        assert one.wait(10)
    assert how_far(job) == (1.0, "done")
    assert how_far(broken) == (0.0, "failed")
    assert how_far(cancelled) == (0.0, "cancelled")


def test_another_genre_is_explained_when_asked(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.explanation, "explain", fake_explain)
    opened(answered, "Why")
    answered.selectbox(key="why_genre").set_value("blues").run()
    finished(answered.button(key="why_run").click().run())

    assert "away from blues" in html(answered)
    answered.selectbox(key="why_genre").set_value("jazz").run()
    assert "away from" not in html(answered)
    assert answered.button(key="why_run")


def test_an_explanation_that_fails_or_is_cancelled_is_told(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(classifier: Any, *_: Any, **__: Any) -> Explanation:
        if classifier.name == "llama":
            raise EngineError("No embeddings here.")
        raise CancelledError("Cancelled.")

    monkeypatch.setattr(engine.explanation, "explain", failing)
    opened(answered, "Why")
    finished(answered.button(key="why_run").click().run())

    assert "LLaMA: No embeddings here." in texts(answered)
    assert "RoBERTa: cancelled." in texts(answered)


def test_cancel_stops_the_explanations_under_way(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, cancelled: Callable[[], bool], **__: Any) -> Explanation:
        while not cancelled():
            time.sleep(0.01)
        raise CancelledError("Cancelled.")

    monkeypatch.setattr(engine.explanation, "explain", slow)
    opened(answered, "Why")
    answered.button(key="why_run").click().run()
    assert answered.button(key="why_run").disabled
    answered.button(key="why_cancel").click().run()
    finished(answered)
    assert "cancelled" in texts(answered)
    assert not answered.button(key="why_run").disabled


def test_the_song_is_drawn_line_by_line(answered: AppTest) -> None:
    opened(answered, "Line by line")
    charts = [json.loads(chart.proto.spec) for chart in answered.get("plotly_chart")]
    heat = next(chart for chart in charts if chart["data"][0]["type"] == "heatmap")
    assert len(heat["data"][0]["y"]) == 4
    assert set(heat["data"][0]["x"]) == set(GENRES)
    answered.button_group(key="lines_reading").set_value("Alone").run()
    assert "nothing around it" in texts(answered)


def test_changed_words_are_answered_against_the_original(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(answered, "What if")
    assert "Nothing is changed yet" in texts(answered)
    answered.text_area(key="what_if_lyric").set_value("A river of iron and ashes").run()
    assert "No model changes its answer." in texts(answered)
    assert any("genre-changes" in chart.proto.config for chart in answered.get("plotly_chart"))

    opened(answered, "Probabilities")
    opened(answered, "What if")
    assert answered.text_area(key="what_if_lyric").value == "A river of iron and ashes"
    answered.button(key="what_if_reset").click().run()
    assert "Nothing is changed yet" in texts(answered)


def test_a_line_is_taken_out_and_a_word_swapped_by_buttons(answered: AppTest, lyric: str) -> None:
    opened(answered, "What if")
    answered.button(key="what_if_swap").click().run()
    assert "Write the word" in texts(answered)
    answered.text_input(key="what_if_old_word").set_value("snow")
    answered.button(key="what_if_swap").click().run()
    assert "“snow” does not stand in the words" in texts(answered)
    answered.text_input(key="what_if_old_word").set_value("river")
    answered.text_input(key="what_if_new_word").set_value("tractor")
    answered.button(key="what_if_swap").click().run()
    assert "Swapped once." in texts(answered)
    assert "The tractor can keep" in answered.text_area(key="what_if_lyric").value

    answered.selectbox(key="what_if_place").set_value(1)
    answered.button(key="what_if_remove").click().run()
    left = answered.text_area(key="what_if_lyric").value
    assert left == lyric.replace("river", "tractor").replace(
        "Down the dusty road I carried home the rain\n", ""
    )
    assert answered.text_area(key="lyric").value == lyric, "the original stays"
    assert answered.button(key="what_if_ask")
    assert not answered.exception


def test_before_and_after_tell_both_answers_with_their_probabilities() -> None:
    from ui.genre.changes import before_and_after

    labels = ("folk", "pop")
    before = [Prediction("llama", "", labels, (0.7, 0.3), 0.1)]
    after = [
        Prediction("llama", "", labels, (0.4, 0.6), 0.1),
        Prediction("x", "", labels, (1, 0), 0),
    ]
    assert before_and_after(before, after) == [
        {
            "model": "LLaMA",
            "before": "folk 70%",
            "after": "pop 60% (folk 40%)",
        }
    ]


def test_an_empty_change_is_an_error_in_words(answered: AppTest) -> None:
    opened(answered, "What if")
    answered.text_area(key="what_if_lyric").set_value("  ").run()
    assert "empty" in answered.error[0].value


def test_two_lyrics_lie_side_by_side(answered: AppTest) -> None:
    opened(answered, "Compare")
    answered.button(key="second_example_0").click().run()
    assert not answered.exception
    table = next(frame.value for frame in answered.dataframe if "B" in frame.value)
    assert table["model"].tolist() == ["LLaMA", "RoBERTa", "BiLSTM-GRU", "Combined"]
    assert table["A"].tolist() == ["folk 60%", "folk 60%", "country 60%", "folk 64%"]
    assert "hatched bars lyric B" in texts(answered)


def test_the_visit_is_kept_downloaded_and_reopened(answered: AppTest, lyric: str) -> None:
    answered.text_area(key="lyric").set_value("Another song of iron and rain")
    answered.button(key="genre_run").click().run()
    kept = answered.session_state["_genre_history"]
    assert [answer.lyric for answer in kept] == [lyric, "Another song of iron and rain"]
    opened(answered, "This visit")
    assert answered.dataframe[0].value["song"].tolist() == [
        "Another song of iron and rain",
        "Down the dusty road I carried home the…",
    ]
    assert answered.dataframe[0].value.columns[0] == "song"
    assert answered.dataframe[0].value["Combined"].str.contains("folk").all()
    assert answered.download_button(key="history_csv")
    answered.switch_page("pages/models.py").run()
    answered.switch_page("pages/genre.py").run()
    assert answered.session_state["genre_tab"] == "This visit"
    answered.button(key="history_forget").click().run()
    assert "No song has been asked yet" in texts(answered)


def test_the_limits_are_the_cards_own_figures(answered: AppTest) -> None:
    cards = [ModelCard.read(resources_slot_folder(name)) for name in resources.GENRE_MODELS]
    told = texts(answered)
    assert "12 genres and nothing else" in told
    lowest = min(card.metrics["test/macro_f1"] for card in cards)
    assert f"{lowest:.2f}" in told
    assert "none of its own" not in told


def resources_slot_folder(name: str) -> Any:
    from engine.models.presets import slot

    return slot(name).folder


def test_a_fourth_row_is_the_combined_answer(
    answered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {"llama": 0.2, "roberta": 0.2, "bilstm-gru": 0.6}
    none = Calibration.none(len(GENRES))
    pool = Pool("combined", GENRES, weights, dict.fromkeys(weights, none), none)
    monkeypatch.setattr(pooling, "fitted", lambda: pool)
    answered.run()
    assert [(m.label, m.value) for m in answered.metric][3:] == [("Combined", "country")]
    assert "pool of logits: LLaMA × 0.20 + RoBERTa × 0.20 + BiLSTM-GRU × 0.60" in texts(answered)
    assert answered.subheader[0].value == (
        "Together the models say country; LLaMA and RoBERTa say folk"
    )


def test_history_as_csv_has_a_row_for_each_model(answered: AppTest) -> None:
    from ui.genre.history import history_csv

    rows = list(csv.DictReader(io.StringIO(history_csv(answered.session_state["_genre_history"]))))
    assert [row["model"] for row in rows] == ["llama", "roberta", "bilstm-gru"]
    assert float(rows[0]["p_folk"]) == 0.6
    assert len(rows) <= visit.MOST_ANSWERS


def test_one_part_of_the_models_answers_and_is_named(answered: AppTest) -> None:
    answered.segmented_control(key="genre_part").set_value("linear").run()
    answered.button(key="genre_run").click().run()
    assert not answered.exception
    assert [metric.label for metric in answered.metric] == [
        "LLaMA, linear path alone",
        "RoBERTa, linear path alone",
        "BiLSTM-GRU, linear path alone",
    ]


def test_what_the_linear_path_makes_up_is_said_beside_the_answers(answered: AppTest) -> None:
    card = ModelCard.read(resources_slot_folder("bilstm-gru"))
    share = card.config["parts"]["linear"]["share"]
    assert f"{share:.0%} in BiLSTM-GRU" in texts(answered)
