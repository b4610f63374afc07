"""Home: a finished example to hear and read, and one box with a click to either task."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from ui import example_song, resources, state
from ui.example_song import Example
from ui.lead_sheet_html import key_text, leadsheet_html
from ui.lyric_input import lyric_box, lyric_of, parsed
from ui.numbers import percent
from ui.plain_text import plain, show_error


def page() -> None:
    """Draw the Home page."""
    st.title("Lyric Lab", anchor=False)
    st.markdown(
        "Give it the words of a song. Three language models tell the **genre** side by side, and a "
        "fourth writes **chords on your words**: a lead sheet, notation and sound, and MusicXML "
        "to take away. Everything runs on this machine."
    )
    with st.container(horizontal=True, gap="large", key="home"):
        with st.container(key="home_example_song"):
            try:
                _example(example_song.example())
            except EngineError as error:
                show_error(error)
        with st.container(key="home_own"):
            _own_words()


def _example(example: Example) -> None:
    sheet = example.sheet
    st.subheader(plain(sheet.title), anchor=False)
    st.caption(
        f"An example from our songbook: {plain(sheet.genre)}, in {key_text(sheet.key)}. This is "
        "how it begins."
    )
    st.audio(
        resources.sound(example.beginning),
        format="audio/wav",
        alt=f"{sheet.title}, the chords of its beginning played",
    )
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
    if st.button("Open the whole song", key="home_open", icon=":material/music_note:"):
        text = lyric_of(sheet)
        state.set_song(text, sheet.title)
        state.open_song(state.Song(sheet, text, "from the songbook"))


def _own_words() -> None:
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
