"""One view at a time under the board: only what is open is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui.boards import Choice
from ui.leaderboard import (
    chord_views,
    genre_views,
    head_to_head,
    listening,
    shared_views,
    song_browser,
    written_views,
)
from ui.leaderboard.linked import linked
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.evaluation.board.ranking import Board

View = Callable[["Board", Choice], None]
_OPENED_ON = "_board_opened_on"

_AHEAD: dict[str, View] = {
    "Head to head": head_to_head.head_to_head,
    "Quality and cost": shared_views.costs,
}
_LEARNED: dict[str, View] = {"Training": shared_views.training}
QUESTIONS: dict[str, dict[str, dict[str, View]]] = {
    "genre": {
        "Who is ahead?": {"Scores": genre_views.scores, **_AHEAD},
        "Where do they err?": {
            "By genre": genre_views.by_genre,
            "Confusions": genre_views.confusions,
            "Length and decade": shared_views.length_and_decade,
            "Songs": song_browser.genre_songs,
        },
        "Can I trust it?": {
            "Calibration": genre_views.calibration,
            "Surest answers": genre_views.surest,
            "Written forms": genre_views.written_forms,
            "Explanations": genre_views.explanations,
            "BERTScore": genre_views.bertscore,
        },
        "How did they learn?": _LEARNED,
    },
    "chords": {
        "Who is ahead?": {"Scores": chord_views.scores, **_AHEAD},
        "What do they write?": {
            "Beside human songs": written_views.beside_humans,
            "Placement": chord_views.placement,
            "Agreement": chord_views.agreement,
            "Variety": chord_views.variety,
        },
        "Human or not?": {"Listening test": listening.human_or_not},
        "Where do they err?": {
            "Length and decade": shared_views.length_and_decade,
            "Songs": song_browser.chord_songs,
        },
        "How did they learn?": _LEARNED,
    },
}
"""Views by the question they answer; a task without an entry has those of `_AHEAD`."""


def show(board: Board, chosen: Choice) -> None:
    """Let the user choose a question and one of its views, and draw that."""
    questions = QUESTIONS.get(chosen.task, {"Who is ahead?": _AHEAD})
    question = st.segmented_control(
        "Question",
        list(questions),
        default=_asked_by_address(questions),
        required=True,
        label_visibility="collapsed",
        **linked("question"),
    )
    views = questions[str(question)]
    name = next(iter(views))
    if len(views) > 1:
        _follow_question(list(views))
        name = st.segmented_control(
            "View", list(views), required=True, label_visibility="collapsed", **linked("view")
        )
    try:
        views[str(name)](board, chosen)
    except EngineError as error:
        show_error(error)


def _follow_question(views: list[str]) -> None:
    """Open a question on its first view; the address would else keep the one before."""
    shown = st.session_state.get("view", st.query_params.get("view"))
    if shown not in views:
        st.session_state["view"] = views[0]


def _asked_by_address(questions: dict[str, dict[str, View]]) -> str:
    """The question of the view that the page was opened on, else the first."""
    if _OPENED_ON not in st.session_state:
        st.session_state[_OPENED_ON] = st.query_params.get("view", "")
    opened = st.session_state[_OPENED_ON]
    return next((q for q, views in questions.items() if opened in views), next(iter(questions)))
