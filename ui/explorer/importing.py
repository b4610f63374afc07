"""A data set on this machine: opened if it has a store, else imported in the background."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from engine.corpora.store.genius import GENIUS, is_genius
from engine.serving.queues import Job
from ui import local_files, resources
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.choices import clear
from ui.explorer.no_genres import no_genres
from ui.explorer.opened import Source
from ui.plain_text import plain

_PATH = "explorer_path"
_IMPORT = Work("_explorer_import", "The import", "explorer_import_cancel")


def source_on_machine() -> Source | None:
    """Let the user name a store or a data set; the opened one, or None while there is none."""
    named = st.text_input(
        "A data set or store on this machine",
        key=_PATH,
        persist_state="session",
        on_change=clear,
        placeholder="/data/genius-expertise",
        help="A folder of Genius Expertise (lyrics.jl and song_info.jl), MusicPile (Parquet), "
        "a folder or zip of ChordPro files, a table of songs, or a store made of one of these "
        "(songs.duckdb).",
    )
    _IMPORT.taken()
    if _IMPORT.under_way():
        _IMPORT.follow(_told)
        return None
    if not (named or "").strip():
        st.caption("A data set is read once and put into a store beside it, which opens at once.")
        return None
    path = local_files.path_named(str(named))
    store = _store_of(path)
    if store.is_file():
        opened = _opened(store)
        if opened.store.about.get("kind") == GENIUS:
            no_genres(store, opened.store)
        return opened
    if path.is_dir() and is_genius(path):
        no_genres(store)
    st.button(
        "Import it",
        key="explorer_import",
        type="primary",
        icon=":material/database_upload:",
        on_click=partial(_begin, path),
        help=f"Its store will lie at {plain(store)}",
    )
    return None


def _store_of(path: Path) -> Path:
    from engine.corpora.store import store_beside

    return path if path.suffix == ".duckdb" else store_beside(path)


def _opened(store: Path) -> Source:
    stamp = store.stat()
    identity = f"{store}|{stamp.st_size}|{stamp.st_mtime_ns}"
    opened = resources.opened_store(store, identity)
    return Source(str(opened.about.get("name") or store.name), identity, opened)


def _begin(path: Path) -> None:
    """Put the import in the line (a callback: it draws nothing)."""
    from engine.corpora.store import import_songs

    def task(job: Job[Path]) -> Path:
        return import_songs(path, None, job.report, job.cancelled)

    _IMPORT.begin(resources.imports_queue(), "An import", task, path)


def _told(work: UnderWay[Path]) -> tuple[float, str]:
    job = work.job
    share = min(job.step / job.steps, 1.0) if job.steps else 0.0
    if not job.started:
        return share, "Waiting for another import to end"
    return share, f"{share:.0%} is read{time_left(job)}"
