"""What is asked for: the words and the wishes, folded away while there is something to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.generator.wishes import check_wishes
from engine.lyrics import language_warning
from ui import presence, resources, state
from ui.chords import controls, opening, recording
from ui.lyric_input import lyric_box, parsed
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.generator.controls import Controls
    from engine.serving.queues import Job

_UNFOLDED = "chords_asking"
_FOLDED_FOR = "_chords_folded_for"


def ask() -> tuple[str, Controls]:
    """Draw the words, the wishes and the button; begin to write if the user asks for it."""
    begins = state.begins("chords")
    something = state.job() or state.song()
    if something is not None and something is not st.session_state.get(_FOLDED_FOR):
        fold_for(something)
    state.preset(**{_UNFOLDED: something is None})
    with st.expander("Words and wishes", key=_UNFOLDED, on_change="rerun"):
        with st.container(horizontal=True, gap="large", key="chords_inputs"):
            with st.container(key="chords_words"):
                text = lyric_box(height=240)
                with st.container(horizontal=True, key="chords_from"):
                    opening.open_button()
                    recording.open_button()
                opening.keep_button(text)
                asked = st.button(
                    "Write the chords", key="chords_write", type="primary", icon=":material/piano:"
                )
            with st.container(key="chords_wishes"):
                wishes = controls.controls()
        recording.show()
    if asked or begins:
        begin(text, wishes)
    return text, wishes


def fold_for(something: object) -> None:
    """Fold the words and wishes away, once for each job and song that wants the room."""
    st.session_state[_FOLDED_FOR] = something
    st.session_state[_UNFOLDED] = False


def leave_as_it_is(song: state.Song) -> None:
    """Leave the fold as the user has it now: this song only takes the place of its job."""
    st.session_state[_FOLDED_FOR] = song


def begin(text: str, wishes: Controls) -> None:
    """Send the lyric to the generator's queue and run the page again, which shows how far it is."""
    lyrics = parsed(text)
    if lyrics is None:
        return
    try:
        check_wishes(lyrics.lines, wishes)
    except EngineError as error:
        show_error(error)
        return

    def task(job: Job[state.Song]) -> state.Song:
        model = resources.generator()
        sheet = model.generate(lyrics, wishes, progress=job.report, cancelled=job.cancelled)
        source = f"{resources.model_title(model.name)} on {model.base}, seed {wishes.seed}"
        warning = language_warning(lyrics)
        return state.Song(sheet, text, source, wishes, job.seconds, warning)

    queue = resources.queue(resources.GENERATOR)
    try:
        state.keep_job(queue.submit("Writing chords", task, presence.of_this_tab()))
    except EngineError as error:
        show_error(error)
        return
    st.rerun()
