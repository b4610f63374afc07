from __future__ import annotations

import pytest
import streamlit as st

from ui import state


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    kept: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


WORDS = "[Verse]\nDown the dusty road\nI carried home the rain"


def test_a_title_stays_while_any_line_of_its_song_does() -> None:
    state.set_song(WORDS, "Dusty Road")
    assert state.title_of(WORDS) == "Dusty Road"
    assert state.title_of("Down the dusty road\nand back again") == "Dusty Road"


def test_other_words_have_not_the_title_of_the_song_before() -> None:
    state.set_song(WORDS, "Dusty Road")
    assert state.title_of("[Verse]\nA river of iron") == ""


def test_a_title_that_was_typed_is_the_title(session: dict[str, object]) -> None:
    state.set_song(WORDS, "Dusty Road")
    session[state.TITLE] = "Iron River"
    assert state.title_of("A river of iron") == "Iron River"
