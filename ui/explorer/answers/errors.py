"""Where models err or differ: groups of songs found by looking at all, and words of errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.audit.slices import LEAST, Slices, inside, slices
from engine.errors import EngineError
from ui.explorer.answers.kept import remembered
from ui.explorer.answers.songs import songs_with_answers
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.audit.comparison import Compared
    from engine.audit.slices import Slice
    from ui.explorer.opened import Source

MOST_TOLD = 20_000
"""Of more songs no languages are told: that takes a fifth of a millisecond each."""
_ERRORS, _DIFFER = "Errors of ", "Songs over which the models differ"
_EXPLAINED = (
    "A group is a genre, decade, length, language or artist, or a pair of these. Shares have 95% "
    "intervals (Wilson 1927). How likely so many would fall into the group by chance is told by "
    "Fisher's exact test, for which songs of one artist count as independent. Who looks at many "
    "groups finds some by chance, so q corrects for all that were looked at (Benjamini and "
    "Hochberg 1995): of the groups with q below .05, one in twenty is expected to be chance."
)


def show(chosen: Source, whole: Compared) -> None:
    """Choose what is counted, draw the groups, the songs of one, and the words."""
    happened = _happened(whole)
    if not happened:
        st.info(
            "There is nothing to count: no song here has a genre that the models know, and there "
            "are no two models that could differ."
        )
        return
    sliced = _dimensions(chosen, whole)
    with st.container(horizontal=True, vertical_alignment="bottom", key="explorer_slice_controls"):
        what = str(
            st.selectbox(
                "What is counted", list(happened), key="explorer_slice_what", format_func=plain
            )
        )
        least = st.number_input(
            "Songs in a group, at least", 2, 10_000, LEAST, key="explorer_slice_least", width=220
        )
        by = st.multiselect(
            "Groups by", list(sliced), default=list(sliced), key=f"explorer_by_{len(sliced)}"
        )
    of, hit = happened[what]
    among = {name: sliced[name][of] for name in by}
    found = slices(among, hit[of], int(least))
    _summary(found, what)
    group = _groups(found, chosen, what)
    if group is not None:
        _songs_of(chosen, whole, of & inside(group.where, sliced), hit)
    if what != _DIFFER:
        _words(chosen, whole, what.removeprefix(_ERRORS))


def _happened(whole: Compared) -> dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """What can happen, to the songs it can happen to and those it happened to."""
    found = {
        f"{_ERRORS}{name}": (whole.judged(name), whole.wrong(name))
        for name in whole.models
        if whole.judged(name).any()
    }
    if len(whole.models) > 1 and whole.compared().any():
        found[_DIFFER] = (whole.compared(), whole.differ())
    return found


def _dimensions(chosen: Source, whole: Compared) -> dict[str, Any]:
    """What songs are grouped by, told for each of them."""
    from engine.audit.comparison import dimensions
    from engine.audit.languages import languages, measured

    def made() -> dict[str, Any]:
        told: Any = None
        if len(whole.songs) <= MOST_TOLD or measured(chosen.store):
            with st.spinner("Telling the songs' languages"):
                told = languages(chosen.store, whole.songs["row"].to_numpy())
        return dict(dimensions(whole.songs, told))

    found = remembered("dimensions", (chosen.identity, whole), made)
    if "language" not in found:
        st.caption("Once the words are measured (Words tab), songs are grouped by language too.")
    return found


def _summary(found: Slices, what: str) -> None:
    share = found.hits / found.songs if found.songs else 0
    told = sum(one.told for one in found.found)
    st.markdown(
        f"**{plain(what)}**: {found.hits:,} of {found.songs:,} songs ({share:.0%}). "
        f"{found.looked_at:,} groups were looked at; {told:,} {'is' if told == 1 else 'are'} told "
        "apart from chance."
    )
    st.caption(_EXPLAINED)


def _groups(found: Slices, chosen: Source, what: str) -> Slice | None:
    """Draw the groups; give the one in the row that was clicked."""
    import pandas as pd

    sure = st.toggle("Only groups told apart from chance", value=True, key="explorer_slice_sure")
    kept = [one for one in found.found if one.told or not sure]
    if not kept:
        if found.found:
            st.info("No group is told apart from chance; turn the switch off to see the worst.")
        return None
    event: Any = st.dataframe(
        pd.DataFrame(
            {
                "group": [" · ".join(value for _, value in one.where) for one in kept],
                "by": [", ".join(name for name, _ in one.where) for one in kept],
                "songs": [one.songs for one in kept],
                "counted": [one.hits for one in kept],
                "share": [one.share for one in kept],
                "from": [one.low for one in kept],
                "to": [one.high for one in kept],
                "elsewhere": [one.elsewhere for one in kept],
                "q": [one.q for one in kept],
            }
        ),
        key=f"explorer_slices_{chosen.identity}_{what}_{len(kept)}",
        hide_index=True,
        height=min(38 + 35 * len(kept), 380),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            name: st.column_config.NumberColumn(format="percent")
            for name in ("share", "from", "to", "elsewhere")
        }
        | {"q": st.column_config.NumberColumn(format="%.2g")},
        alt="Groups of songs, the surest first; choose one to see its songs below.",
    )
    picked = [at for at in event["selection"]["rows"] if at < len(kept)]
    return kept[picked[0]] if picked else None


def _songs_of(
    chosen: Source, whole: Compared, there: NDArray[np.bool_], hit: NDArray[np.bool_]
) -> None:
    """The songs of a group, those that made it conspicuous alone if asked for."""
    only = st.toggle("Only the songs that were counted", value=True, key="explorer_slice_only")
    songs_with_answers(chosen, whole, there & hit if only else there, "explorer_group")


def _words(chosen: Source, whole: Compared, name: str) -> None:
    """Words that go with one model's errors within one genre."""
    from engine.audit.error_words import error_words

    genres = _erring(whole, name)
    st.markdown("**Words that go with errors**")
    if not genres:
        st.caption(f"{plain(name)} tells every genre all right or all wrong.")
        return
    genre = str(
        st.selectbox("Genre", genres, key=f"explorer_error_genre_{name}", format_func=plain)
    )
    try:
        words = remembered(
            "error_words",
            (chosen.identity, whole, name, genre),
            lambda: error_words(chosen.store, whole, name, genre),
        )
    except EngineError as error:
        show_error(error)
        return
    st.dataframe(
        words.rename(
            columns={
                "log_odds": "log-odds",
                "uses": "uses in songs told wrongly",
                "uses_elsewhere": "uses in songs told right",
                "songs": "songs told wrongly with it",
            }
        ),
        key="explorer_error_words",
        hide_index=True,
        height=320,
        column_config={
            one: st.column_config.NumberColumn(format="%.2f") for one in ("z", "log-odds")
        },
        alt=f"Words that mark songs of {genre} that {name} tells wrongly",
    )
    st.caption(
        "Weighted log-odds with an informative prior (Monroe, Colaresi and Quinn 2008), songs of "
        "the genre told wrongly against those told right; z above 2 is more than chance for one "
        "word, but many words were compared."
    )


def _erring(whole: Compared, name: str) -> Sequence[str]:
    """Genres with errors and right answers, those with most errors first."""
    judged, wrong = whole.judged(name), whole.wrong(name)
    genres: Any = whole.songs["genre"]
    right = set(genres[judged & ~wrong].unique())
    return [str(genre) for genre in genres[wrong].value_counts().index if genre in right]
