"""The words that mark a genre."""

from __future__ import annotations

import streamlit as st

from engine.corpora.store import UNKNOWN
from engine.errors import EngineError
from ui import resources
from ui.explorer.opened import Source
from ui.plain_text import show_error


def marking_words(chosen: Source) -> None:
    """The words that mark one genre of the whole table against the others."""
    from engine import figures

    facts = resources.store_facts(chosen.store, chosen.identity)
    genres = sorted(name for name in facts.genres if name != UNKNOWN)
    if len(genres) < 2:
        st.info("Words mark a genre against other genres; this table has fewer than two.")
        return
    genre = st.selectbox("Genre", genres, key=f"marking_{chosen.identity}")
    few = facts.songs < 200
    try:
        words = resources.marking_words(chosen.store, chosen.identity, str(genre), 1 if few else 3)
    except EngineError as error:
        show_error(error)
        return
    st.plotly_chart(
        figures.marking_word_bars(words),
        key="chart_marking",
        config=figures.download_settings(f"words-that-mark-{genre}"),
        alt=f"Words that mark {genre}, by weighted log-odds",
    )
    drawn = facts.songs > resources.COUNTED_SONGS
    over = (
        f"{resources.COUNTED_SONGS:,} songs drawn from the {facts.songs:,}"
        if drawn
        else f"all {facts.songs:,} songs"
    )
    st.caption(
        f"{'With so few songs, take it as a curiosity. ' if few else ''}Weighted log-odds with an "
        f"informative prior (Monroe, Colaresi and Quinn 2008), over {over} of the table, whatever "
        "the filters say. Section headings and remarks in brackets are not counted."
    )
