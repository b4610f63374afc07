"""What all figures share: the palette, the layout, how they leave the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C8C8C", "#A6761D")
"""Okabe and Ito 2008 (jfly.uni-koeln.de/color), told apart by colour-blind readers; its black and
yellow, unreadable on dark or light pages, are left out for a grey and a brown."""

NEUTRAL = "#8C8C8C"
GRID = "rgba(128,128,128,0.25)"
SEQUENTIAL = ((0.0, "rgba(0,114,178,0.04)"), (1.0, "rgba(0,114,178,1)"))


def colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name, in the order first met; the palette starts again after its end."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name, PALETTE[len(found) % len(PALETTE)])
    return found


def empty_figure(height: int, **layout: Any) -> go.Figure:
    """A figure with the shared layout and no traces; `height` in pixels."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None},
        hoverlabel={"align": "left"},
    )
    figure.update_xaxes(gridcolor=GRID, zerolinecolor=GRID, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zerolinecolor=GRID, automargin=True)
    figure.update_layout(**layout)
    return figure


def as_html(figure: go.Figure) -> str:
    """The figure as one HTML page that works offline (plotly's script, some 4 MB, is inside)."""
    return str(figure.to_html(include_plotlyjs=True, full_html=True))


def download_settings(name: str, image_format: str = "png") -> dict[str, Any]:
    """The ``config`` of a chart whose camera button saves `name` as "png" or "svg"."""
    return {
        "displaylogo": False,
        "toImageButtonOptions": {"filename": name, "format": image_format, "scale": 2},
        "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    }
