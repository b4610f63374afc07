from __future__ import annotations

import streamlit as st

from ui import navigation
from ui.explorer.answering import answering
from ui.explorer.charts import charts
from ui.explorer.song import opened_song
from ui.explorer.source import chosen_source, report
from ui.explorer.table import chosen_row, filtered, summary
from ui.explorer.words import marking_words

navigation.through_home()
st.title("Explorer", anchor=False)
st.markdown(
    "Look into a collection of lyrics: our own songbook, or a file of yours. Choose a row to read "
    "the song and take it to the models, or have one model tell the genre of all."
)

chosen = chosen_source()
if chosen is not None:
    report(chosen)
    songs = filtered(chosen)
    summary(songs, len(chosen.songs))
    table_tab, charts_tab, words_tab, genres_tab = st.tabs(
        ["Songs", "Charts", "Words that mark a genre", "Ask a model"],
        key="explorer_tab",
        on_change="rerun",
    )
    with table_tab:
        index = chosen_row(songs, chosen)
        if index is not None:
            opened_song(chosen, index)
    with charts_tab:
        if charts_tab.open:
            charts(songs)
    with words_tab:
        if words_tab.open:
            marking_words(chosen)
    with genres_tab:
        if genres_tab.open:
            answering(songs, chosen)
