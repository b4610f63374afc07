"""Which column of a user's table is what: shown as it was guessed, and put right by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from engine.corpora import SongTable

OURS = ("lyrics", "title", "artist", "genre", "year", "split")
_NONE = "(none)"


def columns_put_right(read: SongTable, key: str) -> dict[str, str] | None:
    """Let the user change what was guessed; our names to the table's once that is asked for."""
    theirs = [*read.columns.values(), *read.unused]
    with (
        st.expander("Are these the right columns?"),
        st.form(f"columns_{key}", border=False),
    ):
        chosen: dict[str, str] = {}
        for ours, place in zip(OURS, st.columns(len(OURS)), strict=True):
            options = theirs if ours == "lyrics" else [_NONE, *theirs]
            guessed = read.columns.get(ours, _NONE)
            index = options.index(guessed) if guessed in options else 0
            name = place.selectbox(ours.capitalize(), options, index, key=f"column_{ours}_{key}")
            chosen[ours] = "" if name == _NONE else str(name)
        if st.form_submit_button("Read it again", key=f"columns_again_{key}"):
            return chosen
    return None
