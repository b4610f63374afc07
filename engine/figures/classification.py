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
_LEAST_COVERAGE = 0.02

if TYPE_CHECKING:
    import pandas as pd


def f1_heat_map(scores: pd.DataFrame) -> go.Figure:
    """F1 of every genre (columns) for every model (index); values from 0 to 1."""
    return _heat_map(scores, "genre", "%{y}, %{x}: F1 %{z:.3f}")


def form_heat_map(values: pd.DataFrame) -> go.Figure:
    """A share for every written form (columns) and model (index); values from 0 to 1."""
    return _heat_map(values, "how the song is written down", "%{y}, %{x}: %{z:.3f}")


def _heat_map(values: pd.DataFrame, columns: str, told: str) -> go.Figure:
    """Numbers from 0 to 1, a row a model, under a title for the columns."""
    figure = empty_figure(
        height=190 + 34 * len(values),
        xaxis={
            "title": {"text": columns, "standoff": 16},
            "side": "bottom",
            "type": "category",
            "tickangle": -60,
        },
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    cells = values.to_numpy(dtype=float)
    across = [label(name) for name in values.columns]
    names = [label(name) for name in values.index]
    figure.add_heatmap(
        z=cells,
        x=across,
        y=names,
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        hovertemplate=told + "<extra></extra>",
        xgap=2,
        ygap=2,
    )
    texts = [["" if math.isnan(value) else _hundredths(value) for value in row] for row in cells]
    add_cell_texts(figure, across, names, cells.tolist(), texts)
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
        xaxis={"title": "confidence (%)", "range": [0, 104]},
        yaxis={"title": "accuracy (%)", "range": [0, 104]},
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


def selective_accuracy(curves: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Accuracy of a model's surest answers over the share of songs that they are, a line a model.

    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification"
    (JMLR 11), section 2.

    Parameters
    ----------
    curves : mapping of str to data frame
        Columns ``coverage`` and ``accuracy`` (both 0 to 1), the surest answers first, as
        `engine.evaluation.board.summaries.selective_curve` gives them.
    """
    figure = empty_figure(
        height=420,
        xaxis={"title": "songs answered, the surest first (%)", "range": [0, 100]},
        yaxis={"title": "accuracy (%)", "range": [0, 100]},
    )
    curves = {label(name): curve for name, curve in curves.items()}
    for name, colour in colours(curves).items():
        curve = curves[name]
        # The first few songs leap from right to wrong and tell nothing.
        kept = rows_where(curve, curve["coverage"] >= _LEAST_COVERAGE)
        figure.add_scatter(
            x=(100 * kept["coverage"]).tolist(),
            y=(100 * kept["accuracy"]).tolist(),
            mode="lines",
            name=name,
            line={"color": colour},
            hovertemplate=name + ": of %{x:.0f}% of the songs %{y:.0f}% right<extra></extra>",
        )
    return figure
