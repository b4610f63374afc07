"""Where the songs come from: the songbook, a file of the user's, or a data set on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine.errors import EngineError
from ui import local_files, resources
from ui.explorer.choices import clear
from ui.explorer.columns import columns_put_right
from ui.explorer.importing import source_on_machine
from ui.explorer.opened import Source, source_of
from ui.plain_text import plain, show_error

SONGBOOK, OWN_FILE, ON_MACHINE = "Songbook", "My file", "On this machine"
_OWN = "_own_songs"
_MOST_SHOWN = 50


def chosen_source() -> Source | None:
    """Let the user choose; None while there are no songs yet."""
    choices = [SONGBOOK, OWN_FILE, *([ON_MACHINE] if local_files.allowed() else [])]
    choice = st.segmented_control(
        "Songs",
        choices,
        default=SONGBOOK,
        required=True,
        key="explorer_source",
        persist_state="session",
        on_change=clear,
    )
    try:
        if choice == SONGBOOK:
            return Source("Songbook", "songbook", resources.songbook_store())
        if choice == ON_MACHINE:
            return source_on_machine()
        return _own_source()
    except EngineError as error:
        show_error(error)
        return None


def _own_source() -> Source | None:
    from engine.corpora import EXTENSIONS

    uploaded = st.file_uploader(
        "A table of songs (CSV, TSV, JSON or Parquet, with a column of lyrics), or a zip of "
        "ChordPro and text files",
        # A browser's file dialog knows the last ending only: ".gz" of ".csv.gz".
        type=[*dict.fromkeys(extension.rsplit(".", 1)[1] for extension in EXTENSIONS), "zip"],
        key="explorer_file",
        on_change=clear,
        help="Columns are found by their usual names: lyrics, title, artist, genre, year. JSON may "
        "hold one song a line or a list of songs; text files may be packed with gzip. The file "
        "stays on this machine and is forgotten after your visit.",
    )
    kept: Source | None = st.session_state.get(_OWN)
    if uploaded is None:
        return kept
    file = str(uploaded.file_id or "")
    if kept is None or kept.file != file:
        with st.spinner("Reading the file"):
            kept = source_of(str(uploaded.name), uploaded.getvalue(), file)
        st.session_state[_OWN] = kept
    if kept.read and (columns := columns_put_right(kept.read, file)):
        kept = source_of(str(uploaded.name), uploaded.getvalue(), file, columns)
        clear()
        st.session_state[_OWN] = kept
    return kept


def report(chosen: Source) -> None:
    """What was understood of a user's file, and what was left out."""
    if chosen.is_songbook:
        st.caption("Original songs of this project, free to use (CC0).")
        return
    songs = resources.store_facts(chosen.store, chosen.identity).songs
    told = f"{chosen.name}: {_counted(songs, 'song')}."
    if (read := chosen.read) is not None:
        found = ", ".join(
            ours if ours == theirs else f"{ours} from “{theirs}”"
            for ours, theirs in read.columns.items()
        )
        unused = ", ".join(read.unused[:12])
        more = f" and {len(read.unused) - 12:,} more" if len(read.unused) > 12 else ""
        told += f" Columns taken: {found}." + (f" Not used: {unused}{more}." if unused else "")
    st.caption(plain(told, longest=600))
    for note in read.notes if read else ():
        st.caption(plain(note))
    _left_out(chosen, songs)
    if read and read.doubts:
        with st.expander(f"{_counted(len(read.doubts), 'value')} could not be understood"):
            st.text("\n".join(_shortened(read.doubts)))


def _left_out(chosen: Source, songs: int) -> None:
    """What could not be read: counted, listed, and to take away."""
    counts = chosen.store.bad_counts()
    bad = sum(count for _, count in counts)
    if not bad:
        return
    label = (
        f"{bad:,} of {_counted(bad + songs, 'row')} left out"
        if chosen.read
        else f"{_counted(bad, 'line or file', 'lines or files')} with something wrong"
    )
    with st.expander(label):
        shown = chosen.store.bad(_MOST_SHOWN * 20)
        lines: list[str] = []
        for reason, count in counts:
            numbers: Any = shown.loc[shown["reason"] == reason, "line"]
            first = ", ".join(f"{line:,}" for line in numbers.head(10))
            more = f" and {count - 10:,} more" if count > 10 else ""
            lines.append(f"{reason} {'Rows' if count > 1 else 'Row'} {first}{more}.")
        st.text("\n".join(_shortened(lines)))
        st.download_button(
            "Download them as CSV",
            lambda: chosen.store.bad().to_csv(index=False),
            "left-out.csv",
            "text/csv",
            key="explorer_left_out",
            icon=":material/table:",
            on_click="ignore",
        )


def _shortened(lines: Sequence[str]) -> list[str]:
    more = [f"and {len(lines) - _MOST_SHOWN:,} more"] if len(lines) > _MOST_SHOWN else []
    return [*lines[:_MOST_SHOWN], *more]


def _counted(count: int, what: str, many: str = "") -> str:
    return f"one {what}" if count == 1 else f"{count:,} {many or f'{what}s'}"
