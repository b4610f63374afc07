"""Songs whose label looks wrong to a model, and how far that model may be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.audit.answers import OUT_OF_FOLD
from engine.errors import EngineError
from ui import resources
from ui.explorer.answers.kept import remembered, shelf_of
from ui.explorer.answers.songs import songs_table
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.audit.answers import Answers
    from engine.audit.comparison import Compared
    from ui.explorer.opened import Source

_TOO_FEW = "a model believes the labels it has learnt, so there are too few suspects here."


def show(chosen: Source, whole: Compared) -> None:
    """Choose a model, say what it may have learnt, draw the suspects."""
    from engine.audit.suspects import suspects

    name = str(
        st.selectbox(
            "By the answers of",
            whole.models,
            key=f"explorer_suspects_{len(whole.models)}",
            format_func=plain,
            width=360,
        )
    )
    _held_out(chosen, whole, shelf_of(chosen).answers()[name])
    try:
        found = remembered(
            "suspects", (chosen.identity, whole, name), lambda: suspects(whole, name)
        )
    except EngineError as error:
        show_error(error)
        return
    judged = int(whole.judged(name).sum())
    right = judged - int(whole.wrong(name).sum())
    st.markdown(
        f"Of {judged:,} songs whose genre {plain(name)} knows, the labels of **{len(found):,}** "
        "look wrong to it, the least believed first."
    )
    st.caption(
        "Confident learning (Northcutt, Jiang and Chuang 2021, by cleanlab): a label is suspect "
        "if the model is as sure of another genre as it usually is of songs of that genre. It is "
        f"a reason to look, not a verdict: read the song. {plain(name)} tells {right / judged:.0%} "
        "of these songs as the table does; the less, the more suspects are its own mistakes."
    )
    if len(found):
        shares = {"p_given": "probability of it", "p_suggested": "probability of that"}
        songs_table(chosen, found, "explorer_suspects", shares)


def _held_out(chosen: Source, whole: Compared, answers: Answers) -> None:
    """Say whether the model has learnt these very songs, and how that is known."""
    if answers.origin == OUT_OF_FOLD:
        st.success(
            "These answers are out of fold: each song was answered by a model that had seen "
            "neither it nor another song of its artist.",
            icon=":material/verified:",
        )
        return
    if not answers.model:
        st.warning(
            "A file does not say what its model has learnt. If these songs were among its training "
            f"songs: {_TOO_FEW} Bring answers that are held out or out of fold.",
            icon=":material/help:",
        )
        return
    try:
        learnt, data, known = remembered(
            "learnt",
            (chosen.identity, whole, answers.name),
            lambda: _learnt(chosen, whole, answers),
        )
    except EngineError as error:
        show_error(error)
        return
    title = resources.model_title(answers.model)
    if not known:
        st.warning(
            f"{title} has learnt from the “{plain(data)}”. Which songs those were was not kept, so "
            f"nobody can tell whether these are among them. If they are: {_TOO_FEW}",
            icon=":material/help:",
        )
    elif learnt:
        st.warning(
            f"{title} has learnt from {learnt:,} of these {len(whole.songs):,} songs: checksums of "
            f"their words are among those kept of its training songs. So mind: {_TOO_FEW}",
            icon=":material/warning:",
        )
    else:
        st.success(
            f"{title} has learnt from none of these songs, as far as checksums of their words "
            "tell: other transcriptions of a training song would not be noticed.",
            icon=":material/verified:",
        )


def _learnt(chosen: Source, whole: Compared, answers: Answers) -> tuple[int, str, bool]:
    from engine.audit.learned import learned_by

    learned = learned_by(answers.model.partition("/")[0])
    rows = whole.songs["row"].tolist()
    words = chosen.store.rows('SELECT sung FROM songs WHERE "row" IN (SELECT unnest(?))', [rows])
    there = learned.among(str(sung) for (sung,) in words)
    return int(there.sum()), learned.data, learned.checksums is not None
