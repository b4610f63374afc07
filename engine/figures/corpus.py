"""What a table of songs holds; each function draws the data frame of one `engine.corpora` count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from engine.figures.style import NEUTRAL, PALETTE, empty_figure, labelled

if TYPE_CHECKING:
    import pandas as pd


def genre_counts(
    counts: pd.DataFrame, chosen: Sequence[str] = (), column: str = "genre"
) -> go.Figure:
    """Songs per genre, or other `column`, as horizontal bars; `counts` has it and ``songs``.

    Bars of genres that are not `chosen`, if any are, are grey.
    """
    kept = [not chosen or name in chosen for name in counts[column]]
    counts = labelled(counts)
    songs = counts["songs"].tolist()
    figure = empty_figure(
        height=_height(len(counts)),
        # Room for the longest bar's number, also on a narrow page.
        xaxis={"title": "songs", "range": [0, 1.2 * max(songs, default=1)]},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    figure.add_bar(
        orientation="h",
        x=songs,
        y=counts[column].tolist(),
        marker_color=_coloured(kept),
        text=[f"{count:,}" for count in songs],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} songs<extra></extra>",
    )
    return figure


def year_counts(counts: pd.DataFrame, chosen: tuple[int, int] | None = None) -> go.Figure:
    """Songs per year; `counts` has ``year`` and ``songs``.

    Bars outside the range of years that is `chosen`, if one is, are grey.
    """
    years = counts["year"].tolist()
    figure = _histogram("year")
    figure.add_bar(
        x=years,
        y=counts["songs"].tolist(),
        marker_color=_coloured([_within(year, year, chosen) for year in years]),
        hovertemplate="%{x}: %{y} songs<extra></extra>",
    )
    return figure


def length_counts(counts: pd.DataFrame, chosen: tuple[int, int] | None = None) -> go.Figure:
    """Songs by their words; `counts` from `engine.corpora.store.SongStore.lengths`.

    Bars outside the range of words that is `chosen`, if one is, are grey.
    """
    lows, highs = counts["low"].tolist(), counts["high"].tolist()
    figure = _histogram("words in a song")
    figure.add_bar(
        x=lows,
        y=counts["songs"].tolist(),
        offset=0,
        width=min((high - low + 1 for low, high in zip(lows, highs, strict=True)), default=1)
        * 0.95,
        marker_color=_coloured([_within(*pair, chosen) for pair in zip(lows, highs, strict=True)]),
        customdata=highs,
        hovertemplate="%{x} to %{customdata} words: %{y} songs<extra></extra>",
    )
    return figure


def _height(bars: int) -> int:
    """Of a figure with so many names beside each other; with few there is room for the axis."""
    return max(80 + 26 * bars, 170)


def _histogram(title: str) -> go.Figure:
    """Axes for bars that a range can be drawn over."""
    return empty_figure(
        height=260,
        xaxis={"title": title},
        yaxis={"title": "songs"},
        bargap=0.1,
        dragmode="select",
        selectdirection="h",
    )


def _within(low: int, high: int, chosen: tuple[int, int] | None) -> bool:
    return chosen is None or (low <= chosen[1] and high >= chosen[0])


def _coloured(kept: Sequence[bool]) -> list[str]:
    return [PALETTE[0] if one else NEUTRAL for one in kept]


def word_count_ranges(counts: pd.DataFrame) -> go.Figure:
    """Median words a song per genre, with quartiles; `counts` from `word_counts_by_genre`."""
    ordered = labelled(counts).sort_values("median", ascending=False)
    figure = empty_figure(
        height=_height(len(ordered)),
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
