"""Songs as models write them, beside songs that humans wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plotly.subplots import make_subplots

from engine.figures.leaderboard import whiskers
from engine.figures.style import GRID, NEUTRAL, colours, labelled, laid_out, rows_where

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_TITLE, _DOT, _BETWEEN = 22, 15, 12  # pixels of a row: its title, each model, the space below
_AXIS = 70
_BAND = "rgba(140,140,140,0.38)"


def beside_humans(values: pd.DataFrame, human: str) -> go.Figure:
    """Each statistic in a row of its own: a band for humans, a dot and interval a model.

    The title of a row stands over it, so that a phone has room for both.

    Parameters
    ----------
    values : data frame
        Columns ``model``, ``metric`` (as to be read), ``axis`` (the title of the axis it is drawn
        over: one panel each), ``value``, ``low``, ``high``; in the order to be drawn.
    human : str
        The name among the models that the others are compared with.
    """
    values = labelled(values)
    models = [name for name in dict.fromkeys(values["model"]) if name != human]
    colour = colours(models)
    row = _TITLE + _DOT * max(1, len(models)) + _BETWEEN
    axes = dict.fromkeys(values["axis"])
    panels = [(title, rows_where(values, values["axis"] == title)) for title in axes]
    counts = [len(set(of["metric"])) for _, of in panels]
    height = 50 + sum(row * count + _AXIS for count in counts)
    figure = make_subplots(
        rows=max(1, len(panels)),
        cols=1,
        row_heights=counts or None,
        vertical_spacing=_AXIS / height if len(panels) > 1 else 0,
    )
    laid_out(figure, height)
    for number, (title, of) in enumerate(panels, start=1):
        metrics = list(dict.fromkeys(of["metric"]))
        place: dict[str, Any] = {"row": number, "col": 1}
        tops = {metric: at * row for at, metric in enumerate(metrics)}
        for metric, top in tops.items():
            figure.add_annotation(
                x=0,
                xref="x domain" if number == 1 else f"x{number} domain",
                y=top + 0.3 * _TITLE,
                yref="y" if number == 1 else f"y{number}",
                xanchor="left",
                showarrow=False,
                text=metric,
            )
        theirs = rows_where(of, of["model"] == human)
        lines = [
            tops[metric] + _TITLE + _DOT * max(1, len(models)) / 2 for metric in theirs["metric"]
        ]
        figure.add_bar(
            **place,
            orientation="h",
            name=human,
            legendgroup=human,
            showlegend=number == 1,
            y=lines,
            base=theirs["low"].tolist(),
            x=(theirs["high"] - theirs["low"]).tolist(),
            width=_DOT * max(1, len(models)),
            marker={"color": _BAND, "line": {"width": 0}},
            hoverinfo="skip",
        )
        figure.add_scatter(
            **place,
            x=theirs["value"].tolist(),
            y=lines,
            mode="markers",
            name=human,
            legendgroup=human,
            showlegend=False,
            marker={
                "symbol": "line-ns-open",
                "size": 0.8 * _DOT * max(1, len(models)),
                "line": {"width": 3, "color": NEUTRAL},
                "color": NEUTRAL,
            },
            customdata=theirs[["low", "high", "metric"]].to_numpy().tolist(),
            hovertemplate="%{customdata[2]}: %{x:.3f}<br>95% interval %{customdata[0]:.3f} to "
            f"%{{customdata[1]:.3f}}<extra>{human}</extra>",
        )
        for at, name in enumerate(models):
            ours = rows_where(of, of["model"] == name)
            figure.add_scatter(
                **place,
                x=ours["value"].tolist(),
                y=[tops[metric] + _TITLE + _DOT * (at + 0.5) for metric in ours["metric"]],
                mode="markers",
                name=name,
                legendgroup=name,
                showlegend=number == 1,
                marker={"color": colour[name], "size": 10},
                error_x=whiskers(ours, colour[name]),
                customdata=ours[["low", "high", "metric"]].to_numpy().tolist(),
                hovertemplate="%{customdata[2]}: %{x:.3f}<br>95% interval %{customdata[0]:.3f} to "
                f"%{{customdata[1]:.3f}}<extra>{name}</extra>",
            )
        figure.update_xaxes(title_text=title, rangemode="tozero", nticks=6, **place)
        figure.update_yaxes(
            visible=False, range=[len(metrics) * row, -2], zeroline=False, gridcolor=GRID, **place
        )
    return figure
