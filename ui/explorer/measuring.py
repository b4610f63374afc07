"""The words of the open songs, measured once: at once if they are few, else in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store.word_index import WordIndex, opened_index
from engine.corpora.store.word_measuring import make_index
from engine.errors import EngineError
from ui import resources
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.opened import Source
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.serving.queues import Job

AT_ONCE = 2000
"""So many songs are measured while the page is drawn."""
_A_SECOND = 800  # songs, on one of two shared cores
_WORK = Work("_explorer_measuring", "The measuring", "explorer_measure_cancel")


def known_words(chosen: Source) -> WordIndex | None:
    """The words of the open songs if they are measured; draws nothing."""
    try:
        return opened_index(chosen.store)
    except EngineError:
        return None  # the Words tab says why


def words_measured(chosen: Source) -> WordIndex | None:
    """The words of the open songs; while they are not measured, the way there."""
    _WORK.taken()  # first: what ends later than this is seen by the next run
    try:
        index = opened_index(chosen.store)
        if index is None and _songs(chosen) <= AT_ONCE:
            with st.spinner("Measuring the words"):
                make_index(chosen.store)
            index = opened_index(chosen.store)
            st.rerun()  # the filters above know the languages now
    except EngineError as error:
        show_error(error)
        return None
    if index is None:
        _offer(chosen)
    return index


def _offer(chosen: Source) -> None:
    if _WORK.under_way() is not None:
        _WORK.follow(_told)
        return
    songs = _songs(chosen)
    minutes = max(1, round(songs / _A_SECOND / 60))
    st.markdown(
        f"The words of these {songs:,} songs are measured once, in the background, and kept beside "
        f"the store: about {minutes} minute{'' if minutes == 1 else 's'}. After that every answer "
        "here comes at once."
    )
    st.button(
        "Measure the words",
        key="explorer_measure",
        type="primary",
        icon=":material/straighten:",
        on_click=partial(_begin, chosen),
    )


def _begin(chosen: Source) -> None:
    def task(job: Job[Any]) -> None:
        make_index(chosen.store, job.report, job.cancelled)

    _WORK.begin(resources.imports_queue(), "Measuring words", task, chosen.identity)


def _told(work: UnderWay[Any]) -> tuple[float, str]:
    job = work.job
    if not job.started:
        return 0.0, "Waiting for other long work to end"
    share = job.step / job.steps if job.steps else 0.0
    return share, f"{job.step:,} songs are measured{time_left(job)}"


def _songs(chosen: Source) -> int:
    return resources.store_facts(chosen.store, chosen.identity).songs
