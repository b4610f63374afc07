from __future__ import annotations

import streamlit as st

from ui import genre_view, navigation, state
from ui.lyric_input import lyric_box

navigation.through_home()
st.title("Genre", anchor=False)
st.markdown(
    "Three models read the same words and answer separately: a **LLaMA** decoder, a **RoBERTa** "
    "encoder that also sees what the BiLSTM-GRU heard, and the **BiLSTM-GRU** itself."
)

text = lyric_box(height=220)
models = genre_view.model_choice()
asked = st.button("Tell the genre", key="genre_run", type="primary", icon=":material/graphic_eq:")
if asked or state.begins("genre"):
    genre_view.ask(text, models)
if answer := state.genre_answer():
    genre_view.show(answer, text)
