"""Harmony of one or two sets of songs; tables are those of `engine.corpora.harmony_counts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.figures.style import (
    PALETTE,
    SEQUENTIAL,
    add_cell_texts,
    empty_figure,
    label,
    labelled,
)

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_BAR, _GAP = 15, 9  # pixels


def share_bars(tables: Mapping[str, pd.DataFrame], column: str, counted: str) -> go.Figure:
    """Shares of one set or of several side by side, one group of bars for each value.

    Parameters
    ----------
    tables : mapping
        What a set is called to its table: `column`, ``share``, and `counted` (how many).
    column : str
        What the shares are of; values stand in the order of the first table that has them.
    counted : str
        The column of counts, as it is also called: "songs".
    """
    values = list(dict.fromkeys(str(one) for table in tables.values() for one in table[column]))
    figure = empty_figure(
        height=100 + len(values) * (_BAR * max(len(tables), 1) + _GAP),
        xaxis={"title": f"share of {counted}", "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
        barmode="group",
        bargap=_GAP / (_BAR + _GAP),
        bargroupgap=0.05,
    )
    for at, (name, table) in enumerate(tables.items()):
        shown = labelled(table)
        figure.add_bar(
            orientation="h",
            name=label(name),
            showlegend=len(tables) > 1,
            y=[label(value) for value in shown[column]],
            x=shown["share"].tolist(),
            marker_color=PALETTE[at],
            customdata=shown[counted].tolist(),
            text=[f"{share:.0%}" for share in shown["share"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"%{{y}}: %{{x:.1%}}, %{{customdata}} {counted}"
            f"<extra>{label(name)}</extra>",
        )
    return figure


def transition_heat_map(table: pd.DataFrame) -> go.Figure:
    """What follows each numeral, in percent of a row; `table` as `transitions` gives it."""
    steps = [label(step) for step in table.index]
    behind = [label(step) for step in table.columns if step != "moves"]
    shares = table.drop(columns="moves").to_numpy().tolist()
    figure = empty_figure(
        height=120 + 30 * len(steps),
        xaxis={"title": "is followed by", "side": "top", "type": "category", "tickangle": 0},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_heatmap(
        x=behind,
        y=steps,
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=[[moves] * len(behind) for moves in table["moves"].tolist()],
        hovertemplate="%{y} goes to %{x} in %{z:.0%} of its %{customdata} moves<extra></extra>",
    )
    texts = [[f"{share:.0%}"[:-1] if share >= 0.005 else "" for share in row] for row in shares]
    add_cell_texts(figure, behind, steps, shares, texts)
    return figure
