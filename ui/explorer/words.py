"""The words that mark a genre."""

from __future__ import annotations

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.explorer.source import Source
from ui.explorer.table import names_in
from ui.plain_text import show_error


def marking_words(chosen: Source) -> None:
    """The words that mark one genre of the whole table against the others."""
    from engine import figures

    genres = names_in(chosen.songs, "genre")
    if len(genres) < 2:
        st.info("Words mark a genre against other genres; this table has fewer than two.")
        return
    genre = st.selectbox("Genre", genres, key=f"marking_{chosen.identity}")
    min_songs = 1 if len(chosen.songs) < 200 else 3
    try:
        words = resources.marking_words(chosen.songs, chosen.identity, str(genre), min_songs)
    except EngineError as error:
        show_error(error)
        return
    st.plotly_chart(
        figures.marking_word_bars(words),
        key="chart_marking",
        config=figures.download_settings(f"words-that-mark-{genre}"),
        alt=f"Words that mark {genre}, by weighted log-odds",
    )
    few = "With so few songs, take it as a curiosity. " if len(chosen.songs) < 200 else ""
    st.caption(
        f"{few}Weighted log-odds with an informative prior (Monroe, Colaresi and Quinn 2008), over "
        f"all {len(chosen.songs):,} songs of the table, whatever the filters say. Section headings "
        "and remarks in brackets are not counted."
    )
