"""What the genre models said of one lyric, or of a few."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from engine.classifiers.prediction import Prediction
from engine.figures.style import MINUS, NEUTRAL, colours, empty_figure, labelled_predictions


def probability_bars(predictions: Sequence[Prediction], top: int = 5) -> go.Figure:
    """Probability of the genres that matter, one bar a model, the most probable genre on top.

    Parameters
    ----------
    predictions : sequence of Prediction
        One per model, for the same lyric.
    top : int
        So many genres have bars of their own, by the most that any model gives them, and every
        model's answer has one; the others are added up in one more group.
    """
    predictions = labelled_predictions(predictions)
    of = {prediction.model: _by_genre(prediction) for prediction in predictions}
    means: dict[str, float] = {}
    most: dict[str, float] = {}
    for prediction in predictions:
        for genre, probability in of[prediction.model].items():
            means[genre] = means.get(genre, 0.0) + probability / len(predictions)
            most[genre] = max(most.get(genre, 0.0), probability)
    answers = {prediction.label for prediction in predictions}
    chosen = sorted(most, key=lambda genre: (genre not in answers, -most[genre], genre))
    chosen = chosen[: max(top, len(answers))]
    if len(most) - len(chosen) == 1:  # a single other genre is told by its name
        chosen = list(most)
    genres = sorted(chosen, key=lambda genre: (-means[genre], genre))
    folded = [genre for genre in most if genre not in genres]
    groups = [*genres, f"{len(folded)} other genres"] if folded else genres
    figure = empty_figure(
        height=72 + len(groups) * (10 + 15 * max(len(predictions), 1)),
        barmode="group",
        bargap=0.25,
        bargroupgap=0.05,
        xaxis={"title": "probability (%)", "range": [0, 108], "ticksuffix": ""},
        yaxis={"title": None, "autorange": "reversed", "type": "category"},
    )
    colour = colours(prediction.model for prediction in predictions)
    for prediction in predictions:
        told = of[prediction.model]
        values = [100 * told.get(genre, 0.0) for genre in genres]
        if folded:
            values.append(100 * sum(told.get(genre, 0.0) for genre in folded))
        figure.add_bar(
            orientation="h",
            name=prediction.model,
            y=groups,
            x=values,
            marker_color=colour[prediction.model],
            text=[f"{value:.0f}" if value >= 1 else "" for value in values],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            customdata=[prediction.base] * len(groups),
            hovertemplate="%{y}: %{x:.1f}%<br>"
            + prediction.model
            + " (%{customdata})<extra></extra>",
        )
    return figure


def probability_changes(
    before: Sequence[Prediction], after: Sequence[Prediction], top: int | None = 8
) -> go.Figure:
    """How far each genre's probability moved, in percentage points, and from where to where.

    Parameters
    ----------
    before, after : sequence of Prediction
        Of two lyrics; models that answered only one of them are left out.
    top : int, optional
        Show only as many genres, by the largest move of any model; all with None.
    """
    before, after = labelled_predictions(before), labelled_predictions(after)
    old = {prediction.model: _by_genre(prediction) for prediction in before}
    new = {p.model: _by_genre(p) for p in after if p.model in old}
    moves: dict[str, dict[str, float]] = {
        model: {
            genre: 100 * (value - old[model].get(genre, 0.0)) for genre, value in answer.items()
        }
        for model, answer in new.items()
    }
    largest: dict[str, float] = {}
    for move in moves.values():
        for genre, points in move.items():
            largest[genre] = max(largest.get(genre, 0.0), abs(points))
    genres = sorted(largest, key=lambda genre: (-largest[genre], genre))[:top]
    widest = max([*largest.values(), 5.0]) * 1.6  # room for the numbers
    figure = empty_figure(
        height=84 + len(genres) * (10 + 15 * max(len(moves), 1)),
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
        ends = [(100 * old[model].get(genre, 0.0), 100 * new[model][genre]) for genre in genres]
        figure.add_bar(
            orientation="h",
            name=model,
            y=genres,
            x=values,
            marker_color=colour[model],
            text=[f"{was:.0f} → {now:.0f}" if abs(now - was) >= 1 else "" for was, now in ends],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            customdata=[
                (f"{was:.1f}%", f"{now:.1f}%", f"{now - was:+.1f}".replace("-", MINUS))
                for was, now in ends
            ],
            hovertemplate="%{y}: from %{customdata[0]} to %{customdata[1]}, %{customdata[2]} points"
            "<br>" + model + "<extra></extra>",
        )
    return figure


def two_lyrics_bars(first: Prediction, second: Prediction, names: tuple[str, str]) -> go.Figure:
    """One model's probabilities for two lyrics, a full and a hatched bar a genre.

    Both are in the model's own colour.
    """
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
    colour = colours([first.model])[first.model]
    for name, side, hatch in zip(names, sides, ("", "/"), strict=True):
        values = [100 * side[genre] for genre in genres]
        figure.add_bar(
            orientation="h",
            name=name,
            y=genres,
            x=values,
            marker={"color": colour, "pattern": {"shape": hatch}},
            text=[f"{value:.0f}" if value >= 5 else "" for value in values],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1f}%<br>" + name + "<extra></extra>",
        )
    return figure


def _by_genre(prediction: Prediction) -> dict[str, float]:
    return dict(zip(prediction.labels, prediction.probabilities, strict=True))
