from __future__ import annotations

import streamlit as st

from ui import known_songs, navigation, state
from ui.genre import asking, view

navigation.through_home()
st.title("Genre", anchor=False)
if not state.genre_answer():
    st.markdown(
        "Three models read the same words and answer separately: a **LLaMA** decoder, a "
        "**RoBERTa** encoder that also reads the BiLSTM-GRU's answer, and the **BiLSTM-GRU** "
        "itself. Below their answers: which words counted, and what would change them."
    )

text = asking.inputs()
known_songs.show_expected()
if answer := state.genre_answer():
    view.show(answer, text)
