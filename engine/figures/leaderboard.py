"""Scores of several models beside each other, with their uncertainty and their cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.evaluation.board.summaries import pareto_front
from engine.figures.style import (
    NEUTRAL,
    colours,
    empty_figure,
    ink_on,
    labelled,
    laid_out,
    rows_where,
)

if TYPE_CHECKING:
    import pandas as pd

_APART = 3
"""How many times as slow the next model must be for two names beside each other."""
_BAR, _GROUP_GAP = 18, 18  # pixels
_ROOM_FOR_TEXT = 0.2
"""From which score on a bar has room for its own number, on a phone too."""


def score_bars(values: pd.DataFrame) -> go.Figure:
    """Draw horizontal bars with intervals: one group a metric, one bar a model, its value on it.

    Meant for accuracy and macro F1 beside BERTScore precision, recall and F1, which shows how
    little the latter move while the former do; any metrics on a scale of 0 to 1 will do.

    Parameters
    ----------
    values : data frame
        Columns ``model``, ``metric`` (as to be read), ``value``, ``low``, ``high``; all 0 to 1,
        ``low`` and ``high`` may be missing values. Rows in the order to be drawn, from the top.
    """
    values = labelled(values)
    colour = colours(values["model"])
    groups = list(dict.fromkeys(values["metric"]))
    figure = empty_figure(
        height=90 + len(groups) * (_GROUP_GAP + _BAR * max(len(colour), 1)),
        barmode="group",
        bargap=_GROUP_GAP / (_GROUP_GAP + _BAR * max(len(colour), 1)),
        bargroupgap=0.08,
        xaxis={"title": "score (0 to 1)", "range": [0, 1.02]},
        yaxis={"title": None, "type": "category", "autorange": "reversed"},
    )
    for name, shade in colour.items():
        rows = rows_where(values, values["model"] == name)
        figure.add_bar(
            orientation="h",
            name=name,
            x=rows["value"].tolist(),
            y=rows["metric"].tolist(),
            marker_color=shade,
            error_x=whiskers(rows, NEUTRAL),
            text=[
                f"{value:.3f}" if value >= _ROOM_FOR_TEXT else f"\u2003{value:.3f}"
                for value in rows["value"].tolist()
            ],
            textposition=[
                "inside" if value >= _ROOM_FOR_TEXT else "outside"
                for value in rows["value"].tolist()
            ],
            insidetextanchor="start",
            insidetextfont={"color": ink_on(shade)},
            textfont={"size": 12},
            textangle=0,
            constraintext="none",
            cliponaxis=False,
            customdata=rows[["low", "high"]].to_numpy().tolist(),
            hovertemplate=name + ", %{y}: %{x:.4f}<br>95% interval %{customdata[0]:.4f} to "
            "%{customdata[1]:.4f}<extra></extra>",
        )
    return figure


def accuracy_against_latency(
    models: pd.DataFrame, score_title: str = "accuracy", *, higher_is_better: bool = True
) -> go.Figure:
    """Score against seconds a song, the marker's area being the model's size; Pareto front drawn.

    A model is on the front if none is both faster and better.

    Parameters
    ----------
    models : data frame
        Columns ``model``, ``value``, ``seconds`` (median, one song) and ``megabytes``.
    higher_is_better : bool
        The metric's direction.
    """
    models = labelled(models)
    scores = models["value"].tolist()
    spread = (max(scores) - min(scores) or 0.1) if scores else 1.0
    low, high = (min(scores), max(scores)) if scores else (0.0, 1.0)
    figure = empty_figure(
        height=400,
        showlegend=False,
        xaxis={"title": "median time per song (ms, logarithmic)", "type": "log", "dtick": 1},
        yaxis={"title": score_title, "range": [low - 0.2 * spread, high + 0.3 * spread]},
    )
    front = pareto_front(models, higher_is_better=higher_is_better)
    figure.add_scatter(
        x=[1000 * value for value in front["seconds"].tolist()],
        y=front["value"].tolist(),
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "shape": "hv"},
        hovertext="Pareto front: no other model beats these in both",
        hoverinfo="text",
    )
    largest = max([float(value) for value in models["megabytes"].tolist()], default=1.0)
    colour = colours(models["model"])
    places = _name_places(front)  # others: beside the line that the front draws
    for row in models.to_dict("records"):
        figure.add_scatter(
            x=[1000 * row["seconds"]],
            y=[row["value"]],
            mode="markers+text",
            name=row["model"],
            text=[row["model"]],
            textposition=places.get(row["model"], "bottom right"),
            cliponaxis=False,
            marker={
                "color": colour[row["model"]],
                "size": max(10.0, 56 * (row["megabytes"] / max(largest, 1e-9)) ** 0.5),
                "opacity": 0.75,
            },
            customdata=[row["megabytes"]],
            hovertemplate="%{text}: %{y:.3f} at %{x:.3g} ms<br>%{customdata:,.1f} MB"
            "<extra></extra>",
        )
    return figure


def _name_places(front: pd.DataFrame) -> dict[str, str]:
    """Where the names of a front's models stand: above, or below with the next on their heels."""
    seconds = [*front["seconds"].tolist(), float("inf")]
    pairs = zip(front["model"].tolist(), seconds, seconds[1:], strict=False)
    return {
        name: "top center" if following > _APART * own else "bottom center"
        for name, own, following in pairs
    }


def bertscore_by_correctness(songs: pd.DataFrame) -> go.Figure:
    """BERTScore F1 of right and of wrong answers: why it is not enough.

    Label texts are few, so the same scores come again and again: each is one dot whose area is
    the share of the model's songs that have it.

    Parameters
    ----------
    songs : data frame
        One row a song and model: ``model``, ``correct`` (bool), ``bertscore_f1`` (0 to 1).
    """
    songs = labelled(songs)
    figure = empty_figure(
        height=380,
        scattermode="group",
        scattergap=0.4,
        xaxis={"title": None, "type": "category"},
        yaxis={"title": "BERTScore F1 of the answer (0 to 1)", "range": [-0.05, 1.12]},
    )
    totals = Counter(songs["model"].tolist())
    for name, colour, correct in (
        ("right answers", "#009E73", True),
        ("wrong answers", "#D55E00", False),
    ):
        rows = rows_where(songs, songs["correct"] == correct)
        pairs = zip(rows["model"].tolist(), rows["bertscore_f1"].tolist(), strict=True)
        dots = Counter((model, round(value, 3)) for model, value in pairs)
        shares = [count / totals[model] for (model, _), count in dots.items()]
        figure.add_scatter(
            x=[model for model, _ in dots],
            y=[value for _, value in dots],
            mode="markers",
            name=name,
            offsetgroup=name,
            marker={"color": colour, "opacity": 0.6, "size": [4 + 60 * s**0.5 for s in shares]},
            customdata=[
                [count, 100 * share] for count, share in zip(dots.values(), shares, strict=True)
            ],
            hovertemplate="%{x}, F1 %{y:.3f}: %{customdata[0]} songs (%{customdata[1]:.1f}%)"
            f"<extra>{name}</extra>",
        )
    return figure


def score_by_length(values: pd.DataFrame, score_title: str = "accuracy") -> go.Figure:
    """Score of songs by their length; `values` from `engine.evaluation.score_by_length`."""
    return _score_by_group(values, "words in the lyric", score_title)


def score_by_decade(values: pd.DataFrame, score_title: str = "accuracy") -> go.Figure:
    """Score of songs by the decade they came out in; from `engine.evaluation.score_by_decade`."""
    return _score_by_group(values, "decade", score_title)


def training_curves(points: pd.DataFrame) -> go.Figure:
    """Losses above, scores below, over training steps; one colour a run.

    Parameters
    ----------
    points : data frame
        Columns ``run``, ``curve`` (such as "training loss"; a curve with "loss" in its name is a
        loss), ``step`` and ``value``, as `engine.evaluation.training_points` gives them.
    """
    points = labelled(points)
    curves = list(dict.fromkeys(points["curve"]))
    losses = [curve for curve in curves if "loss" in curve]
    scores = [curve for curve in curves if "loss" not in curve]
    panels = [(title, of) for title, of in (("loss", losses), ("score (0 to 1)", scores)) if of]
    rows = max(len(panels), 1)
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    laid_out(figure, 100 + 260 * rows)
    dashes = ("solid", "dot", "dash", "dashdot")
    for number, (title, of) in enumerate(panels, start=1):
        figure.update_yaxes(title_text=title, row=number, col=1)
        for run, colour in colours(points["run"]).items():
            for curve, dash in zip(of, dashes, strict=False):
                line = rows_where(points, (points["run"] == run) & (points["curve"] == curve))
                if len(line):
                    figure.add_scatter(
                        row=number,
                        col=1,
                        x=line["step"].tolist(),
                        y=line["value"].tolist(),
                        mode="lines",
                        name=f"{run}: {curve}",
                        line={"color": colour, "dash": dash},
                        hovertemplate=f"{run}, {curve}: %{{y:.4f}} at step %{{x}}<extra></extra>",
                    )
    figure.update_xaxes(title_text="optimiser step", row=rows, col=1)
    return figure


def _score_by_group(values: pd.DataFrame, group_title: str, score_title: str) -> go.Figure:
    values = labelled(values)
    figure = empty_figure(
        height=360,
        xaxis={"title": group_title, "type": "category", "tickangle": -45},
        yaxis={"title": score_title, "rangemode": "tozero"},
    )
    for name, colour in colours(values["model"]).items():
        rows = rows_where(values, values["model"] == name)
        figure.add_scatter(
            x=rows["group"].tolist(),
            y=rows["value"].tolist(),
            mode="lines+markers",
            name=name,
            line={"color": colour},
            error_y=whiskers(rows, colour),
            customdata=rows[["low", "high", "songs"]].to_numpy().tolist(),
            hovertemplate=name + ", %{x}: %{y:.3f}<br>95% interval %{customdata[0]:.3f} to "
            "%{customdata[1]:.3f}, %{customdata[2]} songs<extra></extra>",
        )
    return figure


def whiskers(rows: pd.DataFrame, colour: str) -> dict[str, Any]:
    """Error bars from ``value``, ``low`` and ``high``."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["high"] - rows["value"]).tolist(),
        "arrayminus": (rows["value"] - rows["low"]).tolist(),
        "thickness": 1.2,
        "width": 3,
        "color": colour,
    }
