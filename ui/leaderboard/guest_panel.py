"""Predictions made elsewhere: a template to fill, an upload, a guest row that can be taken away."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards, known_songs, state
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
            st.info("Only genre predictions can be added; choose the task Genre above.")
            return
        tables, _ = boards.answers(Choice(chosen.songs, "accuracy"))
        if not tables:
            st.info(
                "No model's answers to these songs are kept, so their true genres are not known; "
                "measure a model on them first."
            )
            return
        songs = next(iter(tables.values()))
        words = known_songs.words_of_set(chosen.songs)
        st.markdown(_how(chosen, bool(words)))
        st.download_button(
            "Template with the lyrics" if words else "Template with the ids",
            partial(template, songs, words),
            f"{chosen.songs.dataset}-{chosen.songs.split}-template.csv".replace(" ", "-"),
            "text/csv",
            key="guest_template",
            icon=":material/table:",
            on_click="ignore",
            help="One row a song; the labels are left for you to fill in.",
        )
        name = st.text_input(
            "Name on the board", key="guest_name", max_chars=40, placeholder="My model"
        )
        uploaded: Any = st.file_uploader("CSV file", type=["csv"], key="guest_file")
        if st.button("Score and add", key="guest_add", type="primary", icon=":material/add:"):
            _add(str(name or ""), uploaded, chosen)
        _own_guests(chosen)


def _how(chosen: Choice, with_words: bool) -> str:
    """What to bring, and where the words of the songs are to be had."""
    words = (
        "The template holds their lyrics, which are free to use (CC0)."
        if with_words
        else "Their lyrics belong to their writers and are not given out here: choose the Songbook "
        "under *Test songs* for a set whose template holds the lyrics."
    )
    return (
        f"Let a model of your own answer the songs of "
        f"**{plain(boards.set_title(chosen.songs))}**. {words} Bring back a CSV file with a column "
        "`id` and either a column `label`, or one column a genre with its probability. It is "
        "scored as every model here is, and everybody sees it on the board, marked as a guest."
    )


def template(songs: pd.DataFrame, words: dict[str, tuple[str, str]]) -> str:
    """The songs of a set as a CSV file with an empty column of labels.

    Parameters
    ----------
    songs : data frame
        With a column ``id``.
    words : dict
        Title and lyrics of a song by its id; without any, the file holds ids alone.
    """
    buffer = io.StringIO()
    table = songs[["id"]]
    if words:
        told = [words[identity] for identity in table["id"]]
        table = table.assign(title=[one for one, _ in told], lyrics=[text for _, text in told])
    table.assign(label="").to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def _add(name: str, uploaded: Any, chosen: Choice) -> None:
    from engine.evaluation.board.guests import add_guest

    if uploaded is None:
        st.error("No file is given; a CSV file is needed.", icon=":material/error:")
        return
    mine = state.guests()
    try:
        with st.spinner("Scoring the guest"):
            run = add_guest(
                name, uploaded.getvalue(), boards.records(), chosen.songs, mine=frozenset(mine)
            )
    except EngineError as error:
        show_error(error)
        return
    mine.add(run.records[0].run)
    st.session_state[_WELCOME] = (
        f"{run.records[0].model} is on the board of {boards.set_title(chosen.songs)} as a guest; "
        "you can remove it below.",
        run.problems,
    )
    st.rerun()


def _own_guests(chosen: Choice) -> None:
    """A button for each guest that this visit put on the board."""
    mine = state.guests()
    found = {r.run: r.model for r in boards.of_set(chosen.songs) if r.run in mine}
    for run, model in found.items():
        st.button(
            f"Remove {plain(model)} from the board",
            key=f"guest_remove_{run}",
            icon=":material/delete:",
            on_click=_remove,
            args=(run, model),
            help="Its figures and its answers are deleted.",
        )


def _remove(run: str, model: str) -> None:
    from engine.evaluation.board.guests import remove_guest

    if run in state.guests():
        remove_guest(run)
        state.guests().discard(run)
        st.session_state[_WELCOME] = (f"{model} is removed; nothing of it is kept.", ())


def _welcome() -> None:
    """Say once, after the board was drawn anew, who came or went and what was noticed."""
    found: tuple[str, tuple[str, ...]] | None = st.session_state.pop(_WELCOME, None)
    if found is None:
        return
    st.success(plain(found[0]), icon=":material/check:")
    for problem in found[1]:
        st.warning(plain(problem), icon=":material/warning:")
