from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from engine.classifiers.prediction import Prediction
from engine.errors import WeightsError
from engine.lyrics import Lyrics
from tests.pages.conftest import FakeClassifier
from ui import resources


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/genre.py").run()


def test_three_models_answer_side_by_side_with_base_and_time(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()

    assert not page.exception
    assert [(m.label, m.value) for m in page.metric] == [
        ("LLaMA", "folk"),
        ("RoBERTa", "folk"),
        ("BiLSTM-GRU", "country"),
        ("Combined", "folk"),
    ]
    captions = " ".join(caption.value for caption in page.caption)
    assert "Tiny-LLaMA · 0.01\u00a0s" in captions
    assert page.subheader[0].value == "Two of three models say folk; BiLSTM-GRU says country"
    assert any("ballad" in text.value for text in page.markdown)


def test_an_example_says_which_genre_it_was_written_as_beside_the_answers(page: AppTest) -> None:
    page.button(key="example_1").click().run()
    page.button(key="genre_run").click().run()

    genre = resources.examples()[1].genre
    assert f"written as **{genre}**, for our songbook" in page.info[0].value
    assert page.metric

    page.text_area(key="lyric").set_value("Other words entirely").run()
    assert not any("written as" in info.value for info in page.info)


def test_where_the_words_do_not_tell_two_genres_stand_for_one(
    page: AppTest, lyric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unsure(FakeClassifier):
        def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
            return [replace(p, doubt_below=0.7) for p in super().predict(lyrics)]

    monkeypatch.setattr(resources, "classifier", Unsure)
    page.text_area(key="lyric").set_value(lyric)
    page.button_group(key="genre_models").set_value(["roberta"])
    page.button(key="genre_run").click().run()

    assert page.subheader[0].value.startswith("The words do not tell: likeliest are folk (60%)")
    (metric,) = page.metric
    assert metric.value == "folk or blues"
    assert metric.delta == "60% and 4%"
    assert any("RoBERTa (below 70%)" in text.value for text in page.markdown)


def test_only_chosen_models_are_asked(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button_group(key="genre_models").set_value(["roberta"])
    page.button(key="genre_run").click().run()

    assert [metric.label for metric in page.metric] == ["RoBERTa"]
    assert page.subheader[0].value == "RoBERTa says folk"


def test_no_model_chosen_is_an_error_in_words(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button_group(key="genre_models").set_value([])
    page.button(key="genre_run").click().run()

    assert "choose at least one" in page.error[0].value


def test_the_downloads_hold_what_is_on_screen(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()

    shown = {code.language: code.value for code in page.code}
    answers = json.loads(shown["json"])
    assert [answer["model"] for answer in answers] == ["llama", "roberta", "bilstm-gru", "combined"]
    assert set(answers[0]) >= {"model", "base", "label", "probabilities", "seconds"}
    assert any(code.value.startswith("model,base,genre,probability") for code in page.code)
    assert page.download_button(key="genre_json")
    assert page.download_button(key="genre_csv")


def test_a_foreign_lyric_is_answered_with_a_warning(page: AppTest) -> None:
    page.text_area(key="lyric").set_value(
        "Der Regen fällt auf alle Dächer\nund niemand weiß wohin er geht\n"
        "die Straße schläft, der Wind wird schwächer\nbis nur noch eine Lampe steht"
    )
    page.button(key="genre_run").click().run()

    assert "not English" in page.warning[0].value
    assert page.metric


def test_one_broken_model_does_not_silence_the_others(
    page: AppTest, lyric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = resources.classifier

    def partly_broken(name: str) -> object:
        if name == "llama":
            raise WeightsError("The weights of LLaMA are corrupt.")
        return whole(name)

    monkeypatch.setattr(resources, "classifier", partly_broken)
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()

    assert [error.value for error in page.error] == ["The weights of LLaMA are corrupt."]
    assert [metric.label for metric in page.metric] == ["RoBERTa", "BiLSTM-GRU"]


def test_missing_weights_are_told_and_the_lyric_is_kept(
    page: AppTest, lyric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> None:
        raise WeightsError("The weights of RoBERTa are not installed.")

    monkeypatch.setattr(resources, "classifier", broken)
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()

    assert page.error[0].value == "The weights of RoBERTa are not installed."
    assert page.text_area(key="lyric").value == lyric
    assert not page.exception


def test_an_answer_for_other_words_is_marked(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()
    page.text_area(key="lyric").set_value("Other words entirely").run()

    assert "has changed" in page.info[0].value


def test_lyric_models_and_answer_survive_a_walk_through_the_pages(
    page: AppTest, lyric: str
) -> None:
    page.text_area(key="lyric").set_value(lyric)
    page.button_group(key="genre_models").set_value(["roberta", "bilstm-gru"])
    page.button(key="genre_run").click().run()
    for other in ("chords", "explorer", "models", "leaderboard"):
        page.switch_page(f"pages/{other}.py").run()
        assert not page.exception
    page.switch_page("pages/genre.py").run()

    assert page.text_area(key="lyric").value == lyric
    assert page.button_group(key="genre_models").value == ["roberta", "bilstm-gru"]
    assert [metric.label for metric in page.metric] == ["RoBERTa", "BiLSTM-GRU"]


def test_what_was_asked_folds_away_under_its_answer(app: AppTest, lyric: str) -> None:
    page = app.run().switch_page("pages/genre.py").run()
    assert page.session_state["genre_asking"]
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()
    assert page.metric
    assert not page.session_state["genre_asking"]
    assert any("Down the dusty road" in expander.label for expander in page.expander)

    page.session_state["genre_asking"] = True  # opened again to change the words
    page.run()
    assert page.session_state["genre_asking"]
