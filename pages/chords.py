from __future__ import annotations

import streamlit as st

from ui import navigation, state
from ui.chords import asking, progress, song

navigation.through_home()
st.title("Chords", anchor=False)
if not (state.song() or state.job()):
    st.markdown(
        "**TinyLlama** reads the words and places chords on them, line by line. A grammar holds "
        "it to the key, the chord vocabulary and the words, so whatever it writes can be played."
    )
text, wishes = asking.ask()
progress.show()
if shown := state.song():
    song.show(shown, text, wishes)
