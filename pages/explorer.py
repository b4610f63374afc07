from __future__ import annotations

import streamlit as st

from ui import navigation
from ui.explorer.answers.part import models
from ui.explorer.charts import charts
from ui.explorer.copies.part import copies
from ui.explorer.filters import filters
from ui.explorer.harmony import harmony
from ui.explorer.map.part import song_map
from ui.explorer.song import opened_song
from ui.explorer.source import chosen_source, report
from ui.explorer.sql import sql_box
from ui.explorer.table import chosen_row, summary
from ui.explorer.words import words

navigation.through_home()
st.title("Explorer", anchor=False)
st.markdown(
    "Look into a collection of lyrics: our own songbook, or a file of yours. Filter it by a click "
    "on a chart, choose a row to read the song and take it to the models, or ask in SQL."
)

chosen = chosen_source()
if chosen is not None:
    report(chosen)
    passing = filters(chosen)
    found = summary(chosen, passing)
    table_tab, charts_tab, words_tab, map_tab, chords_tab, models_tab, copies_tab, sql_tab = (
        st.tabs(
            ["Songs", "Charts", "Words", "Map", "Chords", "Models", "Doubles", "SQL"],
            key="explorer_tab",
            on_change="rerun",
        )
    )
    with table_tab:
        index = chosen_row(chosen, passing, found.songs)
        if index is not None:
            opened_song(chosen, index, passing.search)
    with charts_tab:
        if charts_tab.open:
            charts(chosen, passing)
    with words_tab:
        if words_tab.open:
            words(chosen, passing)
    with map_tab:
        if map_tab.open:
            song_map(chosen, passing, found.songs)
    with chords_tab:
        if chords_tab.open:
            harmony(chosen, passing)
    with models_tab:
        if models_tab.open:
            models(chosen, passing, found.songs)
    with copies_tab:
        if copies_tab.open:
            copies(chosen, passing)
    with sql_tab:
        if sql_tab.open:
            sql_box(chosen, passing)
