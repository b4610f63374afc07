"""Songs that are there twice, and what the parts of a visitor's file share, on the page."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from ui.explorer.copies import part


def lyric(number: int) -> str:
    return "\n".join(f"line {n} of {number} has {n * number + 7} words in it" for n in range(8))


@pytest.fixture
def page(app: AppTest) -> AppTest:
    """Thirty songs open: 4 and 25 are one song, Ann sings in both parts."""
    texts = [lyric(n) for n in range(30)]
    texts[25] = texts[4].replace("line 3", "row 3")
    table = pd.DataFrame(
        {
            "title": [f"Title {n}" for n in range(30)],
            "artist": ["Ann" if n in (0, 29) else f"Artist {n}" for n in range(30)],
            "split": ["train" if n < 20 else "test" for n in range(30)],
            "genre": ["pop" if n < 10 else "folk" for n in range(30)],
            "lyrics": texts,
        }
    )
    app.run().switch_page("pages/explorer.py").run()
    app.button_group(key="explorer_source").set_value("My file").run()
    data = table.to_csv(index=False).encode()
    app.file_uploader(key="explorer_file").set_value(("songs.csv", data, "text/csv"))
    app.session_state["explorer_tab"] = "Doubles"
    return app.run()


def until_done(page: AppTest, key: str) -> AppTest:
    end = time.monotonic() + 20
    while key in page.session_state:
        assert time.monotonic() < end
        time.sleep(0.02)
        page.run()
    assert not page.exception
    return page


def frame(page: AppTest, column: str) -> pd.DataFrame:
    return next(f.value for f in page.dataframe if column in f.value)


def choose(page: AppTest, key: str) -> None:
    page.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    assert not page.exception


def test_a_group_is_found_and_its_songs_stand_side_by_side(page: AppTest) -> None:
    page.button(key="explorer_doubles_look").click().run()
    until_done(page, "_explorer_doubles")
    groups = frame(page, "alike")
    assert groups["titles"].tolist() == ["Title 4, Title 25"]
    assert page.download_button(key="explorer_doubles_csv")
    choose(page, f"explorer_double_groups_{page.session_state['_own_songs'].identity}_2")
    shown = next(html.body for html in page.get("html") if "ll-two" in html.body)
    assert "<ins>line</ins>" in shown
    assert "<ins>row</ins>" in shown
    assert "1 of 8 lines differ" in " ".join(caption.value for caption in page.caption)


def test_parts_are_those_of_the_split_and_share_what_was_put_into_both(page: AppTest) -> None:
    page.button_group(key="explorer_copies_view").set_value(part.LEAKS).run()
    page.button(key="explorer_leaks_look").click().run()
    until_done(page, "_explorer_leaks")
    assert frame(page, "songs_one")["artist"].tolist() == ["Ann"]
    pairs = frame(page, "kind")
    assert pairs[["title_one", "title_other"]].to_numpy().tolist() == [["Title 4", "Title 25"]]
    assert page.download_button(key="explorer_leaks_report")
    choose(page, f"explorer_leak_pairs_{page.session_state['_own_songs'].identity}_1")
    assert any("ll-two" in html.body for html in page.get("html"))


def test_two_sets_of_filters_are_parts_too(page: AppTest) -> None:
    page.button_group(key="explorer_copies_view").set_value(part.LEAKS).run()
    page.button_group(key="explorer_leaks_how").set_value("Two sets of filters").run()
    assert page.button(key="explorer_leaks_look").disabled
    for genre, key in (("pop", "explorer_leak_first"), ("folk", "explorer_leak_secon")):
        page.multiselect(key="genres").set_value([genre]).run()
        page.button(key=key).click().run()
    page.button(key="explorer_leaks_look").click().run()
    until_done(page, "_explorer_leaks")
    assert frame(page, "kind")["title_one"].tolist() == ["Title 4"]
    assert any("first part 10, second part 20" in caption.value for caption in page.caption)
