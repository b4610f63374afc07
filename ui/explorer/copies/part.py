"""Songs that are there twice, and what parts of the data share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.explorer.copies import doubles, leaks

if TYPE_CHECKING:
    from engine.corpora.store import Filters
    from ui.explorer.opened import Source

DOUBLES, LEAKS = "Songs that are there twice", "Leaks between parts"


def copies(chosen: Source, passing: Filters) -> None:
    """Choose what is looked for, and draw it."""
    view = st.segmented_control(
        "What is looked for",
        [DOUBLES, LEAKS],
        default=DOUBLES,
        required=True,
        key="explorer_copies_view",
        persist_state="session",
        label_visibility="collapsed",
    )
    (leaks.show if view == LEAKS else doubles.show)(chosen, passing)
