"""The Genre page below its box: the verdict, then one tab a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import InputError
from engine.lyrics import Lyrics
from ui import glossary, state
from ui.chords import controls
from ui.genre import answer, asking, changes, history, limits, lines, why
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.classifiers.prediction import Prediction

TABS = ("Probabilities", "Why", "Line by line", "What if", "Compare", "This visit")
_TERMS = (
    *("Macro F1", "Log odds", "Calibration", "In doubt", "Evidence", "Form"),
    *("Logit", "TF-IDF", "Seed"),
)
_TAB, _LAST_TAB = "genre_tab", "_genre_last_tab"


def show(given: state.GenreAnswer, text: str) -> None:
    """Draw an answer; `text` is what stands in the box now."""
    if given.warning:
        st.warning(plain(given.warning), icon=":material/translate:")
    if text != given.lyric:
        st.info(
            "The lyric above has changed since these answers were given.",
            icon=":material/edit_note:",
        )
    predictions = asking.with_combined(given.predictions)
    answer.verdict(predictions)
    _use_style(predictions, text)
    try:
        lyrics = Lyrics.parse(given.lyric)
    except InputError as error:  # it was parsed when it was asked
        show_error(error)
        return
    drawn = {
        "Probabilities": lambda: answer.probabilities(predictions),
        "Why": lambda: why.show(given, lyrics),
        "Line by line": lambda: lines.show(lyrics),
        "What if": lambda: changes.what_if(given, lyrics),
        "Compare": lambda: changes.compare(given),
        "This visit": history.show,
    }
    if _TAB not in st.session_state:  # back from another page
        st.session_state[_TAB] = st.session_state.get(_LAST_TAB, TABS[0])
    tabs = st.tabs(list(TABS), key=_TAB, on_change="rerun")
    for name, tab in zip(TABS, tabs, strict=True):
        with tab:
            if tab.open:
                st.session_state[_LAST_TAB] = name
                drawn[name]()
    limits.show()
    glossary.show(*_TERMS)


def open_next(tab: str) -> None:
    """Have one of `TABS` open when the page is opened next."""
    st.session_state[_LAST_TAB] = tab


def _use_style(predictions: Sequence[Prediction], text: str) -> None:
    """Take the likeliest genre to the Chords page; words without chords get them in that style."""
    deciding = [p for p in predictions if p.pooled] or predictions
    genre = max(deciding, key=lambda prediction: prediction.confidence).label
    asked = st.button(
        f"Use this style for the chords: {plain(genre)}",
        key="genre_use_style",
        icon=":material/piano:",
        help="Opens the Chords page with these words and this style; chords that these words have "
        "already are left as they are until you write them again.",
    )
    if not asked:
        return
    controls.wish_style(genre)
    song = state.song()
    if song is None or song.lyric.strip() != text.strip():
        state.go("chords")
    st.switch_page(state.CHORDS_PAGE, query_params={})
