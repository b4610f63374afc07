"""Home: a finished example to hear and read, and one box with a click to either task.

It is what people see first, so each part is drawn before the next one's modules are imported, and
the sound, which takes longest on a server that has just begun, is put in its place last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import state
from ui.numbers import percent
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.music.lead_sheet import LeadSheet
    from ui.example_song import Example


def page() -> None:
    """Draw the Home page."""
    st.title("Lyric Lab", anchor=False)
    st.markdown(
        "Give it the words of a song. Three language models tell the **genre** side by side, and a "
        "fourth writes **chords on your words**: a lead sheet, notation and sound, and MusicXML "
        "to take away. Everything runs on this machine."
    )
    with st.container(horizontal=True, gap="large", key="home"):
        ours, own = st.container(key="home_example_song"), st.container(key="home_own")
    with own:
        _own_words()
    with ours:
        from ui import example_song

        try:
            example = example_song.example()
        except EngineError as error:
            show_error(error)
            return
        player = _example(example)
    _sound(example.beginning, player)


def _example(example: Example) -> DeltaGenerator:
    """Draw the example; give the place for its sound."""
    from ui import resources
    from ui.lead_sheet_html import key_text, leadsheet_html
    from ui.lyric_input import lyric_of

    sheet = example.sheet
    st.subheader(plain(sheet.title), anchor=False)
    st.caption(
        f"An example from our songbook: {plain(sheet.genre)}, in {key_text(sheet.key)}. This is "
        "how it begins."
    )
    player = st.container()  # of no height until the sound is there
    if example.predictions:
        st.markdown("**What the models say of its words**")
        with st.container(horizontal=True, key="home_answers"):
            for answer in example.predictions:
                st.metric(
                    resources.model_title(answer.model),
                    answer.label,
                    delta=f"{percent(answer.confidence)} sure",
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                )
        st.caption("They agree here; how often they are right is on the Leaderboard.")
    st.html(leadsheet_html(example.beginning))
    text = lyric_of(sheet)
    if st.button(
        "Open the whole song",
        key="home_open",
        icon=":material/music_note:",
        on_click=state.set_song,  # the box with the words is drawn by now
        args=(text, sheet.title),
    ):
        state.open_song(state.Song(sheet, text, "from the songbook"))
    return player


def _sound(beginning: LeadSheet, place: DeltaGenerator) -> None:
    from ui import resources

    place.audio(
        resources.sound(beginning),
        format="audio/wav",
        alt=f"{beginning.title}, the chords of its beginning played",
    )


def _own_words() -> None:
    from ui.lyric_input import lyric_box, parsed

    st.subheader("Your words", anchor=False)
    text = lyric_box(height=300)
    with st.container(horizontal=True, key="home_tasks"):
        genre = st.button(
            "Tell the genre",
            key="home_genre",
            type="primary",
            icon=":material/graphic_eq:",
        )
        chords = st.button(
            "Write the chords",
            key="home_chords",
            type="primary",
            icon=":material/piano:",
        )
    if genre and parsed(text):
        state.go("genre")
    if chords and parsed(text):
        state.go("chords")
