"""Measures of words by year and by genre; each table is one of `engine.corpora.store.trends`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from engine.figures.leaderboard import whiskers
from engine.figures.style import (
    NEUTRAL,
    PALETTE,
    empty_figure,
    label,
    labelled,
    laid_out,
    rows_where,
)

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_BAND = 0.16
_NEAR = 0.06  # six ticks, a percent apart


def trend_lines(tables: Mapping[str, pd.DataFrame], axis: str, *, share: bool = False) -> go.Figure:
    """Lines by year with their intervals, and below how many songs each year has.

    Points of years with few songs are hollow, and their wide intervals do not stretch the axis.

    Parameters
    ----------
    tables : mapping
        What a line is called to its table: ``year``, ``songs``, ``value``, ``low``, ``high``,
        ``few``.
    axis : str
        What is measured.
    share : bool
        Whether values are shares, written in percent.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.74, 0.26], vertical_spacing=0.06
    )
    laid_out(figure, 440)
    shown = ".1%" if share else ".2f"
    for (name, table), colour in zip(tables.items(), _colours(len(tables)), strict=True):
        named = label(name)
        years, known = table["year"].tolist(), table["low"].notna()
        inside = rows_where(table, known)
        figure.add_scatter(
            x=[*inside["year"], *inside["year"][::-1]],
            y=[*inside["high"], *inside["low"][::-1]],
            fill="toself",
            fillcolor=_faint(colour),
            line={"width": 0},
            mode="lines",
            legendgroup=named,
            showlegend=False,
            hoverinfo="skip",
            row=1,
            col=1,
        )
        figure.add_scatter(
            x=years,
            y=table["value"].tolist(),
            name=named,
            legendgroup=named,
            showlegend=len(tables) > 1,
            mode="lines+markers",
            line={"color": colour, "width": 1.5},
            marker={
                "color": colour,
                "size": 7,
                "symbol": ["circle-open" if few else "circle" for few in table["few"]],
            },
            customdata=table[["low", "high", "songs"]].to_numpy().tolist(),
            hovertemplate=f"{named} %{{x}}: %{{y:{shown}}}<br>95% interval "
            f"%{{customdata[0]:{shown}}} to %{{customdata[1]:{shown}}}<br>"
            "%{customdata[2]} songs<extra></extra>",
            row=1,
            col=1,
        )
    counts = max(tables.values(), key=len)
    figure.add_bar(
        x=counts["year"].tolist(),
        y=counts["songs"].tolist(),
        marker_color=NEUTRAL,
        showlegend=False,
        hovertemplate="%{x}: %{y} songs<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(
        title_text=axis,
        tickformat=_percent([value for table in tables.values() for value in table["value"]])
        if share
        else None,
        nticks=6,
        range=_range(tables),
        row=1,
        col=1,
    )
    figure.update_yaxes(title_text="songs", nticks=3, rangemode="tozero", row=2, col=1)
    figure.update_xaxes(title_text="year", tickformat="d", row=2, col=1)
    return figure


def genre_dots(table: pd.DataFrame, axis: str, *, share: bool = False) -> go.Figure:
    """A figure of each genre with its interval, highest first; hollow where there are few songs."""
    ordered = labelled(table).sort_values("value", ascending=False)
    shown = ".1%" if share else ".2f"
    figure = empty_figure(
        height=max(90 + 26 * len(ordered), 180),
        xaxis={
            "title": axis,
            "tickformat": _percent([*ordered["low"], *ordered["high"]]) if share else None,
            "nticks": 6,
        },
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_scatter(
        mode="markers",
        x=ordered["value"].tolist(),
        y=ordered["genre"].tolist(),
        marker={
            "color": PALETTE[0],
            "size": 10,
            "symbol": ["circle-open" if few else "circle" for few in ordered["few"]],
        },
        error_x=whiskers(ordered, PALETTE[0]),
        customdata=ordered[["low", "high", "songs"]].to_numpy().tolist(),
        hovertemplate=f"%{{y}}: %{{x:{shown}}}<br>95% interval %{{customdata[0]:{shown}}} to "
        f"%{{customdata[1]:{shown}}}<br>%{{customdata[2]}} songs<extra></extra>",
    )
    return figure


def _percent(values: Sequence[float]) -> str:
    """How shares on an axis are written: with a decimal where they lie near each other."""
    known = [value for value in values if not isnan(value)]
    return ".0%" if known and max(known) - min(known) >= _NEAR else ".1%"


def _range(tables: Mapping[str, pd.DataFrame]) -> list[float] | None:
    """From the least to the greatest point, and interval of years with songs enough; None: all."""
    shown: list[float] = []
    for table in tables.values():
        certain = rows_where(table, ~table["few"].astype(bool))
        if not len(certain):
            return None
        shown += [*table["value"].tolist(), *certain["low"].tolist(), *certain["high"].tolist()]
    least, greatest = min(shown, default=0.0), max(shown, default=1.0)
    room = 0.06 * (greatest - least) or 0.5
    return [least - room, greatest + room]


def _colours(count: int) -> list[str]:
    return [PALETTE[at % len(PALETTE)] for at in range(count)]


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND})"
