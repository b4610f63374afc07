from __future__ import annotations

import streamlit as st

from ui import navigation
from ui.explorer import view

navigation.through_home()
st.title("Explorer", anchor=False)
st.markdown(
    "Look into a collection of lyrics: the project's own songbook, or a file of yours. Choose a "
    "row to read the song and take it to the models."
)

chosen = view.source()
if chosen is not None:
    view.report(chosen)
    songs = view.filtered(chosen)
    view.summary(songs, len(chosen.songs))
    table, charts, words = st.tabs(
        ["Songs", "Charts", "Words that mark a genre"], key="explorer_tab", on_change="rerun"
    )
    with table:
        index = view.table(songs, chosen)
        if index is not None:
            view.song(chosen, index)
    with charts:
        if charts.open:
            view.charts(songs)
    with words:
        if words.open:
            view.marking_words(chosen)
