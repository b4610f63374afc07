"""Some songs of the open ones as a short table; a click opens one below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine.corpora.store import SongStore
from ui.explorer.opened import Source
from ui.explorer.song import opened_song

_MOST = 200


def song_list(chosen: Source, rows: Sequence[int], name: str, search: str = "") -> None:
    """Songs by their numbers; `name` tells this list from others on the page."""
    shown = _songs(chosen.store, rows[:_MOST])
    event: Any = st.dataframe(
        shown.drop(columns="row"),
        key=f"{name}_songs_{chosen.identity}_{hash((*rows[:_MOST], len(rows)))}",
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), 300),
        on_select="rerun",
        selection_mode="single-row",
        column_config={"year": st.column_config.NumberColumn(format="%d")},
        alt="Songs; choose one to read it below.",
    )
    more = f", the first {_MOST} are shown" if len(rows) > _MOST else ""
    st.caption(
        f"{'One song' if len(rows) == 1 else f'{len(rows):,} songs'}{more}. Choose one to read it."
    )
    chosen_rows = [row for row in event["selection"]["rows"] if row < len(shown)]
    if chosen_rows:
        opened_song(chosen, int(shown["row"].iloc[chosen_rows[0]]), search, f"{name}_")


def _songs(store: SongStore, rows: Sequence[int]) -> Any:
    marks = ", ".join("?" * len(rows)) or "NULL"
    return store.frame(
        'SELECT "row", title, artist, year, genre FROM songs '  # noqa: S608 - question marks
        f'WHERE "row" IN ({marks}) ORDER BY "row"',
        list(rows),
    )
