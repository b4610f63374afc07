"""The quick try: one box, three examples, one click to either task."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.lyric_input import lyric_box, parsed


def page() -> None:
    """Draw the Home page."""
    st.title("Lyric Lab", anchor=False)
    st.markdown(
        "Give it the words of a song. Three language models tell the **genre** side by side, and a "
        "fourth writes **chords on your words**, as a lead sheet, as notation and as sound, ready "
        "for MusicXML. Everything runs on this machine."
    )
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
