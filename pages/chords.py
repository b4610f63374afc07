from __future__ import annotations

import streamlit as st

from ui import navigation, state
from ui.chords import controls, view
from ui.lyric_input import lyric_box

navigation.through_home()
st.title("Chords", anchor=False)
st.markdown(
    "**TinyLlama** reads the words and places chords on them, line by line. A grammar holds it to "
    "the key, the chord vocabulary and the words, so whatever it writes can be played."
)

text = lyric_box(height=220)
wishes = controls.controls()
with st.container(horizontal=True, key="chords_run"):
    asked = st.button(
        "Write the chords", key="chords_write", type="primary", icon=":material/piano:"
    )
    again = st.button(
        "Another version",
        key="chords_again",
        icon=":material/casino:",
        on_click=controls.next_seed,
        help="The same wishes with the next seed",
    )
if asked or again or state.begins("chords"):
    view.begin(text, wishes)
view.show_progress()
if song := state.song():
    view.show(song)
