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
    shared_views,
    song_browser,
)
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.evaluation.board.ranking import Board

View = Callable[["Board", Choice], None]

_SHARED: dict[str, View] = {
    "Quality and cost": shared_views.costs,
    "Length and decade": shared_views.length_and_decade,
    "Head to head": head_to_head.head_to_head,
}
VIEWS: dict[str, dict[str, View]] = {
    "genre": {
        "Scores": genre_views.scores,
        "By genre": genre_views.by_genre,
        "Confusions": genre_views.confusions,
        "Calibration": genre_views.calibration,
        "BERTScore": genre_views.bertscore,
        **_SHARED,
        "Songs": song_browser.genre_songs,
        "Training": shared_views.training,
    },
    "chords": {
        "Scores": chord_views.scores,
        "Placement": chord_views.placement,
        "Agreement": chord_views.agreement,
        "Variety": chord_views.variety,
        **_SHARED,
        "Songs": song_browser.chord_songs,
        "Training": shared_views.training,
    },
}


def show(board: Board, chosen: Choice) -> None:
    """Let the user choose a view and draw it."""
    views = VIEWS[chosen.task]
    name = st.segmented_control(
        "View",
        list(views),
        default="Scores",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    try:
        views[str(name)](board, chosen)
    except EngineError as error:
        show_error(error)
