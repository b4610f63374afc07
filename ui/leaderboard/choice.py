"""What the page looks at; every choice stands in the address, so a view can be shared."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.leaderboard.linked import begin, choices, linked

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from engine.evaluation.board.sets import EvaluationSet


def choice() -> Choice | None:
    """Let the user choose task, songs and metric; None, and why, while nothing was measured."""
    begin()
    tasks = boards.measured_tasks()
    if not tasks:
        st.info(
            "No evaluation has been recorded yet. Measure a model below, or with "
            "`python -m engine evaluate`; its records fill this page.",
            icon=":material/hourglass_empty:",
        )
        return None
    with st.container(border=True, key="board_choice"):
        left, right = st.columns([1, 2])
        task = left.selectbox("Task", tasks, **linked("task", boards.task_title))
        sets = {boards.set_title(songs): songs for songs in boards.sets(str(task))}
        name = right.selectbox(
            "Test songs",
            list(sets),
            **linked("songs"),
            help="Numbers measured on different songs never share a board.",
        )
        songs = sets[str(name)]
        left, right = st.columns(2)
        metric = _metric(songs, left)
        signature = _signature(songs, metric)
        parts = _parts(songs)
        without = right.multiselect(
            "Leave out",
            _names(songs, parts),
            placeholder="Every model is shown",
            help="For this view only: nothing is removed from the records. Places and corrected "
            "p values are those of the models that stay.",
            **linked("without", boards.title),
        )
    return Choice(songs, metric, signature, tuple(str(name) for name in without), parts)


_PARTS_TOLD = {
    "genre": (
        "Show networks and linear paths apart",
        "LLaMA, RoBERTa and BiLSTM-GRU answer with two parts together: a neural network, and "
        "a linear path that only counts words (TF-IDF). Apart, you see what each part adds.",
    ),
    "chords": (
        "Show the parts of the generator apart",
        "It mixes counts of many songs, a memory of the song at hand and a decoder that reads the "
        "words. Apart, each is asked for the next chord, so you see what it adds.",
    ),
}


def _parts(songs: EvaluationSet) -> bool:
    """Whether to show parts of models apart; asked only where some were measured."""
    if not any(boards.is_part(record) for record in boards.of_set(songs)):
        return False
    label, help_text = _PARTS_TOLD[songs.task]
    return st.toggle(label, help=help_text, **linked("parts"))


def _metric(songs: EvaluationSet, place: DeltaGenerator) -> str:
    from engine.evaluation.board import sets
    from engine.evaluation.metrics import metric

    titles = {
        metric(name).title: name
        for name in sets.metric_names(boards.of_set(songs), songs)
        if "/" not in name
    }
    title = place.selectbox("Metric", list(titles), **linked("metric"))
    return titles[str(title)]


def _signature(songs: EvaluationSet, metric: str) -> str | None:
    from engine.evaluation.board import sets

    signatures = sets.signatures(boards.of_set(songs), songs, metric)
    if len(signatures) < 2:
        return signatures[0] if signatures else None
    return st.selectbox(
        "Measured as",
        signatures,
        **linked("signature"),
        help="The exact definition. Numbers of different definitions never share a board.",
    )


def _names(songs: EvaluationSet, parts: bool) -> list[str]:
    """The models measured on these songs, by their names on the board."""
    from engine.evaluation.board import sets

    return sorted(
        {
            sets.display_name(record)
            for record in boards.of_set(songs)
            if parts or not boards.is_part(record)
        }
    )


def link() -> None:
    """Offer the address of this very view, with every choice in it."""
    here = (st.context.url or "").split("?")[0]
    with st.popover("Link to this view", icon=":material/link:"):
        st.caption("Whoever opens it sees these choices, also when more models have joined.")
        st.code(f"{here}?{urlencode(choices())}", language=None, wrap_lines=True)
