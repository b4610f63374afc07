from __future__ import annotations

import streamlit as st

from ui import desk, navigation, state
from ui.chords import asking, progress, song

navigation.through_home()
desk.open_link()
with st.container(
    horizontal=True,
    horizontal_alignment="distribute",
    vertical_alignment="center",
    key="chords_title",
):
    st.title("Chords", anchor=False, width="content")
    desk.button()
with st.container(key="chords_about"):
    desk.say()
    if not (state.song() or state.job()):
        st.markdown(
            "**TinyLlama** reads the words and places chords on them, line by line. A grammar "
            "holds it to the key, the chord vocabulary and the words, so whatever it writes can "
            "be played."
        )
text, wishes = asking.ask()
with st.container(key="chords_under_way"):
    progress.show()
if shown := state.song():
    song.show(shown, text, wishes)
