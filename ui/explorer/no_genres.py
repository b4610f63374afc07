"""Which tags are no genre: the list of a data set, seen, changed and kept beside its store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.corpora.store.own_list import drop_list, groups_in, keep_list, list_of, own_list
from engine.corpora.store.tags import TOP, chosen_genres, not_genres
from engine.errors import EngineError
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.corpora.store import SongStore

_KEYS = "no_genres_"
_PROBLEM = "_explorer_no_genres_problem"


def no_genres(place: Path, store: SongStore | None = None) -> None:
    """The list for a store at a place, and what it makes of the store's tags once that is open."""
    with st.expander("Tags that are no genre"):
        st.caption(
            "Sites mix genres with places, languages and kinds of text. What stands here is passed "
            f"over when the {TOP} commonest genres are chosen from the tags: for the filter of "
            "tags, and by `corpus summary` and `corpus split`. Tags have commas between them."
        )
        if problem := st.session_state.pop(_PROBLEM, None):
            show_error(problem)
        try:
            groups = groups_in(list_of(place))
        except EngineError as error:
            show_error(error)
            groups = {}
        if store is not None and groups:
            _chosen(store, place)
        with st.form(f"{_KEYS}{place}", border=False):
            for name, tags in groups.items():
                st.text_area(
                    plain(name).capitalize(), ", ".join(tags), key=f"{_KEYS}{place}_{name}"
                )
            with st.container(horizontal=True, key="explorer_no_genres_ways"):
                st.form_submit_button(
                    "Keep this list",
                    key="explorer_no_genres_keep",
                    on_click=partial(_keep, place, list(groups)),
                    disabled=not groups,
                    help=f"It will lie at {plain(own_list(place))}",
                )
                st.form_submit_button(
                    "Use ours again",
                    key="explorer_no_genres_ours",
                    on_click=partial(_drop, place, list(groups)),
                    disabled=not own_list(place).is_file(),
                )


def tags_shown(place: Path, store: SongStore) -> list[str]:
    """The commonest tags of a store that its list takes for genres."""
    counts: dict[str, int] = dict(store.tags().itertuples(index=False, name=None))
    return [tag for tag, _ in chosen_genres(counts, not_genres(list_of(place))).genres]


def _chosen(store: SongStore, place: Path) -> None:
    counts: dict[str, int] = dict(store.tags().itertuples(index=False, name=None))
    chosen = chosen_genres(counts, not_genres(list_of(place)))
    st.markdown(f"**Taken for genres** ({len(chosen.genres)}): {_listed(chosen.genres)}")
    st.markdown(f"**Passed over** ({len(chosen.passed_over)}): {_listed(chosen.passed_over)}")


def _listed(tags: Sequence[tuple[str, int]]) -> str:
    return plain(", ".join(f"{tag} {count:,}" for tag, count in tags) or "none", 3000)


def _keep(place: Path, groups: Sequence[str]) -> None:
    """Keep what is typed (a callback: it draws nothing)."""
    typed = {name: str(st.session_state[f"{_KEYS}{place}_{name}"]).split(",") for name in groups}
    try:
        keep_list(place, typed)
    except EngineError as error:
        st.session_state[_PROBLEM] = str(error)


def _drop(place: Path, groups: Sequence[str]) -> None:
    """Let ours hold again (a callback: it draws nothing)."""
    try:
        drop_list(place)
    except EngineError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    for name in groups:
        st.session_state.pop(f"{_KEYS}{place}_{name}", None)
