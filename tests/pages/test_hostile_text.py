"""Titles, names, labels and files of strangers: shown letter by letter on every page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.classifiers.prediction import Prediction
from engine.corpora import SongTable
from engine.corpora.songs import frame
from engine.corpora.store import SongStore, store_of_table
from engine.errors import InputError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.music.editing import History
from engine.music.lead_sheet import LeadSheet
from tests.pages.live_text import HOSTILE, LIVE, live, shows
from ui import resources, state
from ui.explorer.opened import Source

WORDS = "Slow rain on the valley road\nand all the words of strangers"


class HostileClassifier:
    """Its labels, tags and base were named by somebody else."""

    base = HOSTILE

    def __init__(self, name: str) -> None:
        self.name = name

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        labels = (HOSTILE, "rock", f"other {HOSTILE}")
        tags = ((HOSTILE, 0.7),)
        return [Prediction(self.name, HOSTILE, labels, (0.6, 0.1, 0.3), 0.01, tags) for _ in lyrics]


@pytest.fixture
def explorer(app: AppTest, tmp_path: Path) -> AppTest:
    songs = frame(
        {
            "title": f"{n} {HOSTILE}",
            "artist": f"{n} {HOSTILE}",
            "genre": f"{n % 2} {HOSTILE}",
            "year": 1990 + n,
            "lyrics": f"{WORDS} {'more ' * n} {HOSTILE}",
            "words": 12 + n,
            "lines": 2,
        }
        for n in range(4)
    )
    read = SongTable(
        songs, {HOSTILE: (7,)}, (HOSTILE,), {"lyrics": HOSTILE}, (HOSTILE,), (HOSTILE,), "0"
    )
    store_of_table(read, tmp_path / "s.duckdb", HOSTILE)
    own = Source(HOSTILE, "mine", SongStore(tmp_path / "s.duckdb"), read)
    page = app.run().switch_page("pages/explorer.py").run()
    page.session_state["explorer_source"] = "My file"
    page.session_state["_own_songs"] = own
    return page


@pytest.mark.parametrize("tab", ["Songs", "Charts", "Words", "Models", "Doubles", "SQL"])
def test_explorer(explorer: AppTest, tab: str) -> None:
    explorer.session_state["explorer_tab"] = tab
    explorer.session_state["songs_mine"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    explorer.run()
    assert not explorer.exception
    assert shows(explorer)
    assert not live(explorer)


@pytest.mark.parametrize("page", ["pages/genre.py", "pages/chords.py"])
def test_a_file_that_cannot_be_read(app: AppTest, page: str) -> None:
    app.run().switch_page(page).run()
    app.session_state["_message"] = f"{HOSTILE}: nothing in it"
    app.run()
    assert app.error
    assert not live(app)


def test_chords(app: AppTest, lyric: str) -> None:
    from engine.corpora.songbook import songbook

    given = songbook()[0]
    sheet = LeadSheet(
        HOSTILE, given.key, given.lines, given.time_signature, given.tempo, genre=HOSTILE
    )
    app.run().switch_page("pages/chords.py").run()
    song = state.Song(sheet, lyric, HOSTILE, None, 1.0, HOSTILE)
    app.session_state["_visit"].history = History(song)
    app.run()
    assert not app.exception
    assert shows(app)
    assert not live(app)


TABS = ("Probabilities", "Why", "Line by line", "What if", "Compare", "This visit")


@pytest.mark.parametrize("tab", TABS)
def test_genre(app: AppTest, monkeypatch: pytest.MonkeyPatch, tab: str) -> None:
    monkeypatch.setattr(resources, "classifier", HostileClassifier)
    monkeypatch.setattr(resources, "base_label", lambda _name: HOSTILE)
    app.run().switch_page("pages/genre.py").run()
    app.session_state[state.LYRIC] = f"{WORDS}\n{HOSTILE}"
    app.session_state[state.TITLE] = HOSTILE
    app.run()
    app.button(key="genre_run").click().run()
    app.session_state["genre_tab"] = tab
    app.session_state["what_if_lyric"] = f"{WORDS} changed {HOSTILE}"
    app.session_state["_what_if_of"] = f"{WORDS}\n{HOSTILE}"
    app.session_state["second_lyric"] = f"other {WORDS}"
    app.run()
    assert not app.exception
    assert shows(app)
    assert not live(app)


def test_the_label_a_song_is_said_to_have(app: AppTest) -> None:
    from ui.known_songs import _Expectation

    app.run().switch_page("pages/genre.py").run()
    app.session_state[state.LYRIC] = WORDS
    app.session_state["_expected_genre"] = _Expectation(WORDS, HOSTILE, HOSTILE)
    app.run()
    assert shows(app)
    assert not live(app)


def test_errors_quote_what_came_in(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_name: str) -> object:
        raise InputError(f"There is no '{HOSTILE}'.")

    monkeypatch.setattr(resources, "classifier", refused)
    app.run().switch_page("pages/genre.py").run()
    app.session_state[state.LYRIC] = WORDS
    app.run()
    app.button(key="genre_run").click().run()
    assert app.error
    assert shows(app)
    assert not live(app)


@pytest.mark.parametrize("tab", ["About", "Figures", "Training", "Files"])
def test_model_cards(app: AppTest, monkeypatch: pytest.MonkeyPatch, tab: str) -> None:
    def hostile(folder: Path) -> ModelCard:
        digest = {"x": "ab" * 32}
        history = {"history": [{"step": 1, "loss": 2.0}], HOSTILE: 1}
        return ModelCard(
            name=folder.name,
            family=HOSTILE,
            base=HOSTILE,
            base_sha256="cd" * 32,
            labels=(HOSTILE, "rock"),
            training_data=HOSTILE,
            training_data_sha256="ab" * 32,
            config=history,
            library_versions={HOSTILE: HOSTILE},
            metrics={f"test/{HOSTILE}": 0.5},
            licence=HOSTILE,
            limits=HOSTILE,
            created="2026-01-02T03:04:05+00:00",
            files=digest,
        )

    monkeypatch.setattr(ModelCard, "read", staticmethod(hostile))
    app.run().switch_page("pages/models.py").run()
    app.session_state["tabs_llama"] = tab
    app.run()
    assert shows(app)
    assert not live(app)


def test_the_watchman_sees_what_is_alive() -> None:
    def bad() -> None:
        import streamlit as st

        from tests.pages.live_text import HOSTILE

        st.markdown(HOSTILE)
        st.button("x", help=HOSTILE)
        st.metric("a", 1, delta=HOSTILE)
        st.html(f"<p>{HOSTILE}</p>")

    page = AppTest.from_function(bad).run()
    found = live(page)
    assert {line.split(":")[0] for line in found} == {
        "Markdown.body",
        "Button.help",
        "Metric.delta",
        "Html.body",
    }
    assert all(piece in HOSTILE for piece in LIVE)
