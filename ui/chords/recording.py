"""A recording, from a file or made here: what is heard in it, offered as wishes for the chords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.listening import ENDINGS, HOW_TO_ADD, available
from engine.music.lead_sheet import TEMPO_RANGE
from ui import presence, resources, state
from ui.chords import controls
from ui.lead_sheet_html import key_text, with_accidentals
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.listening.heard import Heard
    from engine.serving.queues import Job

_FILE, _MICROPHONE = "recording_file", "recording_microphone"
_KEPT = "_recording"
_POLL_SECONDS = 0.7
_PATIENCE = 0.9  # seconds in which a file that is no recording is told


@dataclass(frozen=True)
class _Recording:
    name: str
    job: Job[Heard]


def open_button() -> None:
    """Draw "From a recording": a file or the microphone, or how to add what listens to them."""
    with st.popover("From a recording", icon=":material/mic:"):
        if not available():
            st.caption(HOW_TO_ADD)
            return
        st.file_uploader(
            "A recording of 5 seconds to 5 minutes: WAV, MP3, OGG or FLAC",
            type=[ending.removeprefix(".") for ending in ENDINGS],
            key=_FILE,
            on_change=_take,
            args=(_FILE, ""),
            max_upload_size=50,
        )
        st.audio_input(
            "Or play and record here",
            key=_MICROPHONE,
            on_change=_take,
            args=(_MICROPHONE, "what you recorded"),
        )
        st.caption("Tempo, key and chords are estimated from the sound, on this machine.")


def show() -> None:
    """What was heard, with the chords under the picture, and what can be done with it."""
    kept: _Recording | None = st.session_state.get(_KEPT)
    if kept is None:
        return
    if not kept.job.finished:
        st.fragment(_wait, run_every=_POLL_SECONDS)()
        return
    try:
        heard = kept.job.result()
    except EngineError as error:
        del st.session_state[_KEPT]
        show_error(f"{kept.name}: {error}")
        return
    with st.container(border=True, key="recording"):
        _tell(kept.name, heard)
        _offer(heard)


def _tell(name: str, heard: Heard) -> None:
    from engine import figures

    tempo, bar = f"about {heard.tempo:.0f} bpm", f"{heard.beats_in_bar} beats a bar"
    st.markdown(f"**An estimate of {plain(name)}:** {key_text(heard.key)} · {tempo} · {bar}")
    st.caption(
        "How strong each note is over time, and the chords heard, below. Drag to move along. "
        "The tempo may be half or double of what you count, and single chords may be wrong."
    )
    st.plotly_chart(
        figures.chroma_with_chords(heard),
        key="recording_picture",
        config=figures.download_settings("recording"),
    )
    st.code(with_accidentals(heard.chord_line) or "No chords were heard.", None, wrap_lines=True)


def _offer(heard: Heard) -> None:
    with st.container(horizontal=True, key="recording_use"):
        st.button(
            "Take key and tempo",
            key="recording_take_key",
            icon=":material/tune:",
            on_click=_wish,
            args=(heard, False),
            help="They are filled into the wishes.",
        )
        if heard.progression:
            st.button(
                "Take the chords too",
                key="recording_take_chords",
                icon=":material/music_note:",
                on_click=_wish,
                args=(heard, True),
                help="They are filled in as the progression, four bars for a line of words; "
                "“Write the chords” then places them on the words.",
            )
        st.button("Put away", key="recording_close", type="tertiary", on_click=_forget)


def _take(source: str, name: str) -> None:
    """Have a recording listened to (a callback)."""
    uploaded = st.session_state.get(source)
    if uploaded is None:
        return
    data: bytes = uploaded.getvalue()

    def task(_: Job[Heard]) -> Heard:
        from engine.listening import listen

        return listen(data)

    try:
        job = resources.listening_queue().submit("Listening", task, presence.of_this_tab())
    except EngineError as error:
        state.keep_message(str(error))
        return
    job.wait(_PATIENCE)
    st.session_state[_KEPT] = _Recording(name or str(uploaded.name), job)


def _wait() -> None:
    kept: _Recording | None = st.session_state.get(_KEPT)
    if kept is None or kept.job.finished:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center", key="recording_waits"):
        st.caption(
            f"Listening to {plain(kept.name)}: some seconds; a minute the first time after the "
            "optional part was added."
        )
        st.button("Cancel", key="recording_cancel", icon=":material/cancel:", on_click=_forget)


def _wish(heard: Heard, chords: bool) -> None:
    slowest, fastest = TEMPO_RANGE
    tempo = min(max(round(heard.tempo), slowest), fastest)
    controls.fill(heard.key, tempo, heard.progression if chords else None)


def _forget() -> None:
    kept: _Recording | None = st.session_state.pop(_KEPT, None)
    if kept is not None:
        kept.job.cancel()
