"""Where models meet data: answers of several models beside a visitor's songs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.corpora.store import import_songs
from tests.engine.audit.conftest import (
    LABELS,
    SONGS,
    genre_of,
    is_hard,
    songs_table,
    sure_of,
)
from tests.pages.conftest import ROOT, FakeClassifier
from ui import local_files, resources, turns
from ui.explorer.answers import part, side_by_side


def scored(said: Sequence[str]) -> bytes:
    """A table as `python -m engine batch` writes it."""
    shares = [sure_of(label) for label in said]
    told = {f"p_{label}": [share[at] for share in shares] for at, label in enumerate(LABELS)}
    table = songs_table().assign(prediction=list(said), confidence=0.8, **told, error=None)
    return table.to_csv(index=False).encode()


FIRST = scored(["pop" if is_hard(n) else genre_of(n) for n in range(SONGS)])
SECOND = scored(["folk" if n in (7, 10) else genre_of(n) for n in range(SONGS)])


@pytest.fixture
def page(app: AppTest, tmp_path: Path) -> AppTest:
    """The Explorer with 120 songs open, a file of answers of each of two models beside them."""
    app.run().switch_page("pages/explorer.py").run()
    app.button_group(key="explorer_source").set_value("My file").run()
    table = songs_table().to_csv(index=False).encode()
    app.file_uploader(key="explorer_file").set_value(("songs.csv", table, "text/csv"))
    app.session_state["explorer_tab"] = "Models"
    app.run()
    bring(app, "first.csv", FIRST)
    bring(app, "second.csv", SECOND)
    assert not app.exception
    return app


def bring(page: AppTest, name: str, data: bytes) -> None:
    """Bring a file of answers."""
    identity = page.session_state["_own_songs"].identity
    uploader = page.file_uploader(key=f"explorer_answers_file_{identity}")
    uploader.set_value((name, data, "text/csv")).run()


def view(page: AppTest, name: str) -> AppTest:
    page.button_group(key="explorer_models_view").set_value(name)
    page.run()
    assert not page.exception
    return page


def frame(page: AppTest, column: str) -> pd.DataFrame:
    return next(f.value for f in page.dataframe if column in f.value)


def told(page: AppTest) -> str:
    parts = (page.markdown, page.caption, page.info, page.warning, page.success)
    return " ".join(element.value for kind in parts for element in kind)


def test_answers_of_files_stand_side_by_side(page: AppTest) -> None:
    assert "first.csv: 120 songs, 3 genres, from a file" in told(page)
    view(page, part.SIDE_BY_SIDE)
    figures = frame(page, "right").set_index("model")
    assert figures["right"].tolist() == pytest.approx([100 / 120, 118 / 120])
    assert "differ over 22 of them" in told(page)
    page.selectbox(key="explorer_answers_show").set_value("Songs where they differ").run()
    assert len(frame(page, "first.csv: sure")) == 22


def test_a_cell_of_the_confusions_opens_its_songs(page: AppTest) -> None:
    clicked: dict[str, Any] = {"cells": {"selection": {"cells": [(2, "pop")]}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(side_by_side.st, "session_state", clicked)
        side_by_side._click("cells", "first.csv", ["folk", "pop", "rock"])
    page.session_state["_explorer_cell"] = clicked["_explorer_cell"]
    view(page, part.SIDE_BY_SIDE)
    page.selectbox(key="explorer_answers_show").set_value(clicked["explorer_answers_show"]).run()
    shown = frame(page, "first.csv: sure")
    assert shown["title"].tolist() == [f"Title {n}" for n in range(SONGS) if is_hard(n)]
    assert "Songs whose genre is “rock”, said to be “pop”" in told(page)


def test_the_slice_where_a_model_errs_is_first_and_a_click_shows_its_songs(page: AppTest) -> None:
    view(page, part.ERRORS)
    groups = frame(page, "elsewhere")
    assert groups.iloc[0][["group", "songs", "share"]].tolist() == ["rock · 1990s", 20, 1.0]
    assert "told apart from chance" in told(page)
    assert frame(page, "uses in songs told wrongly")["word"][0] == "neon"
    identity = page.session_state["_own_songs"].identity
    page.session_state[f"explorer_slices_{identity}_Errors of first.csv_{len(groups)}"] = {
        "selection": {"rows": [0], "columns": [], "cells": []}
    }
    page.run()
    assert len(frame(page, "first.csv: sure")) == 20
    page.selectbox(key="explorer_slice_what").set_value("Songs over which the models differ").run()
    assert frame(page, "elsewhere")["group"][0] == "rock · 1990s"


def test_suspects_say_that_a_file_does_not_tell_what_was_learnt(page: AppTest) -> None:
    view(page, part.LABELS)
    assert "does not say what its model has learnt" in told(page)
    assert len(frame(page, "p_suggested"))
    assert page.download_button(key="explorer_suspects_songs_csv")


def test_filters_hold_and_what_no_answer_is_to_is_said(page: AppTest) -> None:
    view(page, part.SIDE_BY_SIDE)
    page.multiselect(key="genres").set_value(["folk"]).run()
    assert set(frame(page, "first.csv: sure")["genre"]) == {"folk"}
    page.text_input(key="search").set_value("no such words").run()
    assert "None of these answers" in told(page)


def test_answers_are_forgotten_one_by_one(page: AppTest) -> None:
    page.button(key="explorer_forget_0").click().run()
    assert "first.csv" not in told(page)
    assert "second.csv" in told(page)


def test_a_file_without_answers_is_refused_in_a_sentence(page: AppTest) -> None:
    bring(page, "a.csv", songs_table().to_csv(index=False).encode())
    assert "holds no answers" in page.error[0].value


def until_done(page: AppTest, key: str) -> None:
    end = time.monotonic() + 20
    while key in page.session_state:
        assert time.monotonic() < end
        time.sleep(0.02)
        page.run()
    assert not page.exception


def test_a_plain_model_answers_out_of_fold(page: AppTest) -> None:
    page.button(key="explorer_out_of_fold").click().run()
    until_done(page, "_explorer_out_of_fold")
    assert "TF-IDF, out of fold: 120 songs, 3 genres, out of fold" in told(page)
    view(page, part.LABELS)
    page.selectbox(key="explorer_suspects_3").set_value("TF-IDF, out of fold").run()
    assert "had seen neither it" in told(page)


def test_answers_to_a_store_on_this_machine_are_there_again_on_the_next_visit(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local_files, "allowed", lambda: True)
    songs_table().to_csv(tmp_path / "mine.csv", index=False)
    import_songs(tmp_path / "mine.csv")
    (tmp_path / "first.csv").write_bytes(FIRST)

    def opened(visitor: AppTest) -> AppTest:
        visitor.run().switch_page("pages/explorer.py").run()
        visitor.button_group(key="explorer_source").set_value("On this machine").run()
        visitor.text_input(key="explorer_path").set_value(str(tmp_path / "mine.csv"))
        visitor.session_state["explorer_tab"] = "Models"
        return visitor.run()

    page = opened(app)
    page.text_input(key="explorer_answers_path").set_value(str(tmp_path / "first.csv")).run()
    page.button(key="explorer_answers_read").click().run()
    again = opened(AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30))
    assert not again.exception
    assert "first.csv: 120 songs" in told(again)
    again.button(key="explorer_forget_0").click().run()
    assert not list(tmp_path.glob("*.answers.parquet"))


def test_a_model_asked_here_is_compared_and_what_it_has_learnt_is_said(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "loaded", lambda name, _cancelled: FakeClassifier(name))
    app.run().switch_page("pages/explorer.py").run()
    app.session_state["explorer_tab"] = "Models"
    app.multiselect(key="genres").set_value(["folk", "pop"]).run()
    for name in ("llama", "bilstm-gru"):
        app.selectbox(key="explorer_model").set_value(name).run()
        app.button(key="explorer_answer").click().run()
        until_done(app, "_explorer_asking")
    view(app, part.SIDE_BY_SIDE)
    assert frame(app, "right")["model"].tolist() == ["LLaMA", "BiLSTM-GRU"]
    assert "differ over 20 of them" in told(app)
    view(app, part.LABELS)
    assert "has learnt from none of these songs" in told(app)
    resources.tables_queue.clear()


def test_an_opened_song_shows_the_answers_and_the_way_to_why(page: AppTest) -> None:
    page.session_state["explorer_tab"] = "Songs"
    identity = page.session_state["_own_songs"].identity
    page.session_state[f"songs_{identity}"] = {
        "selection": {"rows": [7], "columns": [], "cells": []}
    }
    page.run()
    answers = frame(page, "of the table's genre")
    assert answers["answer"].tolist() == ["pop", "folk"]
    assert answers["of the table's genre"].tolist() == pytest.approx([0.8, 0.1])
    page.button(key="song_why").click().run()
    assert page.title[0].value == "Genre"
    assert page.session_state["genre_tab"] == "Why"
