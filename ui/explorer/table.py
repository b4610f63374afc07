"""The songs that pass the filters: in numbers, as a table, and to take away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import Filters
from engine.music.chord_names import with_accidentals
from ui import resources
from ui.explorer.choices import clear
from ui.explorer.opened import Source

if TYPE_CHECKING:
    from engine.corpora.store import Overview, SongStore

MOST_ROWS = 1000
_COLUMNS = ("row", "title", "artist", "year", "genre", "source", "key", "words", "lines")
_TITLES = {"time_signature": "metre", "tempo": "tempo (bpm)", "source": "part"}
_MISSING = {"artist": "an artist", "year": "a year", "genre": "a genre", "lyrics": "words"}


def summary(chosen: Source, passing: Filters) -> Overview:
    """Draw the size of what passed the filters; give it."""
    found = resources.overview(chosen.store, chosen.identity, passing)
    facts = resources.store_facts(chosen.store, chosen.identity)
    with st.container(horizontal=True, vertical_alignment="bottom", key="explorer_summary"):
        st.metric("Songs", f"{found.songs:,} of {facts.songs:,}", width="content")
        st.metric("Words", f"{found.words:,}", width="content")
        if facts.genres:
            st.metric("Genres", f"{found.genres:,}", width="content")
        if found.artists > 1:
            st.metric("Artists", f"{found.artists:,}", width="content")
        if passing != Filters():
            st.button(
                "Clear filters", key="explorer_clear", icon=":material/clear:", on_click=clear
            )
    if not chosen.is_songbook:
        missing = [
            f"{count:,} without {what}"
            for name, what in _MISSING.items()
            if (count := found.missing[name])
        ]
        if missing:
            st.caption(f"Of these songs {', '.join(missing)}.")
    return found


def chosen_row(chosen: Source, passing: Filters, songs: int) -> int | None:
    """The songs as a table; give the number of the song in the row the user chose."""
    table: Any = chosen.store.table(passing, _COLUMNS, MOST_ROWS).set_index("row")
    if chosen.is_songbook:
        extra = resources.songbook_table()[["time_signature", "tempo", "chords"]]
        table = table.join(extra)
    if chosen.store.measures is not None:
        table = table.join(_languages(chosen.store, [int(row) for row in table.index]))
    shown: Any = table[[name for name in table if _has_values(table[name])]]
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
    if songs > len(table):
        st.caption(f"The first {len(table):,} of {songs:,} songs are shown; filter to see others.")
    _downloads(chosen, passing)
    rows = [row for row in event["selection"]["rows"] if row < len(shown)]
    return int(shown.index[rows[0]]) if rows else None


def _languages(store: SongStore, rows: list[int]) -> Any:
    """The language of each of some songs, by their numbers."""
    marks = ", ".join("?" * len(rows)) or "NULL"
    found: Any = store.frame(
        f'SELECT "row", language FROM measured.songs WHERE "row" IN ({marks})',  # noqa: S608
        rows,
    )
    return found.set_index("row")


def _downloads(chosen: Source, passing: Filters) -> None:
    with st.container(horizontal=True, key="explorer_table_downloads"):
        for name, ending, mime, icon in (
            ("CSV", ".csv", "text/csv", "table"),
            ("Parquet", ".parquet", "application/vnd.apache.parquet", "deployed_code"),
        ):
            st.download_button(
                f"Download {name}",
                partial(_exported, chosen, passing, ending),
                f"songs{ending}",
                mime,
                key=f"explorer_songs{ending.replace('.', '_')}",
                icon=f":material/{icon}:",
                on_click="ignore",
                help="All songs that pass the filters, with their words",
            )


def _exported(chosen: Source, passing: Filters, ending: str) -> bytes:
    with TemporaryDirectory(prefix="lyric-lab-") as folder:
        path = Path(folder) / f"songs{ending}"
        chosen.store.export(passing, path)
        return path.read_bytes()


def _has_values(column: Any) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())
