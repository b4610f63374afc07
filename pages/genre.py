from __future__ import annotations

import streamlit as st

from ui import known_songs, navigation, state
from ui.genre import asking, view
from ui.lyric_input import lyric_box

navigation.through_home()
st.title("Genre", anchor=False)
st.markdown(
    "Three models read the same words and answer separately: a **LLaMA** decoder, a **RoBERTa** "
    "encoder that also sees what the BiLSTM-GRU heard, and the **BiLSTM-GRU** itself. Below their "
    "answers: which words counted, and what would change them."
)

text = lyric_box(height=220)
models = asking.model_choice()
asked = st.button("Tell the genre", key="genre_run", type="primary", icon=":material/graphic_eq:")
known_songs.show_expected()
if asked or state.begins("genre"):
    asking.ask(text, models)
if answer := state.genre_answer():
    view.show(answer, text)
