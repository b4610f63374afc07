"""The chords played: rendered beside the page, so that editing never waits for sound."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_POLL_SECONDS = 0.7  # also how long an edit rests before its sound is begun
_RENDERING = "_sound"  # (song, its sound to come)


def show(sheet: LeadSheet, *, at_once: bool) -> None:
    """A player with the song as it sounds; a song just edited gets its sound a moment later."""
    kept: tuple[LeadSheet, Future[bytes]] | None = st.session_state.get(_RENDERING)
    ready = kept is not None and kept[0] == sheet and kept[1].done()
    if not (at_once or ready):
        st.fragment(_wait, run_every=_POLL_SECONDS)(sheet)
        return
    try:
        sound = kept[1].result() if kept and ready else resources.sound(sheet)
    except EngineError as error:
        show_error(error)
        return
    if not ready:
        done: Future[bytes] = Future()
        done.set_result(sound)
        st.session_state[_RENDERING] = (sheet, done)
    st.audio(sound, format="audio/wav", alt=f"{sheet.title or 'The song'}, its chords played")


_BEGUN = "_sound_waits"


def _wait(sheet: LeadSheet) -> None:
    kept: tuple[LeadSheet, Future[bytes]] | None = st.session_state.get(_RENDERING)
    if kept is not None and kept[0] == sheet:
        if kept[1].done():
            st.rerun(scope="app")
    elif st.session_state.get(_BEGUN) == sheet:
        st.session_state[_RENDERING] = (sheet, resources.sound_to_come(sheet))
    else:
        st.session_state[_BEGUN] = sheet
    st.caption("The sound follows the edited song in a moment.")
