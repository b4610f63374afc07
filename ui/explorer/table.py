"""The table of songs: filters above it, and the row that the user chooses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.music.chord_names import with_accidentals
from ui.explorer.source import Source

if TYPE_CHECKING:
    import pandas as pd

_SONGBOOK_COLUMNS = ("title", "genre", "words", "lines", "key", "time_signature", "tempo", "chords")
_OWN_COLUMNS = ("title", "artist", "year", "genre", "words", "lines")
_TITLES = {"time_signature": "metre", "tempo": "tempo (bpm)"}


def filtered(chosen: Source) -> pd.DataFrame:
    """Draw the filters that this table has use for; give the songs that pass."""
    from engine.corpora import filtered as passing

    songs = chosen.songs
    key = chosen.identity
    genres = names_in(songs, "genre")
    with st.container(border=True, key="explorer_filters"):
        left, right = st.columns(2)
        search = left.text_input(
            "Search in titles, artists and words",
            key="explorer_search",
            persist_state="session",
            icon=":material/search:",
        )
        kept_genres = right.multiselect("Genres", genres, key=f"genres_{key}", placeholder="All")
        places = iter((left, right))
        years = _range(places, "Years", songs["year"].dropna(), f"years_{key}")
        words = _range(places, "Words in a song", songs["words"], f"words_{key}")
    return passing(songs, kept_genres, years, words, search)


def _range(places: Iterator[Any], label: str, values: Any, key: str) -> tuple[int, int] | None:
    """A range slider over a column; None (no filter) at its full width or without a spread."""
    if values.empty or int(values.min()) == int(values.max()):
        return None
    low, high = int(values.min()), int(values.max())
    chosen = next(places).slider(label, low, high, (low, high), key=key)
    return None if tuple(chosen) == (low, high) else (int(chosen[0]), int(chosen[1]))


def summary(songs: pd.DataFrame, of: int) -> None:
    """The size of what passed the filters."""
    with st.container(horizontal=True, key="explorer_summary"):
        st.metric("Songs", f"{len(songs):,} of {of:,}", width="content")
        words: Any = songs["words"]
        st.metric("Words", f"{int(words.sum()):,}", width="content")
        genres = len(names_in(songs, "genre"))
        st.metric("Genres", f"{genres:,}", width="content")
        artists = len(names_in(songs, "artist"))
        if artists > 1:
            st.metric("Artists", f"{artists:,}", width="content")


def chosen_row(songs: pd.DataFrame, chosen: Source) -> int | None:
    """The songs as a table; give the index label of the row the user chose."""
    columns = _SONGBOOK_COLUMNS if chosen.read is None else _OWN_COLUMNS
    shown: Any = songs[[name for name in columns if name in songs and _has_values(songs[name])]]
    if "key" in shown:
        shown = shown.assign(key=[with_accidentals(str(key)) for key in shown["key"]])
    event: Any = st.dataframe(
        shown.rename(columns=_TITLES),
        key=f"songs_{chosen.identity}",
        hide_index=True,
        height=380,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"year": st.column_config.NumberColumn(format="%d")},
        alt="Table of songs; choose a row to read the song below.",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(songs)]
    return int(songs.index[rows[0]]) if rows else None


def names_in(songs: pd.DataFrame, column: str) -> list[str]:
    """The names in a column, each once and in their order; those that are missing are none."""
    return sorted({str(name) for name in songs[column].unique() if name})


def _has_values(column: Any) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())
