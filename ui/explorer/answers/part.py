"""Where models meet data: ask them, see them side by side, where they err, what they doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui.explorer.answers import asking, bringing, errors, labels, side_by_side
from ui.explorer.answers.kept import comparison, shelf_of
from ui.explorer.views import view_chosen
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.corpora.store import Filters
    from ui.explorer.opened import Source

ASK, SIDE_BY_SIDE, ERRORS, LABELS = (
    "Ask",
    "Side by side",
    "Where they err",
    "Labels that look wrong",
)
_VIEWS = {SIDE_BY_SIDE: side_by_side.show, ERRORS: errors.show, LABELS: labels.show}


def models(chosen: Source, passing: Filters, songs: int) -> None:
    """Choose what is looked at, and draw it."""
    views = (ASK, *_VIEWS)
    view = view_chosen("What is looked at", views, "explorer_models_view", told=False)
    if view == ASK:
        asking.answering(chosen, passing, songs)
        bringing.answers_kept(chosen)
        return
    names = list(shelf_of(chosen).answers())
    if not names:
        st.info("No model has answered these songs yet: ask one, or bring answers from a file.")
        return
    picked = st.multiselect(
        "Answers of",
        names,
        default=names,
        key=f"explorer_compared_{chosen.identity}_{len(names)}",
        format_func=plain,
    )
    if not picked:
        st.info("Choose at least one model's answers.")
        return
    try:
        whole = comparison(chosen, passing, tuple(picked))
    except EngineError as error:
        show_error(error)
        return
    if not len(whole.songs):
        st.info("None of these answers is to a song that passes the filters above.")
        return
    _VIEWS[view](chosen, whole)
