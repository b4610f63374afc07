"""What chosen parts share: artists, words, nearly the same words; with a report to take along."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import Filters
from ui import resources
from ui.explorer.background import Work
from ui.explorer.copies.doubles import told
from ui.explorer.copies.two_songs import two_songs
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.corpora.store.leaks import Leaks
    from engine.serving.queues import Job
    from ui.explorer.opened import Source

_FOUND, _TAKEN = "_explorer_leaks_found", "_explorer_leak_parts"
_WORK = Work("_explorer_leaks", "The look for leaks", "explorer_leaks_cancel")
_OF_DATA, _BY_FILTERS = "Parts of the data set", "Two sets of filters"
_FIRST, _SECOND = "first part", "second part"
_MOST = 500


def show(chosen: Source, passing: Filters) -> None:
    """Choose parts, look, draw what they share."""
    st.markdown(
        "A model is measured too kindly on songs whose artist, or whose words, it has learnt. "
        "Which of them do two parts share, such as those for training and for testing?"
    )
    parts = _parts(chosen, passing)
    if ended := _WORK.taken():
        st.session_state[_FOUND] = ended
    st.button(
        "Look for leaks",
        key="explorer_leaks_look",
        type="primary",
        icon=":material/water_drop:",
        disabled=len(parts) < 2 or _WORK.under_way() is not None,
        on_click=partial(_begin, chosen, parts),
    )
    _WORK.follow(told)
    about, found = st.session_state.get(_FOUND, (None, None))
    if found is not None and about == chosen.identity:
        _show(chosen, found)


def _parts(chosen: Source, passing: Filters) -> dict[str, Filters]:
    """The parts that are compared: of the data set itself, or by filters."""
    sources = resources.store_facts(chosen.store, chosen.identity).sources
    how = _BY_FILTERS
    if len(sources) > 1:
        how = st.segmented_control(
            "Parts are told by",
            [_OF_DATA, _BY_FILTERS],
            default=_OF_DATA,
            required=True,
            key="explorer_leaks_how",
        )
    if how == _OF_DATA:
        named = st.multiselect(
            "Parts",
            sources,
            default=list(sources[:3]),
            format_func=plain,
            key=f"explorer_leak_sources_{chosen.identity}",
        )
        return {name: Filters(sources=(name,)) for name in named}
    st.caption(
        "Set the filters above and take what passes as the first part, set others and take the "
        "second. A table with a column called split needs none of this: its parts are known."
    )
    taken: dict[str, dict[str, Filters]] = st.session_state.setdefault(_TAKEN, {})
    of = taken.setdefault(chosen.identity, {})
    for name in (_FIRST, _SECOND):
        with st.container(horizontal=True, vertical_alignment="center", key=f"leak_{name[:5]}"):
            st.button(
                f"Take as the {name}",
                key=f"explorer_leak_{name[:5]}",
                on_click=partial(of.__setitem__, name, passing),
            )
            if name in of:
                st.markdown(plain(of[name].sql) or "all songs", width="stretch")
    return {name: of[name] for name in (_FIRST, _SECOND) if name in of}


def _begin(chosen: Source, parts: dict[str, Filters]) -> None:
    """Put it in the line (a callback: it draws nothing)."""
    from engine.corpora.store.leaks import Part, leaks

    def task(job: Job[Leaks]) -> Leaks:
        named = [Part(name, chosen.store, filters) for name, filters in parts.items()]
        return leaks(named, progress=job.report, cancelled=job.cancelled)

    _WORK.begin(resources.imports_queue(), "The look for leaks", task, chosen.identity)


def _show(chosen: Source, found: Leaks) -> None:
    from engine.corpora.store.leaks import SAME

    same = found.pairs["kind"].tolist().count(SAME)
    with st.container(horizontal=True, key="explorer_leak_figures"):
        st.metric("Artists in two parts", f"{len(found.artists):,}", width="content")
        st.metric("Pairs word for word", f"{same:,}", width="content")
        st.metric("Pairs half alike or more", f"{len(found.pairs) - same:,}", width="content")
    sizes = ", ".join(f"{plain(name)} {songs:,}" for name, songs in found.songs.items())
    both = f" {found.in_both:,} songs are in two parts and are no pairs." if found.in_both else ""
    st.caption(f"Songs with words: {sizes}.{both}")
    st.download_button(
        "Download the report",
        lambda: json.dumps(found.report, indent=2, ensure_ascii=False),
        "leaks.json",
        "application/json",
        key="explorer_leaks_report",
        icon=":material/description:",
        on_click="ignore",
        help="Every artist and every pair, as JSON",
    )
    if len(found.artists):
        st.markdown("**Artists in two parts**")
        st.dataframe(
            found.artists.head(_MOST),
            key="explorer_leak_artists",
            hide_index=True,
            height=min(38 + 35 * min(len(found.artists), _MOST), 240),
            alt="Artists who have songs in two parts",
        )
    if len(found.pairs):
        st.markdown("**Songs of two parts that are alike**: choose a pair to see both.")
        _pairs(chosen, found)


def _pairs(chosen: Source, found: Leaks) -> None:
    shown = found.pairs.head(_MOST)
    event: Any = st.dataframe(
        shown.drop(columns=["row_one", "row_other"]),
        key=f"explorer_leak_pairs_{chosen.identity}_{len(found.pairs)}",
        hide_index=True,
        height=min(38 + 35 * len(shown), 320),
        on_select="rerun",
        selection_mode="single-row",
        column_config={"likeness": st.column_config.NumberColumn("alike", format="%.2f")},
        alt="Pairs of songs of two parts with the same or nearly the same words",
    )
    picked = [at for at in event["selection"]["rows"] if at < len(shown)]
    if picked:
        pair = shown.iloc[picked[0]]
        two_songs(chosen, (int(pair["row_one"]), int(pair["row_other"])), "explorer_leaks")
