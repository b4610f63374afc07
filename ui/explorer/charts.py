"""Charts of the songs that passed the filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd


def charts(songs: pd.DataFrame) -> None:
    """Songs per genre and year, and how long they are."""
    from engine import corpora, figures

    settings = figures.download_settings
    left, right = st.columns(2)
    left.markdown("**Songs per genre**")
    left.plotly_chart(
        figures.genre_counts(corpora.songs_per_genre(songs)),
        key="chart_genres",
        config=settings("songs-per-genre"),
        alt="Bars: songs per genre",
    )
    right.markdown("**Length by genre**")
    right.plotly_chart(
        figures.word_count_ranges(corpora.word_counts_by_genre(songs)),
        key="chart_words",
        config=settings("words-per-song"),
        alt="Median and quartiles of words per song, by genre",
    )
    years = corpora.songs_per_year(songs)
    if len(years):
        st.markdown("**Songs per year**")
        st.plotly_chart(
            figures.year_counts(years),
            key="chart_years",
            config=settings("songs-per-year"),
            alt="Bars: songs per year",
        )
