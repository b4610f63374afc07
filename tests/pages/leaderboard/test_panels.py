"""Models measured from the page: progress, cancel, resume; guests scored and hidden."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from engine.classifiers.prediction import Prediction
from engine.corpora.songbook import songbook
from engine.evaluation.board.records import EvaluationRecord, append_records, read_records
from engine.evaluation.board.sets import evaluation_sets
from engine.evaluation.board.summaries import prediction_tables
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from ui import boards, evaluations, known_songs, local_files, resources
from ui.boards import Choice
from ui.leaderboard.guest_panel import template

Opened = Callable[..., AppTest]
GENRES = ("folk", "rock")


def songs(count: int) -> bytes:
    rows = [
        f"s{n},Song {n},artist {n % 4},{GENRES[n % 2]},rain number {n} on the road"
        for n in range(count)
    ]
    return "\n".join(["id,title,artist,genre,lyrics", *rows]).encode()


class GatedClassifier:
    """Answers folk; after its first batch it waits until the gate is open."""

    base = "made up"
    card = ModelCard("fake", "fake", "none", None, GENRES, "", "", {}, {}, {}, "", "", "")

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.asked: list[str] = []

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        if self.asked:
            self.begun.set()
            assert self.gate.wait(60)
        self.asked += [lyric.text for lyric in lyrics]
        return [Prediction("llama", self.base, GENRES, (0.9, 0.1), 0.01) for _ in lyrics]


@pytest.fixture
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server was started for one's own use."""
    monkeypatch.setenv(local_files.SETTING, "on")


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> GatedClassifier:
    model = GatedClassifier()
    monkeypatch.setattr(resources, "classifier", lambda name: model)
    return model


def given(page: AppTest, count: int, models: list[str]) -> AppTest:
    page.session_state["evaluate_models_genre"] = models
    upload = ("mine.csv", songs(count), "text/csv")
    page.file_uploader(key="evaluate_file_genre").set_value(upload)
    return page.run()


def ended(page: AppTest, seconds: float = 60) -> AppTest:
    """Run the page as its polling fragment would, until every evaluation has ended."""
    end = time.monotonic() + seconds
    while not all(one.finished for one in evaluations.everyones()):
        assert time.monotonic() < end, "the evaluation does not end"
        time.sleep(0.05)
    return page.run()


def errors(page: AppTest) -> list[str]:
    return [error.value for error in page.error]


def test_a_baseline_is_measured_and_joins_the_page(
    opened: Opened, results: Path, scorer: None
) -> None:
    page = given(opened(), 12, ["majority"])
    training = ("train.csv", songs(20), "text/csv")
    page.file_uploader(key="evaluate_training_genre").set_value(training).run()
    page.number_input(key="evaluate_limit").set_value(8)
    page.button(key="evaluate_start").click().run()
    page = ended(page)

    assert not page.exception
    assert "Measured Majority class on mine.csv: 8 songs" in page.success[0].value
    assert list(page.dataframe[0].value["model"]) == ["Majority class"]
    assert page.selectbox(key="songs").value == "mine, an uploaded file (8 songs drawn, seed 0)"
    assert page.session_state["_known_files"] == {"mine.csv": songs(12)}
    next(button for button in page.button if button.label == "Dismiss").click().run()
    assert not page.success


def test_progress_cancel_and_resume(
    opened: Opened, results: Path, scorer: None, gated: GatedClassifier
) -> None:
    page = given(opened(), 40, ["llama"])
    page.button(key="evaluate_start").click().run()
    assert gated.begun.wait(60)
    page.run()
    progress = page.get("progress")[0].proto
    assert "LLaMA, 16 of 40 songs" in progress.text
    assert progress.value == 40

    page.button(key="evaluation_cancel_0").click().run()
    gated.gate.set()
    page = ended(page)
    assert "cancelled after 32 of 40 songs" in page.info[0].value
    assert not list(results.glob("*.jsonl"))

    next(button for button in page.button if button.label == "Resume").click().run()
    page = ended(page)
    assert "Measured LLaMA on mine.csv: 40 songs" in page.success[0].value
    predicted = gated.asked[:40]
    assert len(set(predicted)) == 40  # no song of the first run was asked again
    assert not list(results.glob("**/*.part"))


def test_songs_of_a_page_are_answered_between_batches(
    opened: Opened, results: Path, scorer: None, gated: GatedClassifier
) -> None:
    page = given(opened(), 40, ["llama"])
    page.button(key="evaluate_start").click().run()
    assert gated.begun.wait(60)
    asked = resources.queue("llama").submit("A song", lambda _job: len(gated.asked))
    gated.gate.set()

    assert asked.result() == 32
    ended(page)


def test_strangers_cannot_name_a_path(opened: Opened, results: Path, scorer: None) -> None:
    page = opened()
    page.session_state["evaluate_where_genre"] = "On this machine"
    page.run()
    shown = {element.key for element in (*page.text_input, *page.get("button_group"))}
    assert not shown & {"evaluate_path", "evaluate_where_genre"}
    page.button(key="evaluate_start").click().run()
    assert errors(page) == ["No songs are given; upload a file."]


def test_what_cannot_be_evaluated_is_one_sentence(
    opened: Opened, results: Path, scorer: None, tmp_path: Path, own_machine: None
) -> None:
    page = opened()
    page.button(key="evaluate_start").click().run()
    assert errors(page) == ["No songs are given; upload a file, or name one on this machine."]

    given(page, 4, []).button(key="evaluate_start").click().run()
    assert errors(page) == ["No model is chosen; choose at least one."]

    given(page, 4, ["majority", "tfidf"]).button(key="evaluate_start").click().run()
    assert errors(page)[0].startswith("Majority class and TF-IDF must be fitted first")

    page.session_state["evaluate_where_genre"] = "On this machine"
    page.run().text_input(key="evaluate_path").set_value(str(tmp_path / "none")).run()
    page.button(key="evaluate_start").click().run()
    assert errors(page)[0].startswith("There is no '")
    page.text_input(key="evaluate_path").set_value("/dev/zero").run()
    page.button(key="evaluate_start").click().run()
    assert "/dev/zero is a device; a file is accepted" in errors(ended(page))[0]
    next(button for button in page.button if button.label == "Dismiss").click().run()
    assert not evaluations.everyones()


def test_a_folder_is_evaluated_and_a_bad_file_is_told(
    opened: Opened, results: Path, scorer: None, tmp_path: Path, own_machine: None
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    page = opened()
    page.session_state["evaluate_where_genre"] = "On this machine"
    page.session_state["evaluate_models_genre"] = ["majority"]
    page.run().text_input(key="evaluate_path").set_value(str(folder)).run()
    page.button(key="evaluate_start").click().run()
    page = ended(page)
    assert "The folder 'own' has no file called test.csv" in errors(page)[0]

    for name in ("train", "test"):
        (folder / f"{name}.csv").write_bytes(songs(6))
    next(button for button in page.button if button.label == "Try again").click().run()
    page = ended(page)
    assert page.selectbox(key="songs").value == "own, test part (6 songs)"


def test_a_guest_joins_the_board_and_can_be_hidden(
    opened: Opened, answered: Path, scorer: None
) -> None:
    rows = [f"song{n:03d},{'rock' if n % 2 else 'Jazz'}" for n in range(120)]
    page = opened()
    data = ("guest.csv", "\n".join(["id,label", *rows]).encode(), "text/csv")
    page.text_input(key="guest_name").set_value("My model")
    page.file_uploader(key="guest_file").set_value(data).run()
    page.button(key="guest_add").click().run()

    assert "My model is on the board of songs, test part (120 songs)" in page.success[0].value
    assert "The board does not know jazz" in page.warning[0].value
    table = page.dataframe[0].value.set_index("model")
    assert table.loc["My model (guest)", "kind"] == "guest"
    page.multiselect(key="without").set_value(["My model (guest)"]).run()
    assert "My model (guest)" not in set(page.dataframe[0].value["model"])
    assert "My model" not in (answered / "genre.jsonl").read_text("utf-8")


def test_what_is_wrong_with_a_guest_is_told(opened: Opened, answered: Path, scorer: None) -> None:
    page = opened()
    page.button(key="guest_add").click().run()
    assert errors(page) == ["No file is given; a CSV file is needed."]

    page.text_input(key="guest_name").set_value("My model")
    page.file_uploader(key="guest_file").set_value(("g.csv", b"id,label\nsong001,rock", "text/csv"))
    page.button(key="guest_add").click().run()
    assert errors(page)[0].startswith("119 of 120 songs are not answered")


def test_a_guest_is_removed_by_the_visitor_it_came_from_and_by_nobody_else(
    opened: Opened, answered: Path, scorer: None
) -> None:
    page = with_guest(opened())
    (remove,) = buttons(page, "guest_remove_")
    other = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=30).run()
    other.switch_page("pages/leaderboard.py").run()
    assert "My model (guest)" in set(other.dataframe[0].value["model"])
    assert not buttons(other, "guest_remove_")

    remove.click().run()
    assert "My model is removed" in page.success[0].value
    assert "My model (guest)" not in set(page.dataframe[0].value["model"])
    assert not buttons(page, "guest_remove_")
    assert not list((answered / "guests").iterdir())
    assert "My model (guest)" not in set(other.run().dataframe[0].value["model"])


def test_a_guest_brought_again_takes_the_place_of_the_first(
    opened: Opened, answered: Path, scorer: None
) -> None:
    page = with_guest(with_guest(opened()))
    assert len(buttons(page, "guest_remove_")) == 1
    assert list(page.dataframe[0].value["model"]).count("My model (guest)") == 1


def test_a_guests_own_labels_add_nothing_to_the_figures(
    opened: Opened, answered: Path, scorer: None
) -> None:
    page = with_guest(opened(view="Confusions"))
    labels = {"blues", "folk", "pop", "rock"}
    page.multiselect(key="matrices").set_value(["My model (guest)", "LLaMA"]).run()
    drawn = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    assert [set(figure["data"][0]["x"]) for figure in drawn] == [labels, labels]
    assert any("60 answers are none of these genres" in text.value for text in page.markdown)

    page.session_state["view"] = "By genre"
    page.run()
    (figure,) = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    assert set(figure["data"][0]["x"]) == labels


def with_guest(page: AppTest) -> AppTest:
    rows = [f"song{n:03d},{'rock' if n % 2 else 'Polka'}" for n in range(120)]
    data = ("guest.csv", "\n".join(["id,label", *rows]).encode(), "text/csv")
    page.text_input(key="guest_name").set_value("My model")
    page.file_uploader(key="guest_file").set_value(data).run()
    return page.button(key="guest_add").click().run()


def buttons(page: AppTest, prefix: str) -> list[Button]:
    return [button for button in page.button if str(button.key).startswith(prefix)]


def test_an_evaluation_and_its_file_are_not_shown_to_another_visitor(
    opened: Opened, answered: Path, scorer: None
) -> None:
    page = given(opened(), 12, ["majority"])
    page.file_uploader(key="evaluate_training_genre").set_value(
        ("train.csv", songs(20), "text/csv")
    ).run()
    page.button(key="evaluate_start").click().run()
    page = ended(page)
    mine = "mine, an uploaded file (12 songs)"
    assert "Measured Majority class" in page.success[0].value
    assert mine in page.selectbox(key="songs").options

    other = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=30).run()
    other.switch_page("pages/leaderboard.py").run()
    assert not other.success
    assert not [button for button in other.button if button.label == "Dismiss"]
    assert mine not in other.selectbox(key="songs").options


def test_one_who_runs_the_app_alone_sees_every_file_again(
    opened: Opened, answered: Path, own_machine: None, new_record: Callable[..., EvaluationRecord]
) -> None:
    append_records([new_record("llama", "accuracy", 0.5, dataset="upload", split="old")], answered)
    assert "old, an uploaded file (100 songs)" in opened().selectbox(key="songs").options


def test_models_are_measured_on_the_songbook_and_its_template_has_the_lyrics(
    opened: Opened, results: Path, scorer: None
) -> None:
    page = opened()
    page.session_state["evaluate_models_genre"] = ["majority"]
    page.session_state["evaluate_songs_genre"] = "The songbook"
    page.run()
    page.file_uploader(key="evaluate_training_genre").set_value(
        ("train.csv", songs(20), "text/csv")
    ).run()
    page.button(key="evaluate_start").click().run()
    page = ended(page)
    count = len(songbook())
    assert f"Measured Majority class on the songbook: {count} songs" in page.success[0].value
    assert page.selectbox(key="songs").value == f"Songbook ({count} songs)"
    assert any("free to use (CC0)" in text.value for text in page.markdown)

    (found,) = boards.sets("genre")
    words = known_songs.words_of_set(found)
    answers, _ = boards.answers(Choice(found, "accuracy"))
    filled = template(next(iter(answers.values())), words)
    rows = list(csv.DictReader(io.StringIO(filled)))
    assert len(rows) == count
    assert all(row["title"] and len(row["lyrics"].split()) > 20 for row in rows)
    truth = {row.id: row.reference for row in next(iter(answers.values())).itertuples()}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, "label": truth[row["id"]]} for row in rows)
    page.text_input(key="guest_name").set_value("Oracle")
    page.file_uploader(key="guest_file").set_value(
        ("filled.csv", buffer.getvalue().encode(), "text/csv")
    ).run()
    page.button(key="guest_add").click().run()
    assert not page.warning
    assert page.dataframe[0].value.set_index("model").loc["Oracle (guest)", "accuracy"] == 1.0


def test_the_template_of_songs_that_are_not_ours_has_their_ids_alone(answered: Path) -> None:
    records = read_records(answered)[0]
    tables, _ = prediction_tables(records, evaluation_sets(records, "genre")[0])
    lines = template(tables["llama"], {}).splitlines()
    assert lines[:2] == ["id,label", "song000,"]
    assert len(lines) == 121
