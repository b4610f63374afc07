"""What the genre models said of one lyric, or of a few."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from engine.figures.style import NEUTRAL, colours, empty_figure
from engine.prediction import Prediction


def probability_bars(predictions: Sequence[Prediction], top: int | None = None) -> go.Figure:
    """Probability of each genre as horizontal bars, one bar a model, most probable genre on top.

    Parameters
    ----------
    predictions : sequence of Prediction
        One per model, for the same lyric.
    top : int, optional
        Show only as many genres, by the mean over models; all by default.
    """
    means: dict[str, float] = {}
    for prediction in predictions:
        for label, probability in zip(prediction.labels, prediction.probabilities, strict=True):
            means[label] = means.get(label, 0.0) + probability / len(predictions)
    genres = sorted(means, key=lambda label: (-means[label], label))[:top]
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


def agreement_bars(predictions: Sequence[Prediction]) -> go.Figure:
    """How many models chose each genre, as one stacked bar; hover tells which and how sure."""
    choices: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        choices.setdefault(prediction.label, []).append(prediction)
    figure = empty_figure(
        height=110,
        barmode="stack",
        xaxis={"title": "models", "dtick": 1, "range": [0, max(len(predictions), 1)]},
        yaxis={"visible": False},
    )
    ordered = sorted(choices.items(), key=lambda item: -len(item[1]))
    start = 0
    for label, voters in ordered:
        said = "<br>".join(f"{p.model}: {100 * p.confidence:.0f} %" for p in voters)
        figure.add_bar(
            orientation="h",
            name=label,
            y=["models"],
            x=[len(voters)],
            marker={"color": "rgba(128,128,128,0.3)", "line": {"color": NEUTRAL, "width": 1}},
            hovertemplate=f"{label}<br>{said}<extra></extra>",
            showlegend=False,
        )
        figure.add_scatter(
            x=[start + len(voters) / 2],
            y=["models"],
            text=[f"{label}: {', '.join(voter.model for voter in voters)}"],
            mode="text",
            hoverinfo="skip",
            showlegend=False,
        )
        start += len(voters)
    return figure
