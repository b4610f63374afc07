"""The Explorer's map and "songs like this one", with an encoder that reads in no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from engine.errors import EngineError
from ui import resources
from ui.explorer.map import making, part, reading
from ui.explorer.map.picture import within

WIDTH = 6


class QuickEncoder:
    width = WIDTH

    def vectors(self, songs: Sequence[str]) -> NDArray[np.float16]:
        rows: list[Any] = [np.random.default_rng(len(song)).normal(size=WIDTH) for song in songs]
        found = np.array(rows)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture
def page(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setattr(reading, "encoder", QuickEncoder)
    monkeypatch.setattr(reading, "width", lambda: WIDTH)
    monkeypatch.setattr(reading, "revision", lambda: "quick-1")
    monkeypatch.setattr("engine.similarity.layout.find_spec", lambda _name: None)
    resources.songbook_store.clear()
    reading._rows_read.clear()
    app.run().switch_page("pages/explorer.py")
    app.session_state["explorer_tab"] = "Map"
    yield app.run()
    resources.songbook_store.clear()
    reading._rows_read.clear()


def finished(page: AppTest, key: str) -> AppTest:
    end = time.monotonic() + 20
    while key in page.session_state:
        assert time.monotonic() < end, "it does not end"
        time.sleep(0.02)
        page.run()
    assert not page.exception
    return page


@pytest.fixture
def drawn(page: AppTest) -> AppTest:
    page.button(key="explorer_map_draw").click().run()
    return finished(page, "_explorer_map_work")


def test_a_map_is_drawn_and_says_how(drawn: AppTest) -> None:
    captions = " ".join(caption.value for caption in drawn.caption)
    assert "requirements-map.txt adds it" in captions
    assert "120 songs as MiniLM-L6 (as RoBERTa) reads them" in captions
    assert "laid out by their two main directions (PCA)" in captions
    groups = next(f.value for f in drawn.dataframe if next(iter(f.value)) == "group")
    assert groups["songs"].sum() == 120


def test_colours_may_stand_for_any_column(drawn: AppTest) -> None:
    (box,) = [box for box in drawn.selectbox if box.label == "Colours"]
    assert {"Genre", "Group", "Words", "Key"} <= set(box.options)
    assert "Year" not in box.options, "no song has one"
    for way in ("Group", "Words", "Key"):
        box.set_value(way).run()
        assert not drawn.exception


def test_a_lasso_lists_its_songs_and_keeps_them_as_a_filter(drawn: AppTest) -> None:
    _, made = drawn.session_state["_explorer_map"]
    visible = np.ones(len(made.rows), bool)
    left = [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]]
    wanted = set(made.rows[made.points[:, 0] < 0].tolist())
    identity = part.identity_of("songbook", made)
    drawn.session_state["_explorer_map_chosen"] = (identity, part.rows_within(made, visible, left))
    drawn.run()
    assert any(f"Within the line: {len(wanted)} songs" in text.value for text in drawn.markdown)
    drawn.button(key="explorer_map_keep").click().run()
    count = next(metric.value for metric in drawn.metric if metric.label == "Songs")
    assert count == f"{len(wanted)} of 120"
    assert set(drawn.dataframe[0].value.index) == wanted
    drawn.multiselect(key="genres").set_value(["folk"]).run()
    assert any("do not pass the filters are not drawn" in text.value for text in drawn.caption)
    drawn.button(key="explorer_rows_drop").click().run()
    drawn.button(key="explorer_clear").click().run()
    assert next(m.value for m in drawn.metric if m.label == "Songs") == "120 of 120"


def test_lines_that_enclose_nothing_choose_nothing() -> None:
    points = np.array([[0, 0], [0.5, 0.5]], np.float32)
    assert within(points, [[-1, -1], [0.1, -1], [0.1, 1], [-1, 1]]).tolist() == [True, False]
    for line in ([], [[0, 0], [1, 1]], [[0.0], [1.0], [2.0]]):
        assert not within(points, line).any()


def test_how_long_a_large_map_takes_is_told_before_it_begins(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_TOLD_FROM", 10)
    monkeypatch.setattr(making, "embed", lambda *_, **__: 0.5)
    page.run()
    told = next(text.value for text in page.caption if "On this machine" in text.value)
    assert "reading 120 songs takes about 4 minutes (48 songs were read to tell)" in told


def test_a_map_under_way_is_cancelled_and_one_that_breaks_off_says_why(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = time.monotonic() + 20

    def slow(*arguments: Any) -> float:
        cancelled: Callable[[], bool] = arguments[5]
        while not cancelled() and time.monotonic() < stop:
            time.sleep(0.01)
        raise EngineError("The base is not installed.")

    monkeypatch.setattr(making, "embed", slow)
    page.button(key="explorer_map_draw").click().run()
    page.button(key="explorer_map_cancel").click().run()
    finished(page, "_explorer_map_work")
    assert time.monotonic() < stop
    assert page.error[0].value == "The base is not installed."
    assert page.button(key="explorer_map_draw")


def test_songs_like_one_are_found_and_read(page: AppTest) -> None:
    page.session_state["explorer_tab"] = "Songs"
    page.session_state["songs_songbook"] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    page.run()
    page.button(key="song_alike").click().run()
    finished(page, "_explorer_alike_work")
    table = next(f.value for f in page.dataframe if "likeness" in f.value)
    assert len(table) == 10
    assert resources.songbook()[2].title not in table["title"].tolist()
    assert table["likeness"].is_monotonic_decreasing
    assert any("The nearest among all 120 songs" in caption.value for caption in page.caption)
