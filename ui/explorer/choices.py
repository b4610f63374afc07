"""What the filters are called in the session and in the address, and acts that set them."""

from __future__ import annotations

import streamlit as st

SEARCH, GENRES, YEARS, WORDS, PARTS, NOTATION = (
    "search",
    "genres",
    "years",
    "words",
    "parts",
    "notation",
)
KEYS = (SEARCH, GENRES, YEARS, WORDS, PARTS, NOTATION)


def clear() -> None:
    """Forget all filters (in a callback)."""
    for key in KEYS:
        st.session_state.pop(key, None)


def toggle_genre(name: str) -> None:
    """Filter for one genre alone, or for all if that was so (in a callback)."""
    before = st.session_state.get(GENRES) or []
    st.session_state[GENRES] = [] if list(before) == [name] else [name]


def set_range(key: str, low: int, high: int) -> None:
    """Filter for a range of years or words (in a callback)."""
    st.session_state[key] = (low, high)
