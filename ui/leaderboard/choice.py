"""What the page looks at; every choice stands in the address, so a view can be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from ui import boards
from ui.boards import Choice

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.evaluation.board.sets import EvaluationSet

LINKED = (
    "task",
    "songs",
    "metric",
    "signature",
    "without",
    "view",
    "first",
    "second",
    "true_genre",
    "who_is_right",
    "answers_of",
    "true",
    "answered",
    "only_wrong",
    "song",
    "matrices",
    "runs",
)
"""Keys of the widgets that make up a view; each is a parameter of the address."""


def choice() -> Choice | None:
    """Let the user choose task, songs and metric; None, and why, while nothing was measured."""
    tasks = boards.measured_tasks()
    if not tasks:
        st.info(
            "No evaluation has been recorded yet. Measure a model below, or with "
            "`python -m engine evaluate`; its records fill this page.",
            icon=":material/hourglass_empty:",
        )
        return None
    with st.container(border=True, key="board_choice"):
        left, middle, right = st.columns([2, 3, 3])
        task = left.selectbox(
            "Task", tasks, format_func=boards.task_title, key="task", bind="query-params"
        )
        sets = {str(songs): songs for songs in boards.sets(str(task))}
        name = middle.selectbox(
            "Test songs",
            list(sets),
            key="songs",
            bind="query-params",
            help="Data set, part of it, and the checksum of the file. Numbers measured on other "
            "songs are never put on the same board.",
        )
        songs = sets[str(name)]
        metric = _metric(songs, right)
        signature = _signature(songs, metric)
        names = _names(songs)
        without = st.multiselect(
            "Leave out",
            names,
            format_func=boards.title,
            key="without",
            bind="query-params",
            placeholder="Every model is shown",
            help="For this view only: nothing is removed from the records. Places and corrected "
            "p values are those of the models that stay.",
        )
    return Choice(songs, metric, signature, tuple(str(name) for name in without))


def _metric(songs: EvaluationSet, place: DeltaGenerator) -> str:
    from engine.evaluation.board import sets
    from engine.evaluation.metrics import metric

    titles = {
        metric(name).title: name
        for name in sets.metric_names(boards.of_set(songs), songs)
        if "/" not in name
    }
    title = place.selectbox("Metric", list(titles), key="metric", bind="query-params")
    return titles[str(title)]


def _signature(songs: EvaluationSet, metric: str) -> str | None:
    from engine.evaluation.board import sets

    signatures = sets.signatures(boards.of_set(songs), songs, metric)
    if len(signatures) < 2:
        return signatures[0] if signatures else None
    return st.selectbox(
        "Measured as",
        signatures,
        key="signature",
        bind="query-params",
        help="The exact definition. Numbers of different definitions are never put on one board.",
    )


def _names(songs: EvaluationSet) -> list[str]:
    """The models measured on these songs, by their names on the board."""
    from engine.evaluation.board import sets

    return sorted({sets.display_name(record) for record in boards.of_set(songs)})


def link() -> None:
    """Offer the address of this very view, with every choice in it."""
    chosen: list[tuple[str, str]] = []
    for key in LINKED:
        value = st.session_state.get(key)
        values = value if isinstance(value, list | tuple) else [value]
        for one in values:
            if one in (None, "", False):
                continue
            text = "true" if one is True else str(one)
            if key == "task":
                text = boards.task_title(text)
            if key == "without":
                text = boards.title(text)
            chosen.append((key, text))
    here = (st.context.url or "").split("?")[0]
    with st.popover("Link to this view", icon=":material/link:"):
        st.caption("Whoever opens it sees these choices, also when more models have joined.")
        st.code(f"{here}?{urlencode(chosen)}", language=None, wrap_lines=True)
