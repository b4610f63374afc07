"""A box for SQL over the songs: read only, bounded, and what it answers to take away."""

from __future__ import annotations

import streamlit as st

from engine.corpora.store import Filters
from engine.corpora.store.query import MAX_ROWS, SHOWN, Answer, answer, default_query
from engine.corpora.word_measures import MEASURES
from engine.errors import EngineError
from ui import resources
from ui.explorer.opened import Source
from ui.plain_text import show_error

_MEASURED = (
    " What the Words tab measures stands in `measured.songs`: `row`, `language` and "
    + ", ".join(f"`{name}`" for name in MEASURES)
    + "."
)
_OF_TEXTS = ("id", "title", "source", "notation", "words")
_TEXT, _ANSWER, _DEFAULT = "explorer_sql", "_explorer_sql_answer", "_explorer_sql_default"


def sql_box(chosen: Source, passing: Filters) -> None:
    """Edit the query of the present filters, run it, take its answer along."""
    facts = resources.store_facts(chosen.store, chosen.identity)
    texts = not facts.genres and facts.years is None and len(facts.sources) > 1
    default = default_query(passing, columns=_OF_TEXTS if texts else SHOWN)
    if st.session_state.get(_TEXT) in (None, "", st.session_state.get(_DEFAULT)):
        st.session_state[_TEXT] = default  # not edited: it follows the filters
    st.session_state[_DEFAULT] = default
    st.markdown(
        "Ask the table `songs` in [DuckDB's SQL](https://duckdb.org/docs/stable/sql/introduction). "
        "It can be read, nothing else, for less than three seconds. Its columns are `row`, `id`, "
        "`title`, `artist`, `year`, `genre`, `tags`, `key`, `source`, `notation`, `words`, "
        "`lines`, `lyrics`, `sung` (lower case, without headings) and `sheet`."
        + (_MEASURED if chosen.store.measures else "")
    )
    sql = st.text_area("Query", key=_TEXT, height=140)
    with st.container(horizontal=True, key="explorer_sql_ways"):
        run = st.button("Run", key="explorer_sql_run", type="primary", icon=":material/play_arrow:")
        st.download_button(
            "Download the query",
            sql or "",
            "songs.sql",
            "text/plain",
            key="explorer_sql_file",
            icon=":material/code:",
            on_click="ignore",
        )
    if run:
        try:
            with st.spinner("Asking"):
                found = answer(chosen.store.path, sql or "", measures=chosen.store.measures)
        except EngineError as error:
            st.session_state.pop(_ANSWER, None)
            show_error(error)
            return
        st.session_state[_ANSWER] = (chosen.identity, found)
    identity, kept = st.session_state.get(_ANSWER, ("", None))
    if identity == chosen.identity and isinstance(kept, Answer):
        _show(kept)


def _show(found: Answer) -> None:
    count = len(found.table)
    rows = "One row" if count == 1 else f"{count:,} rows"
    if found.cut:
        rows = f"The first {MAX_ROWS:,} rows"
    st.caption(f"{rows} in {found.seconds:.1f} s.")
    st.dataframe(
        found.table, key="explorer_sql_table", hide_index=True, alt="What the query answers"
    )
    st.download_button(
        "Download the answer as CSV",
        lambda: found.table.to_csv(index=False),
        "answer.csv",
        "text/csv",
        key="explorer_sql_csv",
        icon=":material/table:",
        on_click="ignore",
    )
