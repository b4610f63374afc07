"""How genre models do, class by class and confidence by confidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from engine.figures.style import (
    GRID,
    NEUTRAL,
    SEQUENTIAL,
    add_cell_texts,
    colours,
    empty_figure,
    label,
    rows_where,
)

_MATRIX = 460  # pixels
MIN_SONGS = 10

if TYPE_CHECKING:
    import pandas as pd


def f1_heat_map(scores: pd.DataFrame) -> go.Figure:
    """F1 of every genre (columns) for every model (index); values from 0 to 1."""
    figure = empty_figure(
        height=110 + 34 * len(scores),
        xaxis={"title": "genre", "side": "bottom", "type": "category"},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    values = scores.to_numpy(dtype=float)
    genres = [label(name) for name in scores.columns]
    names = [label(name) for name in scores.index]
    figure.add_heatmap(
        z=values,
        x=genres,
        y=names,
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        hovertemplate="%{y}, %{x}: F1 %{z:.3f}<extra></extra>",
        xgap=2,
        ygap=2,
    )
    texts = [["" if math.isnan(value) else _hundredths(value) for value in row] for row in values]
    add_cell_texts(figure, genres, names, values.tolist(), texts)
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(showgrid=False)
    return figure


def _hundredths(value: float) -> str:
    """A share short enough for a narrow cell: ".05", "1", and "0" for what rounds to it."""
    shown = f"{value:.2f}"
    return shown.removeprefix("0") if 0 < float(shown) < 1 else f"{float(shown):.0f}"


def confusion_matrix(
    counts: np.ndarray, labels: Sequence[str], songs: Sequence[int] | None = None
) -> go.Figure:
    """How one model's answers lie: rows are the true genre, columns the predicted one.

    Parameters
    ----------
    counts : array, shape (labels, labels)
        Counts of songs, as `engine.evaluation.metrics.genre.confusion` gives them; the colour is
        the share of the row, so that rare genres can be read.
    songs : sequence of int, optional
        Songs of each true genre, where some were given an answer that is none of the labels.
    """
    genres = [label(name) for name in labels]
    totals = counts.sum(axis=1) if songs is None else np.asarray(songs)
    shares = counts / totals.clip(min=1)[:, None]
    figure = empty_figure(
        height=_MATRIX,
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        xaxis={"title": "predicted genre", "type": "category", "tickangle": -60},
        yaxis={"title": "true genre", "type": "category", "autorange": "reversed"},
    )
    figure.add_heatmap(
        z=100 * shares,
        x=genres,
        y=genres,
        zmin=0,
        zmax=100,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=counts,
        hovertemplate="true %{y}, predicted %{x}<br>%{customdata} songs, %{z:.1f}% of the genre"
        "<extra></extra>",
    )
    texts = [[f"{100 * s:.0f}" if s >= 0.005 else "" for s in line] for line in shares]
    add_cell_texts(figure, genres, genres, shares.tolist(), texts)
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(showgrid=False)
    return figure


def reliability_diagrams(bins: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Accuracy against confidence, one line a model; on the diagonal a model knows how sure to be.

    Bins with fewer than `MIN_SONGS` songs tell nothing and are left out.

    Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv:1706.04599), section 2.

    Parameters
    ----------
    bins : mapping of str to data frame
        Columns ``confidence``, ``accuracy`` (both 0 to 1) and ``songs``, one row a bin, as
        `engine.evaluation.reliability_bins` gives them.
    """
    figure = empty_figure(
        height=420,
        xaxis={"title": "confidence (%)", "range": [0, 100]},
        yaxis={"title": "accuracy (%)", "range": [0, 100]},
    )
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="perfectly calibrated",
        line={"color": NEUTRAL, "dash": "dot"},
        hoverinfo="skip",
    )
    bins = {label(name): table for name, table in bins.items()}
    for name, colour in colours(bins).items():
        table = bins[name]
        table = rows_where(table, table["songs"] >= MIN_SONGS)
        largest = max(table["songs"].tolist(), default=1)
        figure.add_scatter(
            x=(100 * table["confidence"]).tolist(),
            y=(100 * table["accuracy"]).tolist(),
            mode="lines+markers",
            name=name,
            line={"color": colour},
            marker={
                "color": colour,
                "size": (4 + 12 * (table["songs"] / largest) ** 0.5).tolist(),
                "line": {"color": GRID, "width": 1},
            },
            customdata=table["songs"].tolist(),
            hovertemplate=name + ": said %{x:.0f}%, right %{y:.0f}%<br>%{customdata} songs"
            "<extra></extra>",
        )
    return figure
