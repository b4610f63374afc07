"""Views that only chords have: where they stand, which they are, how varied they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.leaderboard.charts import best_first, chart

if TYPE_CHECKING:
    from engine.evaluation.board.ranking import Board

_HEADLINES = ("next-chord-accuracy", "placement-f1", "majmin", "bertscore-f1")
_PLACEMENT = ("placement-f1", "placement-f1-near", "next-chord-accuracy", "next-chord-perplexity")
_AGREEMENT = ("majmin", "sevenths")
_GAPS = ("chord-entropy-gap", "chord-coverage-gap", "tonal-distance-gap")
_VALUES = ("chord-entropy", "chord-coverage", "tonal-distance")


def scores(board: Board, chosen: Choice) -> None:
    """BERTScore beside what musicians would ask."""
    from engine import figures
    from engine.evaluation.board import summaries

    values = boards.computed("headlines", chosen, summaries.metric_values, _HEADLINES)
    if values.empty:
        st.info("No scores were recorded for these songs.")
        return
    chart(
        figures.score_bars(best_first(boards.titled(values), board)),
        "scores",
        "Next-chord accuracy, placement F1 and majmin agreement beside BERTScore F1, per model",
        "Each bar is a model's score, the grey line on it the 95% interval. BERTScore, the last "
        "group, reads chord symbols as words and knows nothing of harmony or of where a chord "
        "stands.",
    )


def placement(board: Board, chosen: Choice) -> None:
    """Where chords change, and which comes next."""
    _panels(
        board,
        chosen,
        _PLACEMENT,
        "placement",
        "Placement F1 counts chord changes on the very word, or at most one word beside it; the "
        "next chord is asked for with the words and the true past chords given (accuracy: right "
        "is better; perplexity: left is better).",
    )


def agreement(board: Board, chosen: Choice) -> None:
    """Which chords sound."""
    _panels(
        board,
        chosen,
        _AGREEMENT,
        "agreement",
        "The share of words over which the chord that sounds agrees with the reference's, as "
        "mir_eval compares them: by root and major or minor, and by seventh chords.",
    )


def variety(board: Board, chosen: Choice) -> None:
    """How varied the chords are, against the references."""
    _panels(
        board,
        chosen,
        _GAPS,
        "variety-gaps",
        "How far a model's songs are from the references in variety: histogram entropy, number "
        "of different chords, and mean step between adjacent chords (Yeh et al. 2020). Left is "
        "better: 0 is as varied as the references.",
    )
    _panels(
        board,
        chosen,
        _VALUES,
        "variety",
        "The same three as the models write them; neither more nor less is better.",
    )


def _panels(board: Board, chosen: Choice, names: tuple[str, ...], name: str, reading: str) -> None:
    from engine import figures
    from engine.evaluation.board import summaries

    values = boards.computed(name, chosen, summaries.metric_values, names)
    if values.empty:
        st.info("None of these figures was recorded for these songs.")
        return
    titles = boards.listed(list(dict.fromkeys(values["metric"])))
    chart(
        figures.score_panels(best_first(boards.titled(values), board)),
        name,
        f"{titles}, one dot and interval per model",
        f"{reading} A line is the 95% interval.",
    )
