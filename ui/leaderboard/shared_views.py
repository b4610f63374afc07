"""Views that both tasks have: quality against cost, length and decade, training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards, resources
from ui.boards import Choice
from ui.leaderboard.charts import chart, song_tables
from ui.leaderboard.linked import linked
from ui.leaderboard.numbers import model_width, written
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.evaluation.board.ranking import Board
    from engine.models.card import ModelCard

_COSTS = {
    "latency-p50": ("median", ",.2f"),
    "latency-p95": ("95%", ",.2f"),
    "peak-memory": ("memory", ",.0f"),
    "size": ("weights", ",.1f"),
}
"""Costs of a model to the head of their column and how their numbers are written."""
_COST_WIDTH = 64  # pixels: all columns fit a phone


def costs(_board: Board, chosen: Choice) -> None:
    """Quality against time and size, with the Pareto front."""
    from engine import figures
    from engine.evaluation.board import summaries

    measure = boards.song_measure(chosen)
    table = boards.titled(boards.computed("costs", chosen, summaries.cost_table, measure.name))
    if table.empty:
        st.info("No model's speed was measured on these songs.")
        return
    front = summaries.pareto_front(table, higher_is_better=measure.higher_is_better)
    names = boards.listed([f"**{plain(name)}**" for name in front["model"]])
    chart(
        figures.accuracy_against_latency(
            table, measure.title, higher_is_better=measure.higher_is_better
        ),
        "quality-and-cost",
        f"{measure.title} against median time per song; the area is the size of the weights",
        f"Left is faster, {'up' if measure.higher_is_better else 'down'} is better, the area is "
        f"the size of the weights, base included. The dotted line joins the models that no other "
        f"beats in both speed and score: {names}.",
    )
    wide = boards.computed("cost-values", chosen, summaries.wide_table, tuple(_COSTS))
    shown: Any = boards.titled(wide).reindex(columns=["model", *_COSTS])
    for name in ("latency-p50", "latency-p95"):
        shown[name] *= 1000
    column = st.column_config.Column
    st.dataframe(
        written(shown, {name: form for name, (_, form) in _COSTS.items()}),
        key="costs",
        height="content",
        hide_index=True,
        column_config={
            "model": column(width=model_width(shown)),
            **{name: column(head, width=_COST_WIDTH) for name, (head, _) in _COSTS.items()},
        },
        alt="Time per song, memory and size of each model",
    )
    devices = boards.computed("devices", chosen, _devices)
    told = boards.listed(devices)
    if len(devices) > 1:
        told += "; times on different machines do not compare"
    st.caption(
        "Milliseconds for one song, the model warm: the median, and the time that 95% of songs "
        "stay under. Megabytes of memory at its peak, and of weights with their base. Measured on "
        f"{plain(told)}."
    )


def _devices(records: list[object], _songs: object) -> list[str]:
    found = [r for r in records if getattr(r, "metric", "") == "latency-p50"]
    return sorted({str(getattr(record, "device", "")) for record in found})


def length_and_decade(board: Board, chosen: Choice) -> None:
    """The score of short and long, of old and new songs."""
    from engine import figures
    from engine.evaluation.board import summaries

    tables = song_tables(chosen, board)
    if not tables:
        return
    measure = boards.song_measure(chosen)

    def grouped(records: object, _songs: object, how: str) -> Any:
        compute = summaries.score_by_length if how == "length" else summaries.score_by_decade
        return compute(tables, measure)

    for how, draw, words in (
        ("length", figures.score_by_length, "by how many words the lyric has"),
        ("decade", figures.score_by_decade, "by the decade the song came out in"),
    ):
        values = boards.computed(f"by-{how}", chosen, grouped, how)
        if len(values):
            chart(
                draw(values, measure.title),
                f"score-by-{how}",
                f"{measure.title} {words}, per model",
                f"**{measure.title[:1].upper()}{measure.title[1:]}** {words}. Where a model's line "
                "rises or falls beyond its whiskers (95% intervals), length or age does matter to "
                f"it. Groups of fewer than {summaries.MIN_SONGS} songs are left out.",
            )
        else:
            st.info(
                f"Too few songs to show the score {words}: {summaries.MIN_SONGS} in a group "
                "are needed."
            )


def training(_board: Board, chosen: Choice) -> None:
    """How each model learned, from its card."""
    from engine import figures
    from engine.evaluation.board import summaries
    from engine.models.card import ModelCard
    from engine.models.presets import slot

    names = resources.GENRE_MODELS if chosen.task == "genre" else (resources.GENERATOR,)
    cards: dict[str, ModelCard] = {}
    for name in names:
        try:
            cards[resources.model_title(name)] = ModelCard.read(slot(name).folder)
        except EngineError as error:
            show_error(error)
    points = summaries.training_points(cards)
    runs = list(dict.fromkeys(points["run"]))
    if not runs:
        st.info(f"The card of {boards.listed(list(cards))} holds no training history yet.")
        return
    shown = st.pills(
        "Models",
        runs,
        selection_mode="multi",
        default=runs[:1],
        **linked("runs"),
    )
    kept: Any = points[points["run"].isin(shown)]
    if kept.empty:
        st.info("Choose a model to see how it learned.")
        return
    chart(
        figures.training_curves(kept),
        "training",
        "Losses and validation scores over optimiser steps",
        "Training loss should fall and level off; where validation loss turns upwards or the "
        "scores stop rising, the model began to learn its songs by heart. Losses of different "
        "models are of different kinds: compare their shapes only.",
    )
