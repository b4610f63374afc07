"""Charts of the songs that pass: each shows all filters but its own, which a click on it sets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from engine.corpora.store import Filters
from ui import resources
from ui.explorer.choices import GENRES, PARTS, WORDS, YEARS, set_range, toggle
from ui.explorer.opened import Source

MOST_GENRES = 30
_TURN = "_explorer_charts"  # a chart that was clicked is drawn anew, without its selection


def charts(chosen: Source, passing: Filters) -> None:
    """Songs per genre and year, and how long they are."""
    from engine import figures

    st.caption("Click a bar, or drag over years or lengths, and all else follows.")
    store = chosen.store
    left, right = st.columns(2)
    with left:
        _kinds(chosen, passing)
    lengths = store.lengths(passing)
    with right:
        st.markdown("**Words in a song**")
        _chart(
            figures.length_counts(lengths, passing.words),
            "chart_words",
            "words-per-song",
            "Bars: songs by how many words they have",
            partial(_take_range, WORDS, lengths["low"].tolist(), lengths["high"].tolist()),
        )
        years = store.years(passing)
        if len(years):
            st.markdown("**Songs per year**")
            _chart(
                figures.year_counts(years, passing.years),
                "chart_years",
                "songs-per-year",
                "Bars: songs per year",
                partial(_take_range, YEARS, years["year"].tolist(), years["year"].tolist()),
            )


def _kinds(chosen: Source, passing: Filters) -> None:
    """Songs per genre; of a data set without genres but with parts, per part."""
    from engine import figures

    facts = resources.store_facts(chosen.store, chosen.identity)
    if facts.genres or len(facts.sources) < 2:
        counts, column, name, key = chosen.store.genres(passing), "genre", "genre", GENRES
        kept = passing.genres
    else:
        counts, column, name, key = chosen.store.sources(passing), "source", "part", PARTS
        kept = passing.sources
    more = f", the {MOST_GENRES} commonest" if len(counts) > MOST_GENRES else ""
    st.markdown(f"**Songs per {name}**{more}")
    shown = counts.head(MOST_GENRES)
    _chart(
        figures.genre_counts(shown, kept, column),
        f"chart_{name}s",
        f"songs-per-{name}",
        f"Bars: songs per {name}",
        partial(_take_name, key, [str(one) for one in shown[column]]),
        ("points",),
    )


def _chart(
    figure: Any,
    name: str,
    file: str,
    alt: str,
    take: Callable[[list[int]], None],
    modes: tuple[Literal["points", "box"], ...] = ("points", "box"),
) -> None:
    from engine import figures

    key = f"{name}_{st.session_state.get(_TURN, 0)}"
    with st.container(key=name):
        st.plotly_chart(
            figure,
            key=key,
            config=figures.download_settings(file),
            on_select=partial(_taken, key, take),
            selection_mode=modes,
            alt=alt,
        )


def _taken(key: str, take: Callable[[list[int]], None]) -> None:
    """Hand the bars that were chosen to what they filter (a callback: it draws nothing)."""
    selection: Any = st.session_state[key]["selection"]
    bars = sorted({int(point["point_index"]) for point in selection["points"]})
    if bars:
        take(bars)
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _take_name(key: str, names: list[str], bars: list[int]) -> None:
    toggle(key, names[bars[0]])


def _take_range(key: str, lows: list[int], highs: list[int], bars: list[int]) -> None:
    set_range(key, lows[bars[0]], highs[bars[-1]])
