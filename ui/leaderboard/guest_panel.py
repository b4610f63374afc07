"""Predictions made elsewhere: a template to fill, an upload, a guest row on the board."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards
from ui.boards import Choice
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import pandas as pd

_WELCOME = "_guest_welcome"


def panel(chosen: Choice) -> None:
    """The form of a guest; it joins the board of the songs chosen above."""
    _welcome()
    with st.expander("Add predictions made elsewhere", key="guest_panel"):
        if chosen.task != "genre":
            st.info("Guests are scored on genre predictions; choose the task Genre above.")
            return
        tables, _ = boards.answers(Choice(chosen.songs, "accuracy"))
        if not tables:
            st.info(
                "No model's answers are kept on these songs, so their true genres are not known; "
                "measure a model on them first."
            )
            return
        songs = next(iter(tables.values()))
        st.markdown(
            f"Answer the same {len(songs):,} songs of **{plain(chosen.songs)}** with a model of "
            "your own and bring a CSV file: a column `id`, and either a column `label`, or one "
            "column a genre with its probability. It is scored as every model here is, and stands "
            "on the board marked as a guest."
        )
        st.download_button(
            "Template with the ids",
            partial(template, songs),
            f"{chosen.songs.dataset}-{chosen.songs.split}-template.csv".replace(" ", "-"),
            "text/csv",
            key="guest_template",
            icon=":material/table:",
            on_click="ignore",
            help="One row a song, the labels left to fill in",
        )
        name = st.text_input(
            "Name on the board", key="guest_name", max_chars=40, placeholder="My model"
        )
        uploaded: Any = st.file_uploader("CSV file", type=["csv"], key="guest_file")
        if st.button("Score and add", key="guest_add", type="primary", icon=":material/add:"):
            _add(str(name or ""), uploaded, chosen)


def template(songs: pd.DataFrame) -> str:
    """The ids of a set of songs as a CSV file with an empty column of labels."""
    buffer = io.StringIO()
    songs[["id"]].assign(label="").to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def _add(name: str, uploaded: Any, chosen: Choice) -> None:
    from engine.evaluation.board.guests import add_guest

    if uploaded is None:
        st.error("No file is given; a CSV file is needed.", icon=":material/error:")
        return
    try:
        with st.spinner("Scoring the guest"):
            run = add_guest(name, uploaded.getvalue(), boards.records(), chosen.songs)
    except EngineError as error:
        show_error(error)
        return
    model = run.records[0].model
    st.session_state[_WELCOME] = (
        f"{model} joined the board of {chosen.songs} as a guest; 'Leave out' hides it.",
        run.problems,
    )
    st.rerun()


def _welcome() -> None:
    """Say once, after the board was drawn anew, who joined and what was noticed."""
    found: tuple[str, tuple[str, ...]] | None = st.session_state.pop(_WELCOME, None)
    if found is None:
        return
    st.success(plain(found[0]), icon=":material/group_add:")
    for problem in found[1]:
        st.warning(plain(problem), icon=":material/warning:")
