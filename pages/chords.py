from __future__ import annotations

import streamlit as st

from ui import chord_controls, chords_view, navigation, state
from ui.lyric_input import lyric_box

navigation.through_home()
st.title("Chords", anchor=False)
st.markdown(
    "**TinyLlama** reads the words and places chords on them, line by line. A grammar holds it to "
    "the key, the chord vocabulary and the words, so whatever it writes can be played."
)

text = lyric_box(height=220)
controls = chord_controls.controls()
with st.container(horizontal=True, key="chords_run"):
    asked = st.button(
        "Write the chords", key="chords_write", type="primary", icon=":material/piano:"
    )
    again = st.button(
        "Another version",
        key="chords_again",
        icon=":material/casino:",
        on_click=chord_controls.next_seed,
        help="The same wishes with the next seed",
    )
if asked or again or state.begins("chords"):
    chords_view.begin(text, controls)
chords_view.show_progress()
if song := state.song():
    chords_view.show(song)
