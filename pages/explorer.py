from __future__ import annotations

import streamlit as st

from ui import explorer_view, navigation

navigation.through_home()
st.title("Explorer", anchor=False)
st.markdown(
    "Look into a collection of lyrics: the project's own songbook, or a file of yours. Choose a "
    "row to read the song and take it to the models."
)

chosen = explorer_view.source()
if chosen is not None:
    explorer_view.report(chosen)
    songs = explorer_view.filtered(chosen)
    explorer_view.summary(songs, len(chosen.songs))
    table, charts, words = st.tabs(
        ["Songs", "Charts", "Words that mark a genre"], key="explorer_tab", on_change="rerun"
    )
    with table:
        index = explorer_view.table(songs, chosen)
        if index is not None:
            explorer_view.song(chosen, index)
    with charts:
        if charts.open:
            explorer_view.charts(songs)
    with words:
        if words.open:
            explorer_view.marking_words(chosen)
