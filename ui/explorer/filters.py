"""The filters above the songs: drawn, kept in the address, and set by clicks on charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from engine.corpora.store import UNKNOWN, Filters
from ui import resources
from ui.explorer.choices import GENRES, NOTATION, PARTS, SEARCH, WORDS, YEARS, fit
from ui.explorer.opened import Source

_NOTATIONS: dict[str, str] = {
    "lead sheet": "chords over the words",
    "abc": "ABC notation",
    "chords": "chord names",
}


def filters(chosen: Source) -> Filters:
    """Draw the filters that this table has use for; give what they say."""
    facts = resources.store_facts(chosen.store, chosen.identity)
    genres = [*facts.genres, *([UNKNOWN] if facts.some_without_genre and facts.genres else [])]
    with st.container(border=True, key="explorer_filters"):
        left, right = st.columns(2)
        search = left.text_input(
            "Search in titles, artists and words",
            key=SEARCH,
            bind="query-params",
            icon=":material/search:",
        )
        kept = right.multiselect(
            "Genres", genres, key=GENRES, bind="query-params", placeholder="All"
        )
        places = iter((left, right))
        years = _range(places, "Years", facts.years, YEARS)
        words = _range(places, "Words in a song", facts.words, WORDS)
        parts: list[str] = []
        notation: list[str] = []
        if len(facts.sources) > 1:
            parts = left.multiselect(
                "Parts of the data set",
                facts.sources,
                key=PARTS,
                bind="query-params",
                placeholder="All",
            )
        if len(facts.notations) > 1 or (facts.notations and facts.some_without_notation):
            notation = right.multiselect(
                "With music",
                facts.notations,
                format_func=_NOTATIONS.__getitem__,
                key=NOTATION,
                bind="query-params",
                placeholder="All",
            )
    return Filters(
        genres=tuple(kept),
        sources=tuple(parts),
        notation=tuple(notation),
        years=years,
        words=words,
        search=search or "",
    )


def _range(
    places: Iterator[Any], label: str, span: tuple[int, int] | None, key: str
) -> tuple[int, int] | None:
    """A range slider over a column; None (no filter) at its full width or without a spread."""
    if span is None or span[0] == span[1]:
        return None
    low, high = span
    fit(key, span)
    chosen = next(places).slider(label, low, high, (low, high), key=key, bind="query-params")
    return None if tuple(chosen) == span else (int(chosen[0]), int(chosen[1]))
