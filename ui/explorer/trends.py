"""Measures of words, and chosen words, by year and by genre."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import Filters
from engine.corpora.store.trends import FEW
from engine.corpora.store.word_counts import LONGEST
from engine.corpora.store.word_index import FIRST_WORD
from engine.corpora.word_measures import MEASURES, Measure
from engine.errors import EngineError
from engine.lyrics.prosody import WEAK_WORDS
from ui import resources
from ui.explorer.opened import Source
from ui.plain_text import show_error

if TYPE_CHECKING:
    import pandas as pd

    from engine.corpora.store.word_index import WordIndex

_MOST_WORDS = 5
_BEGIN = ("love", "the night")
_CHOSEN, _USUAL = "explorer_chosen_words", "_explorer_usual_words"
_INTERVALS = (
    "Intervals are 95%, as if every song were written on its own; songs of one artist are more "
    f"alike than that. Hollow points rest on fewer than {FEW} songs and are uncertain."
)


def by_year(chosen: Source, passing: Filters) -> None:
    """A measure's mean for every year."""
    from engine import figures

    measure = _measure()
    table, _, songs = _by(chosen.store, chosen.identity, measure.name, "year", passing)
    if not len(table):
        st.info("None of these songs has both a year and this measure.")
        return
    st.plotly_chart(
        figures.trend_lines({measure.title: table}, measure.title.lower(), share=measure.share),
        key="chart_measure_years",
        config=figures.download_settings(f"{measure.name}-by-year"),
        alt=f"Line: {measure.title} by year, with intervals, and bars: songs a year",
    )
    _told(measure, sum(table["songs"].tolist()), songs)


def by_genre(chosen: Source, passing: Filters) -> None:
    """A measure's mean for every genre."""
    from engine import figures

    if not _facts(chosen).genres:
        st.info("None of these songs has a genre.")
        return
    measure = _measure()
    table, have, songs = _by(chosen.store, chosen.identity, measure.name, "genre", passing)
    if not len(table):
        st.info("None of these songs has this measure.")
        return
    st.plotly_chart(
        figures.genre_dots(table, measure.title.lower(), share=measure.share),
        key="chart_measure_genres",
        config=figures.download_settings(f"{measure.name}-by-genre"),
        alt=f"Dots: {measure.title} by genre, with intervals",
    )
    _told(measure, have, songs)


def words_by_year(chosen: Source, passing: Filters, index: WordIndex) -> None:
    """In how many songs of each year chosen words and phrases stand."""
    from engine import figures

    if _facts(chosen).years is None:
        st.info("None of these songs has a year.")
        return
    usual = _usual_words(index)
    if st.session_state.get(_CHOSEN) in (None, st.session_state.get(_USUAL)):
        st.session_state[_CHOSEN] = usual  # not edited: it follows the songs
    st.session_state[_USUAL] = usual
    typed = st.text_input(
        "Words and phrases, with commas between",
        key=_CHOSEN,
        persist_state="session",
        help=f"Up to {_MOST_WORDS}, each of 1 to {LONGEST} words as sung within one line.",
    )
    wanted = list(dict.fromkeys(part.strip() for part in (typed or "").split(",") if part.strip()))
    tables: dict[str, pd.DataFrame] = {}
    for phrase in wanted[:_MOST_WORDS]:
        try:
            table = _having(chosen.store, index, chosen.identity, phrase, passing)
        except EngineError as error:
            show_error(error)
            continue
        if len(table):
            tables[phrase] = table
    if len(wanted) > _MOST_WORDS:
        st.caption(f"The first {_MOST_WORDS} are drawn.")
    if not tables:
        st.info("There is nothing to draw: no song that passes has words and a year.")
        return
    st.plotly_chart(
        figures.trend_lines(tables, "songs that have it", share=True),
        key="chart_words_years",
        config=figures.download_settings("words-by-year"),
        alt="Lines: the share of each year's songs that have the words, with intervals",
    )
    songs = max(sum(table["songs"].tolist()) for table in tables.values())
    st.caption(f"Over all {songs:,} songs that pass and have words and a year. {_INTERVALS}")


def _facts(chosen: Source) -> resources.StoreFacts:
    return resources.store_facts(chosen.store, chosen.identity)


def _usual_words(index: WordIndex) -> str:
    """Words to begin with that stand in these songs."""
    known = [phrase for phrase in _BEGIN if phrase.split()[-1] in index.numbers]
    told = (word for word in index.words[FIRST_WORD:] if word not in WEAK_WORDS)
    return ", ".join(known or islice(told, len(_BEGIN)))


def _measure() -> Measure:
    name = st.selectbox(
        "Measure",
        list(MEASURES),
        index=list(MEASURES).index("mattr"),
        format_func=lambda name: MEASURES[name].title,
        key="explorer_measure_name",
        persist_state="session",
    )
    return MEASURES[str(name)]


def _told(measure: Measure, have: int, songs: int) -> None:
    st.caption(f"{measure.told} {have:,} of the {songs:,} songs that pass are drawn. {_INTERVALS}")


@st.cache_data(show_spinner=False, max_entries=128)
def _by(
    _store: Any, identity: str, measure: str, group: Any, passing: Filters
) -> tuple[pd.DataFrame, int, int]:
    from engine.corpora.store.trends import measure_by, measured_songs

    return measure_by(_store, measure, group, passing), *measured_songs(_store, measure, passing)


@st.cache_data(show_spinner=False, max_entries=128)
def _having(_store: Any, _index: Any, identity: str, phrase: str, passing: Filters) -> pd.DataFrame:
    from engine.corpora.store.trends import phrase_by

    return phrase_by(_store, _index, phrase, "year", passing)
