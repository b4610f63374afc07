"""What whole songs are like: written by models, and by humans."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.leaderboard.charts import best_first, chart, table_downloads
from ui.leaderboard.linked import linked
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board

_EVERY = "All genres"
_AXES = {"share": "share (0 to 1)"}
_COUNTED = "number of chords; entropy in bits"


def beside_humans(board: Board, chosen: Choice) -> None:
    """Each statistic of songs as models write them, beside the same of human songs."""
    from engine import figures
    from engine.evaluation.board.sets import WRITTEN
    from engine.evaluation.board.written import written_genres, written_values
    from engine.evaluation.tasks.written import HUMAN

    songs = boards.set_beside(chosen.songs, WRITTEN)
    if songs is None:
        st.info(
            "Nobody has written these songs anew yet; `python -m engine written` has models do "
            "so and measures what comes out."
        )
        return
    own = replace(chosen, songs=songs, metric="written/kept", signature=None)
    genres = boards.computed("written-genres", own, written_genres)
    genre = st.selectbox("Genre", [_EVERY, *genres], **linked("genre"))
    only = None if genre == _EVERY else str(genre)
    values = boards.computed("written", own, written_values, only)
    human = boards.title(HUMAN)
    titled = best_first(boards.titled(values), board)
    titled = titled.assign(axis=titled["unit"].map(lambda unit: _AXES.get(unit, _COUNTED)))
    if titled.empty:
        st.info("Every model that wrote these songs is left out of this view.")
        return
    count = max(titled["songs"].tolist())
    chart(
        figures.beside_humans(titled, human),
        "beside-human-songs",
        "Statistics of songs by models and by humans, one row each",
        f"{count:,} songs: each model was given their words, key, genre, metre and tempo, and "
        "how rich the chords may be. The grey band is what humans wrote (their 95% interval, "
        "the mark in it their figure), a dot is a model with its own. Neither more nor less is "
        f"better here: a song sounds made by hand where its dot lies in the band. "
        f"{_told(titled, human)}",
    )
    with st.container(horizontal=True, key="written_export"):
        table_downloads(titled, "written-songs", "These figures")


def _told(values: pd.DataFrame, human: str) -> str:
    """One sentence a model: where it and humans cannot be mistaken for each other."""
    from engine.evaluation.board.written import apart

    names = [name for name in dict.fromkeys(values["model"]) if name != human]
    if human not in set(values["model"]) or not names:
        return "Humans were not measured on these songs." if names else ""
    told: list[str] = []
    for name in names:
        total = sum(values["model"] == name)
        titles = apart(values, name, human)
        told.append(
            f"**{plain(name)}** is clearly unlike humans in {len(titles)} of {total}."
            if titles
            else f"**{plain(name)}** is nowhere clearly unlike humans."
        )
    return " ".join(told)
