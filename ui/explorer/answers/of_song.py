"""What models said of one song that is open, and the way to why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import state
from ui.explorer.answers.kept import answers_to
from ui.genre import view

if TYPE_CHECKING:
    from ui.explorer.opened import Source


def answers_of_song(chosen: Source, row: int, text: str, title: str, place: str = "") -> None:
    """The answers to a song, if there are any; "Explain them" asks the Genre page why."""
    rows = answers_to(chosen, row)
    if not rows:
        return
    told: list[dict[str, Any]] = [
        {"model": name, "answer": answer, "sure": sure, "of the table's genre": given}
        for name, answer, sure, given in rows
    ]
    st.dataframe(
        told,
        key=f"{place}song_answers",
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="percent")
            for name in ("sure", "of the table's genre")
        },
        alt="What each model said of this song, and how sure it is",
    )
    asked = st.button(
        "Explain the answers",
        key=f"{place}song_why",
        icon=":material/lightbulb:",
        help="Asks the models again on the Genre page and opens “Why” there: which words counted",
    )
    if asked:
        state.set_song(text, title)
        view.open_next("Why")
        state.go("genre")
