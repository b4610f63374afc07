"""Where the songs come from: the songbook or a file of the user's, and what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import pandas as pd

    from engine.corpora import SongTable

SONGBOOK, OWN_FILE = "Songbook", "My file"
_OWN = "_own_songs"
_MOST_SHOWN = 50


@dataclass(frozen=True)
class Source:
    """The songs being explored, with an identity that caches can use.

    `read` is what was understood of a user's file; the songbook has none.
    """

    name: str
    identity: str
    songs: pd.DataFrame
    read: SongTable | None = None


def chosen_source() -> Source | None:
    """Let the user choose the songbook or a file; None while no file has been given."""
    choice = st.segmented_control(
        "Songs",
        (SONGBOOK, OWN_FILE),
        default=SONGBOOK,
        required=True,
        key="explorer_source",
        persist_state="session",
    )
    try:
        if choice == SONGBOOK:
            return Source("Songbook", "songbook", resources.songbook_table())
        return _own_source()
    except EngineError as error:
        show_error(error)
        return None


def _own_source() -> Source | None:
    from engine.corpora import EXTENSIONS

    uploaded = st.file_uploader(
        "A table of songs: CSV, TSV, JSON or Parquet, with a column of lyrics",
        # A browser's file dialog knows the last ending only: ".gz" of ".csv.gz".
        type=list(dict.fromkeys(extension.rsplit(".", 1)[1] for extension in EXTENSIONS)),
        key="explorer_file",
        help="Columns are found by their usual names: lyrics, title, artist, genre, year. JSON may "
        "hold one song a line or a list of songs; text files may be packed with gzip. The file "
        "stays on this machine and is forgotten after your visit.",
    )
    kept: Source | None = st.session_state.get(_OWN)
    if uploaded is None:
        return kept
    if kept is None or kept.identity != uploaded.file_id:
        with st.spinner("Reading the file"):
            table = resources.read_table(uploaded.name, uploaded.getvalue())
        kept = Source(uploaded.name, str(uploaded.file_id or uuid4()), table.songs, table)
        st.session_state[_OWN] = kept
    return kept


def report(chosen: Source) -> None:
    """What was understood of a user's file, and what was left out."""
    read = chosen.read
    if read is None:
        st.caption("Original songs of this project, free to use (CC0).")
        return
    found = ", ".join(
        ours if ours == theirs else f"{ours} from “{theirs}”"
        for ours, theirs in read.columns.items()
    )
    unused = ", ".join(read.unused[:12])
    more = f" and {len(read.unused) - 12:,} more" if len(read.unused) > 12 else ""
    ignored = f" Not used: {unused}{more}." if unused else ""
    songs = f"{chosen.name}: {_counted(len(read.songs), 'song')}."
    st.caption(plain(f"{songs} Columns taken: {found}.{ignored}", longest=600))
    for note in read.notes:
        st.caption(plain(note))
    if read.left_out:
        rows = sum(map(len, read.left_out.values()))
        label = f"{rows:,} of {_counted(rows + len(read.songs), 'row')} left out"
        with st.expander(label):
            st.text("\n".join(_reasons(read.left_out)))
    if read.doubts:
        label = f"{_counted(len(read.doubts), 'value')} could not be understood"
        with st.expander(label):
            st.text("\n".join(_shortened(read.doubts)))


def _reasons(left_out: dict[str, tuple[int, ...]]) -> list[str]:
    """One line a reason, the commonest first, with the rows it holds for."""
    ranked = sorted(left_out.items(), key=lambda item: -len(item[1]))
    lines: list[str] = []
    for reason, rows in ranked:
        first = ", ".join(f"{row:,}" for row in rows[:10])
        more = f" and {len(rows) - 10:,} more" if len(rows) > 10 else ""
        lines.append(f"{reason} {'Rows' if len(rows) > 1 else 'Row'} {first}{more}.")
    return _shortened(lines)


def _shortened(lines: Sequence[str]) -> list[str]:
    more = [f"and {len(lines) - _MOST_SHOWN:,} more"] if len(lines) > _MOST_SHOWN else []
    return [*lines[:_MOST_SHOWN], *more]


def _counted(count: int, what: str) -> str:
    return f"one {what}" if count == 1 else f"{count:,} {what}s"
