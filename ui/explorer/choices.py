"""What the filters are called in the session and in the address, and acts that set them."""

from __future__ import annotations

from typing import Any

import streamlit as st

SEARCH, GENRES, YEARS, WORDS, PARTS, NOTATION, LANGUAGES, TAGS = (
    "search",
    "genres",
    "years",
    "words",
    "parts",
    "notation",
    "languages",
    "tags",
)
KEYS = (SEARCH, GENRES, YEARS, WORDS, PARTS, NOTATION, LANGUAGES, TAGS)
_KEPT = "_explorer_filters"
_COMING_BACK = "_explorer_filters_come_back"  # until they are drawn
_ROWS = "_explorer_rows"  # too many for an address


def take_up() -> None:
    """Bring back what was chosen when the page was left; call it before the filters are drawn.

    An address that says something is a link that carries its whole view; but a run that is broken
    off while it brings filters back leaves some of them there, and the next one goes on.
    """
    if any(key in st.query_params for key in KEYS) and not st.session_state.get(_COMING_BACK):
        return
    st.session_state[_COMING_BACK] = True
    kept: dict[str, Any] = st.session_state.get(_KEPT, {})
    for key, value in kept.items():
        if key not in st.session_state:
            st.session_state[key] = value


def keep() -> None:
    """Remember what is chosen: Streamlit forgets a widget that a page does not draw."""
    st.session_state[_COMING_BACK] = False
    st.session_state[_KEPT] = {
        key: st.session_state[key] for key in KEYS if key in st.session_state
    }


def clear() -> None:
    """Let all songs pass (in a callback).

    Values are set, not dropped: a dropped one would come back from the address.
    """
    for key in (GENRES, PARTS, NOTATION, LANGUAGES, TAGS):
        st.session_state[key] = []
    st.session_state[SEARCH] = ""
    drop_rows()
    for key, span in _spans().items():
        st.session_state[key] = span


def fit(key: str, span: tuple[int, int]) -> None:
    """Make a range fit the songs that are open now; call it before its slider is drawn."""
    value = st.session_state.get(key)
    before = _spans().get(key)
    if value is not None and (
        tuple(value) == before or not span[0] <= value[0] <= value[1] <= span[1]
    ):
        st.session_state[key] = span
    _spans()[key] = span


def keep_rows(identity: str, rows: tuple[int, ...]) -> None:
    """Filter for some songs of a set by their numbers (in a callback)."""
    st.session_state[_ROWS] = (identity, rows)


def drop_rows() -> None:
    """Let others than these pass again (in a callback)."""
    st.session_state.pop(_ROWS, None)


def rows_kept(identity: str) -> tuple[int, ...]:
    """The songs of a set that are filtered for by their numbers; none if all may pass."""
    of, rows = st.session_state.get(_ROWS, ("", ()))
    return rows if of == identity else ()


def toggle(key: str, name: str) -> None:
    """Filter for one genre or part alone, or for all if that was so (in a callback)."""
    before = st.session_state.get(key) or []
    st.session_state[key] = [] if list(before) == [name] else [name]


def set_range(key: str, low: int, high: int) -> None:
    """Filter for a range of years or words (in a callback)."""
    st.session_state[key] = (low, high)


def _spans() -> dict[str, tuple[int, int]]:
    """The full width of each range that was drawn."""
    return st.session_state.setdefault("_explorer_spans", {})
