"""A data set on this machine: opened if it has a store, else imported in the background."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from engine.errors import CancelledError, EngineError, InputError
from ui import local_files, presence, resources
from ui.explorer.choices import clear
from ui.explorer.opened import Source
from ui.plain_text import plain, show_error
from ui.queues import Job

_LOG = logging.getLogger(__name__)
_PATH = "explorer_path"
_UNDER_WAY, _PROBLEM = "_explorer_import", "_explorer_import_problem"
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class _Import:
    path: Path
    job: Job[Path]


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
    _take_finished()
    if problem := st.session_state.pop(_PROBLEM, None):
        show_error(problem)
    under_way: _Import | None = st.session_state.get(_UNDER_WAY)
    if under_way is not None:
        st.fragment(_progress, run_every=_POLL_SECONDS)()
        return None
    if not (named or "").strip():
        st.caption("A data set is read once and put into a store beside it, which opens at once.")
        return None
    path = local_files.path_named(str(named))
    store = _store_of(path)
    if store.is_file():
        return _opened(store)
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

    try:
        job = resources.imports_queue().submit("An import", task, presence.of_this_tab())
    except EngineError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.session_state[_UNDER_WAY] = _Import(path, job)


def _take_finished() -> None:
    under_way: _Import | None = st.session_state.get(_UNDER_WAY)
    if under_way is None or not under_way.job.finished:
        return
    del st.session_state[_UNDER_WAY]
    try:
        under_way.job.result()
    except CancelledError as error:
        st.info(plain(error), icon=":material/cancel:")
    except InputError as error:
        show_error(error)
    except Exception as error:  # noqa: BLE001 - a data set of a stranger's must not break the page
        _LOG.warning("An import broke off", exc_info=error)
        show_error(f"The import broke off ({type(error).__name__}: {error}).")


def _progress() -> None:
    under_way: _Import | None = st.session_state.get(_UNDER_WAY)
    if under_way is None:  # a poll that was already under way when it ended
        return
    job = under_way.job
    if job.finished:
        st.rerun(scope="app")
    share = min(job.step / job.steps, 1.0) if job.steps else 0.0
    told = "Waiting for another import to end" if not job.started else f"{share:.0%} is read"
    if job.step and job.seconds > 2:
        left = job.seconds / job.step * (job.steps - job.step)
        told += f", {left:,.0f} s left"
    st.progress(share, text=told)
    st.button("Cancel", key="explorer_import_cancel", icon=":material/cancel:", on_click=job.cancel)
