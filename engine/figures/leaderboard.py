"""Scores of several models beside each other, with their uncertainty and their cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from engine.figures.style import NEUTRAL, colours, empty_figure, rows_where

if TYPE_CHECKING:
    import pandas as pd


def bertscore_bars(values: pd.DataFrame) -> go.Figure:
    """Draw grouped bars with intervals: one group a metric, one bar a model.

    Meant for BERTScore precision, recall and F1 beside accuracy and macro F1, which shows how
    little the former move while the latter do; any metrics on a scale of 0 to 1 will do.

    Parameters
    ----------
    values : data frame
        Columns ``model``, ``metric`` (as to be read), ``value``, ``low``, ``high``; all 0 to 1,
        ``low`` and ``high`` may be missing values. Rows in the order to be drawn.
    """
    figure = empty_figure(
        height=380,
        barmode="group",
        bargap=0.25,
        xaxis={"title": None, "type": "category"},
        yaxis={"title": "score (0 to 1)", "range": [0, 1.08]},
    )
    for name, colour in colours(values["model"]).items():
        rows = rows_where(values, values["model"] == name)
        figure.add_bar(
            name=name,
            x=rows["metric"].tolist(),
            y=rows["value"].tolist(),
            marker_color=colour,
            error_y=_whiskers(rows),
            text=[f"{value:.2f}" for value in rows["value"]],
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            customdata=rows[["low", "high"]].to_numpy().tolist(),
            hovertemplate=name + ", %{x}: %{y:.4f}<br>95 % interval %{customdata[0]:.4f} to "
            "%{customdata[1]:.4f}<extra></extra>",
        )
    return figure


def accuracy_against_latency(models: pd.DataFrame, score_title: str = "accuracy") -> go.Figure:
    """Score against seconds a song, the marker's area being the model's size; Pareto front drawn.

    A model is on the front if none is both faster and better.

    Parameters
    ----------
    models : data frame
        Columns ``model``, ``score`` (higher is better), ``seconds`` (median, one song) and
        ``megabytes``.
    """
    figure = empty_figure(
        height=400,
        showlegend=False,
        xaxis={"title": "median time per song (s, logarithmic)", "type": "log"},
        yaxis={"title": score_title},
    )
    ordered = models.sort_values(["seconds", "score"], ascending=[True, False])
    best_before = ordered["score"].cummax().shift(fill_value=float("-inf"))
    front = rows_where(ordered, ordered["score"] > best_before)
    figure.add_scatter(
        x=front["seconds"].tolist(),
        y=front["score"].tolist(),
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "shape": "hv"},
        hovertext="Pareto front: no model is both faster and better",
        hoverinfo="text",
    )
    largest = max([float(value) for value in models["megabytes"].tolist()], default=1.0)
    colour = colours(models["model"])
    for row in models.to_dict("records"):
        figure.add_scatter(
            x=[row["seconds"]],
            y=[row["score"]],
            mode="markers+text",
            name=row["model"],
            text=[row["model"]],
            textposition="top center",
            marker={
                "color": colour[row["model"]],
                "size": max(10.0, 56 * (row["megabytes"] / max(largest, 1e-9)) ** 0.5),
                "opacity": 0.75,
            },
            customdata=[row["megabytes"]],
            hovertemplate="%{text}: %{y:.3f} at %{x:.4f} s<br>%{customdata:,.1f} MB<extra></extra>",
        )
    return figure


def bertscore_by_correctness(songs: pd.DataFrame) -> go.Figure:
    """BERTScore F1 of right and of wrong answers, as distributions: why it is not enough.

    Parameters
    ----------
    songs : data frame
        One row a song and model: ``model``, ``correct`` (bool), ``bertscore_f1`` (0 to 1).
    """
    figure = empty_figure(
        height=380,
        violinmode="overlay",
        xaxis={"title": None, "type": "category"},
        yaxis={"title": "BERTScore F1 of the answer (0 to 1)"},
    )
    colour = {"right answers": "#009E73", "wrong answers": "#D55E00"}
    for name, side, correct in (
        ("right answers", "positive", True),
        ("wrong answers", "negative", False),
    ):
        rows = rows_where(songs, songs["correct"] == correct)
        figure.add_violin(
            x=rows["model"].tolist(),
            y=rows["bertscore_f1"].tolist(),
            name=name,
            side=side,
            line_color=colour[name],
            meanline_visible=True,
            points=False,
            spanmode="hard",
            hoverinfo="y+name",
        )
    return figure


def score_by_length(values: pd.DataFrame, score_title: str = "accuracy") -> go.Figure:
    """Score of songs by their length; `values` from `engine.evaluation.score_by_length`."""
    return _score_by_group(values, "words in the lyric", score_title)


def score_by_decade(values: pd.DataFrame, score_title: str = "accuracy") -> go.Figure:
    """Score of songs by the decade they came out in; from `engine.evaluation.score_by_decade`."""
    return _score_by_group(values, "decade", score_title)


def training_curves(points: pd.DataFrame) -> go.Figure:
    """Loss and scores over training steps.

    Parameters
    ----------
    points : data frame
        Columns ``run``, ``curve`` (such as "training loss"), ``step`` and ``value``.
    """
    figure = empty_figure(
        height=360, xaxis={"title": "optimiser step"}, yaxis={"title": "loss or score"}
    )
    dashes = ("solid", "dot", "dash", "dashdot")
    curves = list(dict.fromkeys(points["curve"]))
    for run, colour in colours(points["run"]).items():
        for index, curve in enumerate(curves):
            rows = rows_where(points, (points["run"] == run) & (points["curve"] == curve))
            if len(rows):
                figure.add_scatter(
                    x=rows["step"].tolist(),
                    y=rows["value"].tolist(),
                    mode="lines",
                    name=f"{run}: {curve}",
                    line={"color": colour, "dash": dashes[index % len(dashes)]},
                    hovertemplate=f"{run}, {curve}: %{{y:.4f}} at step %{{x}}<extra></extra>",
                )
    return figure


def _score_by_group(values: pd.DataFrame, group_title: str, score_title: str) -> go.Figure:
    figure = empty_figure(
        height=360,
        xaxis={"title": group_title, "type": "category"},
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
            error_y=_whiskers(rows),
            customdata=rows[["low", "high", "songs"]].to_numpy().tolist(),
            hovertemplate=name + ", %{x}: %{y:.3f}<br>95 % interval %{customdata[0]:.3f} to "
            "%{customdata[1]:.3f}, %{customdata[2]} songs<extra></extra>",
        )
    return figure


def _whiskers(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows["high"] - rows["value"]).tolist(),
        "arrayminus": (rows["value"] - rows["low"]).tolist(),
        "thickness": 1.2,
        "width": 3,
        "color": NEUTRAL,
    }
