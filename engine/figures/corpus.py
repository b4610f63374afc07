"""What a table of songs holds; each function draws the data frame of one `engine.corpora` count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from engine.figures.style import PALETTE, empty_figure, labelled

if TYPE_CHECKING:
    import pandas as pd


def genre_counts(counts: pd.DataFrame) -> go.Figure:
    """Songs per genre as horizontal bars; `counts` from `engine.corpora.songs_per_genre`."""
    counts = labelled(counts)
    figure = empty_figure(
        height=80 + 26 * len(counts),
        xaxis={"title": "songs"},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_bar(
        orientation="h",
        x=counts["songs"].tolist(),
        y=counts["genre"].tolist(),
        marker_color=PALETTE[0],
        text=counts["songs"].tolist(),
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} songs<extra></extra>",
    )
    return figure


def year_counts(counts: pd.DataFrame) -> go.Figure:
    """Songs per year; `counts` from `engine.corpora.songs_per_year`."""
    figure = empty_figure(height=260, xaxis={"title": "year"}, yaxis={"title": "songs"}, bargap=0.1)
    figure.add_bar(
        x=counts["year"].tolist(),
        y=counts["songs"].tolist(),
        marker_color=PALETTE[0],
        hovertemplate="%{x}: %{y} songs<extra></extra>",
    )
    return figure


def word_count_ranges(counts: pd.DataFrame) -> go.Figure:
    """Median words a song per genre, with quartiles; `counts` from `word_counts_by_genre`."""
    ordered = labelled(counts).sort_values("median", ascending=False)
    figure = empty_figure(
        height=80 + 26 * len(ordered),
        xaxis={"title": "words per song (median, whiskers: quartiles)", "rangemode": "tozero"},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_scatter(
        mode="markers",
        x=ordered["median"].tolist(),
        y=ordered["genre"].tolist(),
        marker={"color": PALETTE[0], "size": 10},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (ordered["high"] - ordered["median"]).tolist(),
            "arrayminus": (ordered["median"] - ordered["low"]).tolist(),
            "color": PALETTE[0],
        },
        customdata=ordered[["low", "high", "songs"]].to_numpy().tolist(),
        hovertemplate="%{y}: median %{x:.0f} words, half of the songs between %{customdata[0]:.0f} "
        "and %{customdata[1]:.0f}<br>%{customdata[2]} songs<extra></extra>",
    )
    return figure


def marking_word_bars(words: pd.DataFrame) -> go.Figure:
    """Words that mark a genre as bars of z; `words` from `engine.corpora.marking_words`."""
    words = labelled(words)
    figure = empty_figure(
        height=80 + 22 * len(words),
        xaxis={"title": "weighted log-odds, in standard deviations"},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_bar(
        orientation="h",
        x=words["z"].tolist(),
        y=words["word"].tolist(),
        marker_color=PALETTE[2],
        customdata=words[["uses", "uses_elsewhere", "songs"]].to_numpy().tolist(),
        hovertemplate="%{y}: z = %{x:.1f}<br>%{customdata[0]} uses in %{customdata[2]} songs "
        "of the genre, %{customdata[1]} in other genres<extra></extra>",
    )
    return figure
