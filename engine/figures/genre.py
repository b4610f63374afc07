"""What the genre models said of one lyric, or of a few."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from engine.classifiers.prediction import Prediction
from engine.figures.style import NEUTRAL, colours, empty_figure, labelled_predictions


def probability_bars(predictions: Sequence[Prediction]) -> go.Figure:
    """Probability of each genre as horizontal bars, one bar a model, most probable genre on top.

    Parameters
    ----------
    predictions : sequence of Prediction
        One per model, for the same lyric.
    """
    predictions = labelled_predictions(predictions)
    means: dict[str, float] = {}
    for prediction in predictions:
        for label, probability in zip(prediction.labels, prediction.probabilities, strict=True):
            means[label] = means.get(label, 0.0) + probability / len(predictions)
    genres = sorted(means, key=lambda label: (-means[label], label))
    figure = empty_figure(
        height=72 + len(genres) * (10 + 13 * max(len(predictions), 1)),
        barmode="group",
        bargap=0.25,
        bargroupgap=0.05,
        xaxis={"title": "probability (%)", "range": [0, 104], "ticksuffix": ""},
        yaxis={"title": None, "autorange": "reversed"},
    )
    colour = colours(prediction.model for prediction in predictions)
    for prediction in predictions:
        of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
        values = [100 * of.get(label, 0.0) for label in genres]
        figure.add_bar(
            orientation="h",
            name=prediction.model,
            y=genres,
            x=values,
            marker_color=colour[prediction.model],
            text=[f"{value:.0f}" if value >= 5 else "" for value in values],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            customdata=[prediction.base] * len(genres),
            hovertemplate="%{y}: %{x:.1f} %<br>"
            + prediction.model
            + " (%{customdata})<extra></extra>",
        )
    return figure


def probability_changes(
    before: Sequence[Prediction], after: Sequence[Prediction], top: int | None = 8
) -> go.Figure:
    """How far each genre's probability moved, in percentage points: one bar a model.

    Parameters
    ----------
    before, after : sequence of Prediction
        Of two lyrics; models that answered only one of them are left out.
    top : int, optional
        Show only as many genres, by the largest move of any model; all with None.
    """
    before, after = labelled_predictions(before), labelled_predictions(after)
    old = {prediction.model: _by_genre(prediction) for prediction in before}
    moves: dict[str, dict[str, float]] = {
        prediction.model: {
            genre: 100 * (value - old[prediction.model].get(genre, 0.0))
            for genre, value in _by_genre(prediction).items()
        }
        for prediction in after
        if prediction.model in old
    }
    largest: dict[str, float] = {}
    for move in moves.values():
        for genre, points in move.items():
            largest[genre] = max(largest.get(genre, 0.0), abs(points))
    genres = sorted(largest, key=lambda genre: (-largest[genre], genre))[:top]
    widest = max([*largest.values(), 5.0]) * 1.25
    figure = empty_figure(
        height=84 + len(genres) * (10 + 13 * max(len(moves), 1)),
        barmode="group",
        bargap=0.25,
        bargroupgap=0.05,
        xaxis={
            "title": "change (percentage points)",
            "range": [-widest, widest],
            "zeroline": True,
            "zerolinecolor": NEUTRAL,
            "zerolinewidth": 2,
        },
        yaxis={"title": None, "autorange": "reversed"},
    )
    colour = colours(prediction.model for prediction in after)
    for model, move in moves.items():
        values = [move.get(genre, 0.0) for genre in genres]
        figure.add_bar(
            orientation="h",
            name=model,
            y=genres,
            x=values,
            marker_color=colour[model],
            text=[f"{value:+.0f}" if abs(value) >= 1 else "" for value in values],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:+.1f} points<br>" + model + "<extra></extra>",
        )
    return figure


def two_lyrics_bars(first: Prediction, second: Prediction, names: tuple[str, str]) -> go.Figure:
    """One model's probabilities for two lyrics, a full and a hatched bar a genre."""
    sides = [_by_genre(side) for side in labelled_predictions([first, second])]
    genres = sorted(sides[0], key=lambda genre: (-max(side[genre] for side in sides), genre))
    figure = empty_figure(
        height=84 + 36 * len(genres),
        barmode="group",
        bargap=0.25,
        bargroupgap=0.05,
        xaxis={"title": "probability (%)", "range": [0, 104]},
        yaxis={"title": None, "autorange": "reversed"},
    )
    colour = colours(names)
    for name, side, hatch in zip(names, sides, ("", "/"), strict=True):
        values = [100 * side[genre] for genre in genres]
        figure.add_bar(
            orientation="h",
            name=name,
            y=genres,
            x=values,
            marker={"color": colour[name], "pattern": {"shape": hatch}},
            text=[f"{value:.0f}" if value >= 5 else "" for value in values],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f} %<br>" + name + "<extra></extra>",
        )
    return figure


def _by_genre(prediction: Prediction) -> dict[str, float]:
    return dict(zip(prediction.labels, prediction.probabilities, strict=True))
