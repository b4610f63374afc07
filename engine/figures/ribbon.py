"""A song's genre line by line: a heat map and a strip."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from engine.classifiers.prediction import Prediction
from engine.figures.style import (
    NEUTRAL,
    PALETTE,
    SEQUENTIAL,
    empty_figure,
    label,
    labelled_predictions,
)

_LABEL_LENGTH = 24
_SHORTEST, _TALLEST = 200, 2400  # pixels


def line_heat_map(lines: Sequence[str], predictions: Sequence[Prediction]) -> go.Figure:
    """Probability of every genre (columns) at every line of a song (rows, the first on top).

    Parameters
    ----------
    lines : sequence of str
        The sung lines; long ones are cut in the labels and whole in the hover text.
    predictions : sequence of Prediction
        One a line.
    """
    predictions = labelled_predictions(predictions)
    genres = _by_mean(predictions)
    rows = [dict(zip(p.labels, p.probabilities, strict=True)) for p in predictions]
    labels = [f"{number}  {_cut(line)}" for number, line in enumerate(lines, start=1)]
    # A scale to 100% would leave most songs pale: single lines are rarely that sure.
    highest = max((p for row in rows for p in row.values()), default=1.0)
    figure = empty_figure(
        height=min(max(100 + 22 * len(lines), _SHORTEST), _TALLEST),
        xaxis={
            "title": {"text": "genre", "standoff": 12},
            "side": "top",
            "type": "category",
            "dtick": 1,
            "showgrid": False,
        },
        yaxis={"title": None, "autorange": "reversed", "type": "category", "showgrid": False},
    )
    figure.add_heatmap(
        z=[[100 * row[genre] for genre in genres] for row in rows],
        x=genres,
        y=labels,
        customdata=[[label(line, 200)] * len(genres) for line in lines],
        zmin=0,
        zmax=10 * math.ceil(10 * highest),
        colorscale=[list(stop) for stop in SEQUENTIAL],
        colorbar={"title": "%", "thickness": 12},
        hovertemplate="%{customdata}<br>%{x}: %{z:.0f}%<extra></extra>",
        xgap=1,
        ygap=1,
    )
    return figure


def genre_strip(lines: Sequence[str], predictions: Sequence[Prediction]) -> go.Figure:
    """The most probable genre along the song, from left to right; stronger colour, surer answer.

    Neighbouring lines of one genre are one named segment; the commonest genres have a colour each,
    the others are grey.
    """
    predictions = labelled_predictions(predictions)
    counts = Counter(prediction.label for prediction in predictions)
    colour = dict(zip((genre for genre, _ in counts.most_common()), PALETTE[:6], strict=False))
    figure = empty_figure(
        height=150,
        barmode="stack",
        bargap=0.0,
        showlegend=False,
        xaxis={
            "title": "line",
            "range": [0.5, len(lines) + 0.5],
            "tick0": 1,
            "dtick": max(1, len(lines) // 10),
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [-0.5, 0.9]},
    )
    for index, (line, prediction) in enumerate(zip(lines, predictions, strict=True)):
        figure.add_bar(
            x=[1],
            y=[0],
            base=[index + 0.5],
            orientation="h",
            width=[0.8],
            marker={
                "color": colour.get(prediction.label, NEUTRAL),
                "opacity": 0.25 + 0.75 * prediction.confidence,
                "line": {"width": 0},
            },
            hovertemplate=f"{index + 1}. {label(line, 200)}<br>{prediction.label} "
            f"{100 * prediction.confidence:.0f}%<extra></extra>",
        )
    start = 0
    for genre, run in groupby(prediction.label for prediction in predictions):
        length = len(list(run))
        if length / len(lines) >= 0.06:  # a shorter segment has no room for its name
            figure.add_annotation(
                x=start + length / 2 + 0.5, y=0.62, text=genre, showarrow=False, yanchor="middle"
            )
        start += length
    return figure


def _by_mean(predictions: Sequence[Prediction]) -> list[str]:
    sums: dict[str, float] = {}
    for prediction in predictions:
        for genre, probability in zip(prediction.labels, prediction.probabilities, strict=True):
            sums[genre] = sums.get(genre, 0.0) + probability
    return sorted(sums, key=lambda genre: (-sums[genre], genre))


def _cut(line: str) -> str:
    return label(line, _LABEL_LENGTH)
