"""The Words tab: what marks a genre, common phrases, measures and chosen words over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import UNKNOWN, Filters
from engine.errors import EngineError
from ui import resources
from ui.explorer.measuring import words_measured
from ui.explorer.opened import Source
from ui.explorer.song_list import song_list
from ui.explorer.trends import by_genre, by_year, words_by_year
from ui.explorer.views import view_chosen
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.corpora.store.word_counts import Counted
    from engine.corpora.store.word_index import WordIndex

_FEW = 200  # songs under which marking words are a curiosity
MARKING, PHRASES, YEARS, GENRES, CHOSEN = (
    "What marks a genre",
    "Phrases",
    "Measures by year",
    "Measures by genre",
    "Words by year",
)


def words(chosen: Source, passing: Filters) -> None:
    """What the words of the songs that pass are like."""
    index = words_measured(chosen)
    if index is None:
        return
    views = (MARKING, PHRASES, YEARS, GENRES, CHOSEN)
    view = view_chosen("Look at", views, "explorer_words_view")
    try:
        if view == MARKING:
            _marking(chosen, passing, index)
        elif view == PHRASES:
            _phrases(chosen, passing, index)
        elif view == YEARS:
            by_year(chosen, passing)
        elif view == GENRES:
            by_genre(chosen, passing)
        else:
            words_by_year(chosen, passing, index)
    except EngineError as error:
        show_error(error)


def _marking(chosen: Source, passing: Filters, index: WordIndex) -> None:
    """The words that mark one genre of the songs that pass against the others."""
    from engine import figures

    rest = passing.without("genres")
    named = chosen.store.genres(rest)["genre"].tolist()
    genres = sorted(str(name) for name in named if name != UNKNOWN)
    if len(genres) < 2:
        st.info("Words mark a genre against other genres; these songs have fewer than two.")
        return
    preferred = passing.genres[0] if passing.genres and passing.genres[0] in genres else genres[0]
    genre = st.selectbox(
        "Genre", genres, genres.index(preferred), key=f"marking_{chosen.identity}_{preferred}"
    )
    few = len(named) and resources.overview(chosen.store, chosen.identity, rest).songs < _FEW
    found = _marked(chosen.store, index, chosen.identity, rest, str(genre), 1 if few else 3)
    st.plotly_chart(
        figures.marking_word_bars(found.table),
        key="chart_marking",
        config=figures.download_settings(f"words-that-mark-{genre}"),
        alt=f"Words that mark {genre}, by weighted log-odds",
    )
    st.caption(
        f"{'With so few songs, take it as a curiosity. ' if few else ''}Weighted log-odds with an "
        "informative prior (Monroe, Colaresi and Quinn 2008) against the other genres that pass "
        f"the filters, {_over(found)}. Section headings and remarks in brackets are not counted."
    )


def _phrases(chosen: Source, passing: Filters, index: WordIndex) -> None:
    """The commonest phrases, and the songs that have one."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="explorer_phrases_ways"):
        length = st.segmented_control(
            "Words in a row",
            [1, 2, 3, 4],
            default=3,
            required=True,
            key="explorer_phrase_length",
            persist_state="session",
        )
        weak = st.toggle(
            "Function words alone, too",
            key="explorer_phrase_weak",
            persist_state="session",
            help="Articles, pronouns and the like: “of the”, “to me”.",
        )
    found = _counted(chosen.store, index, chosen.identity, passing, int(length or 3), bool(weak))
    event: Any = st.dataframe(
        found.table.round({"share": 2}),
        key=f"phrases_{chosen.identity}_{length}_{weak}",
        hide_index=True,
        height=380,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "phrase": st.column_config.TextColumn("phrase", width="medium"),
            "songs": st.column_config.NumberColumn("songs that have it"),
            "share": st.column_config.NumberColumn("of all", format="percent"),
            "uses": st.column_config.NumberColumn("times sung"),
        },
        alt="Phrases; choose one to see the songs that have it.",
    )
    st.caption(
        f"Counted {_over(found)}. A phrase stands within one line; headings and markup are none. "
        "Choose a row to see the songs."
    )
    rows = [row for row in event["selection"]["rows"] if row < len(found.table)]
    if rows:
        phrase = str(found.table["phrase"].iloc[rows[0]])
        having = _having(chosen.store, index, chosen.identity, passing, phrase)
        song_list(chosen, having, "phrases", phrase)


def _over(found: Counted) -> str:
    if found.passing > found.songs:
        return f"over {found.songs:,} songs drawn from the {found.passing:,} that pass"
    return f"over all {found.songs:,} songs that pass and have words"


@st.cache_data(show_spinner=False, max_entries=128)
def _marked(
    _store: Any, _index: Any, identity: str, passing: Filters, genre: str, min_songs: int
) -> Counted:
    from engine.corpora.store.word_counts import marking

    inside = _store.row_numbers(Filters(genres=(genre,)))  # of these, those that pass are counted
    return marking(_index, inside, _store.row_numbers(passing), min_songs=min_songs)


@st.cache_data(show_spinner=False, max_entries=128)
def _counted(
    _store: Any, _index: Any, identity: str, passing: Filters, length: int, weak: bool
) -> Counted:
    from engine.corpora.store.word_counts import phrases

    return phrases(_index, _store.row_numbers(passing), length, weak=weak)


@st.cache_data(show_spinner=False, max_entries=32)
def _having(_store: Any, _index: Any, identity: str, passing: Filters, phrase: str) -> list[int]:
    from engine.corpora.store.word_counts import songs_with

    rows = _store.row_numbers(passing)
    return rows[songs_with(_index, phrase)[rows]].tolist()
