"""Models against each other: any metrics side by side, and the differences of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from engine.figures.leaderboard import whiskers
from engine.figures.style import (
    NEUTRAL,
    PALETTE,
    colours,
    empty_figure,
    labelled,
    laid_out,
    rows_where,
)

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def score_panels(values: pd.DataFrame) -> go.Figure:
    """Draw each metric in a panel with a scale of its own: a dot a model, with its interval.

    Panels stand one below the other, as wide as the page: beside each other their titles would
    run together on a phone.

    Parameters
    ----------
    values : data frame
        Columns ``model``, ``metric`` (as to be read, the axis' title), ``value``, ``low`` and
        ``high``; the last two may be missing values. Rows in the order to be drawn.
    """
    values = labelled(values)
    metrics = list(dict.fromkeys(values["metric"]))
    colour = colours(values["model"])
    rows = max(1, len(metrics))
    figure = make_subplots(rows=rows, cols=1, vertical_spacing=0.36 / rows)
    laid_out(figure, 60 + rows * (80 + 34 * len(colour)), showlegend=False)
    for row, metric in enumerate(metrics, start=1):
        of = rows_where(values, values["metric"] == metric)
        figure.update_xaxes(title_text=metric, row=row, col=1)
        for name, shade in colour.items():
            line = rows_where(of, of["model"] == name)
            figure.add_scatter(
                row=row,
                col=1,
                x=line["value"].tolist(),
                y=line["model"].tolist(),
                mode="markers",
                name=name,
                marker={"color": shade, "size": 11},
                error_x=whiskers(line, shade),
                customdata=line[["low", "high"]].to_numpy().tolist(),
                hovertemplate=f"{name}: %{{x:.4g}}<br>95% interval %{{customdata[0]:.4g}} to "
                f"%{{customdata[1]:.4g}}<extra>{metric}</extra>",
            )
    names = list(colour)[::-1]
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=names)
    figure.update_xaxes(rangemode="tozero", nticks=5)
    return figure


def explanation_dots(values: pd.DataFrame) -> go.Figure:
    """Draw what words an explanation names do to an answer, above what random words do.

    Parameters
    ----------
    values : data frame
        As `engine.evaluation.board.summaries.explanation_values` gives them: one panel a measure,
        one row a model, one colour for each kind of words.
    """
    values = labelled(values)
    measures = list(dict.fromkeys(values["measure"]))
    models = list(dict.fromkeys(values["model"]))
    rows = max(len(measures), 1)
    figure = make_subplots(rows=rows, cols=1, vertical_spacing=0.44 / rows)
    laid_out(figure, 60 + rows * (110 + 34 * len(models)))
    kinds = dict(zip(dict.fromkeys(values["words"]), (PALETTE[0], NEUTRAL), strict=False))
    for number, measure in enumerate(measures, start=1):
        for words, colour in kinds.items():
            kept = (values["measure"] == measure) & (values["words"] == words)
            of = rows_where(values, kept)
            figure.add_scatter(
                row=number,
                col=1,
                x=of["value"].tolist(),
                y=of["model"].tolist(),
                mode="markers",
                name=words,
                legendgroup=words,
                showlegend=number == 1,
                marker={"color": colour, "size": 11},
                error_x=whiskers(of, colour),
                customdata=of[["low", "high"]].to_numpy().tolist(),
                hovertemplate=f"%{{y}}, words {words}: %{{x:.3f}}<br>95% interval "
                f"%{{customdata[0]:.3f}} to %{{customdata[1]:.3f}}<extra>{measure}</extra>",
            )
        figure.update_xaxes(title_text=f"{measure} (difference of probability)", row=number, col=1)
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=models[::-1])
    return figure


def pair_differences(pairs: pd.DataFrame, score_title: str) -> go.Figure:
    """Draw the difference of each pair of models with its interval; those that differ in colour.

    Parameters
    ----------
    pairs : data frame
        Columns ``pair`` (as to be read), ``difference``, ``low``, ``high`` and ``differs`` (bool).
    """
    pairs = labelled(pairs)
    figure = empty_figure(
        height=110 + 28 * len(pairs),
        xaxis={"title": f"difference in {score_title}"},
        yaxis={"title": None, "type": "category", "autorange": "reversed"},
    )
    for differs, name, colour in (
        (True, "they differ", PALETTE[0]),
        (False, "cannot be told apart", NEUTRAL),
    ):
        rows = rows_where(pairs, pairs["differs"] == differs)
        spread = rows.rename(columns={"difference": "value"})
        figure.add_scatter(
            x=rows["difference"].tolist(),
            y=rows["pair"].tolist(),
            mode="markers",
            name=name,
            marker={"color": colour, "size": 9},
            error_x=whiskers(spread, colour),
            customdata=rows[["low", "high"]].to_numpy().tolist(),
            hovertemplate="%{y}: %{x:+.4f}<br>95% interval %{customdata[0]:+.4f} to "
            "%{customdata[1]:+.4f}<extra></extra>",
        )
    figure.update_yaxes(categoryorder="array", categoryarray=pairs["pair"].tolist())
    figure.add_vline(x=0, line={"color": NEUTRAL, "dash": "dot"})
    return figure
