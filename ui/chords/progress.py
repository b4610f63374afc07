"""A song being written: how far it is, Cancel, and what came of it."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from ui import resources, state, waiting
from ui.chords import asking
from ui.plain_text import show_error


def show() -> None:
    """A bar and Cancel while a song is being written; then the song, or why there is none."""
    job = state.job()
    if job is None:
        return
    if job.cancelled():  # let go at once: a model that is being loaded ends its work later
        state.keep_job(None)
        st.info("Cancelled; nothing was changed.", icon=":material/cancel:")
        return
    if not job.finished:
        seconds = waiting.look_seconds(job)
        st.fragment(_bar, run_every=seconds)(seconds)
        return
    state.keep_job(None)
    try:
        song = job.result()
    except EngineError as error:
        show_error(error)
    else:
        state.keep_song(song)
        asking.leave_as_it_is(song)


def _bar(seconds: float) -> None:
    """How far it is; `seconds` after each other as long as it waits, then more often."""
    job = state.job()
    if job is None:  # a poll that was already under way when the song came
        return
    if waiting.has_begun(seconds, job) or job.finished or job.cancelled():
        st.rerun(scope="app")
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key="chords_progress"
    ):
        if not job.started:
            st.progress(0.0, text=waiting.place(job))
        elif not job.steps:
            loaded = resources.pool().loaded(resources.GENERATOR)
            doing = (
                "Reading the lyric" if loaded else resources.loading_message(resources.GENERATOR)
            )
            st.progress(0.0, text=doing)
        else:
            st.progress(
                min(job.step / job.steps, 1.0),
                text=f"Writing chords: line {job.step} of {job.steps}",
            )
        st.button("Cancel", key="chords_cancel", icon=":material/cancel:", on_click=job.cancel)
