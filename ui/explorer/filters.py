"""The filters above the songs: drawn, kept in the address, and set by clicks on charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from engine.corpora.store import UNKNOWN, Filters
from engine.corpora.store.genius import GENIUS
from engine.corpora.store.own_list import list_of
from engine.lyrics.language import language_name
from ui import resources
from ui.explorer.choices import (
    GENRES,
    LANGUAGES,
    NOTATION,
    PARTS,
    SEARCH,
    TAGS,
    WORDS,
    YEARS,
    drop_rows,
    fit,
    keep,
    rows_kept,
    take_up,
)
from ui.explorer.measuring import known_words
from ui.explorer.no_genres import tags_shown
from ui.explorer.opened import Source

_UNSURE = "unsure"
_NOTATIONS: dict[str, str] = {
    "lead sheet": "chords over the words",
    "abc": "ABC notation",
    "chords": "chord names",
}


def filters(chosen: Source) -> Filters:
    """Draw the filters that this table has use for; give what they say."""
    take_up()
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
        kept: list[str] = []
        if genres:
            kept = right.multiselect(
                "Genres", genres, key=GENRES, bind="query-params", placeholder="All"
            )
        places = iter((left, right) if genres else (right, left))
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
        languages = _languages(chosen, left)
        tags = _tags(chosen, right)
        rows = rows_kept(chosen.identity)
        if rows:
            _chosen_on_map(len(rows))
    keep()
    return Filters(
        genres=tuple(kept),
        tags=tuple(tags),
        sources=tuple(parts),
        notation=tuple(notation),
        years=years,
        words=words,
        languages=tuple("" if code == _UNSURE else code for code in languages),
        rows=rows,
        search=search or "",
    )


def _chosen_on_map(songs: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="explorer_rows"):
        st.markdown(f"Only the {songs:,} songs chosen on the map pass.", width="content")
        st.button(
            "Let others pass again",
            key="explorer_rows_drop",
            icon=":material/clear:",
            on_click=drop_rows,
        )


def _languages(chosen: Source, place: Any) -> list[str]:
    """Languages to filter for, once the words are measured and look to be in several."""
    if known_words(chosen) is None:
        return []
    codes = _codes(chosen.store, chosen.identity)
    if len(codes) < 2:
        return []
    return place.multiselect(
        "Languages",
        codes,
        format_func=_language_title,
        key=LANGUAGES,
        bind="query-params",
        placeholder="All",
        help="As the words look to langid.py; texts under five words and doubtful ones are unsure.",
    )


def _tags(chosen: Source, place: Any) -> list[str]:
    """Tags to filter for, of a data set that has more of them than a genre each."""
    store = chosen.store
    if store.about.get("kind") != GENIUS:
        return []
    held = list_of(store.path)
    known = _common_tags(store, chosen.identity, held.stat().st_mtime_ns)
    return place.multiselect(
        "Tags, each of these",
        known,
        key=TAGS,
        bind="query-params",
        placeholder="Any",
        help="The commonest tags that are genres; what is none is told above, where you can change "
        "it.",
    )


def _language_title(code: str) -> str:
    return "unsure" if code == _UNSURE else language_name(code) or code


@st.cache_data(show_spinner=False, max_entries=64)
def _codes(_store: Any, identity: str) -> list[str]:
    """The languages of a store's songs with words, commonest first."""
    found = _store.rows(
        'SELECT language FROM measured.songs JOIN songs USING ("row") WHERE words > 0 '
        "GROUP BY 1 ORDER BY count(*) DESC, 1"
    )
    return [str(code) or _UNSURE for (code,) in found]


@st.cache_data(show_spinner=False, max_entries=64)
def _common_tags(_store: Any, identity: str, changed: int) -> list[str]:
    return tags_shown(_store.path, _store)


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
