"""Groups of songs with nearly the same words, and two of a group side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import resources
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.copies.two_songs import name_of, two_songs

if TYPE_CHECKING:
    from engine.corpora.store import Filters
    from engine.corpora.store.doubles import Doubles
    from engine.serving.queues import Job
    from ui.explorer.opened import Source

_FOUND = "_explorer_doubles_found"
_WORK = Work("_explorer_doubles", "The look for doubles", "explorer_doubles_cancel")
_MOST = 500


def show(chosen: Source, passing: Filters) -> None:
    """Look for groups, draw them, and two songs of the one that was clicked."""
    st.markdown(
        "Covers, versions, or one song entered twice: songs that pass the filters above whose "
        "words are nearly the same. They make a data set seem larger than it is, and a model "
        "that has learnt one of them knows the other."
    )
    if ended := _WORK.taken():
        st.session_state[_FOUND] = ended
    st.button(
        "Look for doubles",
        key="explorer_doubles_look",
        type="primary",
        icon=":material/content_copy:",
        disabled=_WORK.under_way() is not None,
        on_click=partial(_begin, chosen, passing),
    )
    _WORK.follow(told)
    about, found = st.session_state.get(_FOUND, (None, None))
    if found is None or about[0] != chosen.identity:
        return
    if about[1] != passing:
        st.caption("This was found with other filters; look again for these.")
    _show(chosen, found)


def _begin(chosen: Source, passing: Filters) -> None:
    """Put it in the line (a callback: it draws nothing)."""
    from engine.corpora.store.doubles import doubles

    def task(job: Job[Doubles]) -> Doubles:
        return doubles(chosen.store, passing, progress=job.report, cancelled=job.cancelled)

    about = (chosen.identity, passing)
    _WORK.begin(resources.imports_queue(), "The look for doubles", task, about)


def told(work: UnderWay[Any]) -> tuple[float, str]:
    """How far a look at songs is."""
    job = work.job
    if not job.started:
        return 0.0, "Waiting for other long work to end"
    share = job.step / job.steps if job.steps else 0.0
    return share, f"{job.step:,} songs are looked at{time_left(job)}"


def _show(chosen: Source, found: Doubles) -> None:
    from engine.corpora.store.doubles import doubles_table

    st.markdown(
        f"Among {found.songs:,} songs with words are **{len(found.groups):,}** "
        f"group{'' if len(found.groups) == 1 else 's'} of songs with nearly the same words; "
        f"{found.spare:,} songs would go if one of each stayed."
    )
    st.caption(
        "“Alike” estimates how many runs of four words both songs have, of all that either has "
        "(the Jaccard index, by MinHash: Broder 1997). From .7 on two songs count as one."
    )
    if not found.groups:
        return
    table = doubles_table(chosen.store, found)
    shown = table.groupby("group").agg(
        songs=("row", "size"),
        alike=("likeness", "first"),
        titles=("title", _listed),
        artists=("artist", _listed),
    )
    event: Any = st.dataframe(
        shown.head(_MOST),
        key=f"explorer_double_groups_{chosen.identity}_{len(table)}",
        hide_index=True,
        height=min(38 + 35 * min(len(shown), _MOST), 320),
        on_select="rerun",
        selection_mode="single-row",
        column_config={"alike": st.column_config.NumberColumn(format="%.2f")},
        alt="Groups of songs that are nearly the same; choose one to compare its songs below.",
    )
    st.download_button(
        "Download CSV",
        lambda: str(table.to_csv(index=False)),
        "doubles.csv",
        "text/csv",
        key="explorer_doubles_csv",
        icon=":material/table:",
        on_click="ignore",
        help="A row a song, with the number of its group",
    )
    picked = [at for at in event["selection"]["rows"] if at < min(len(shown), _MOST)]
    if picked:
        _compare(chosen, list(found.groups[picked[0]].rows))


def _compare(chosen: Source, rows: list[int]) -> None:
    """Two songs of a group; which ones can be chosen where there are more."""
    one, other = rows[0], rows[1]
    if len(rows) > 2:
        names = {row: name_of(chosen.store.song(row)) for row in rows[:50]}
        with st.container(horizontal=True, key="explorer_double_pair"):
            key = f"{chosen.identity}_{rows[0]}"
            one = st.selectbox(
                "Left", list(names), 0, format_func=names.__getitem__, key=f"double_left_{key}"
            )
            other = st.selectbox(
                "Right", list(names), 1, format_func=names.__getitem__, key=f"double_right_{key}"
            )
    two_songs(chosen, (int(one), int(other)), "explorer_doubles")


def _listed(values: Any) -> str:
    """Different values in their order, as one text."""
    return ", ".join(dict.fromkeys(str(value) for value in values if value))
