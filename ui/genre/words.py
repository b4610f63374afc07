"""Answers put in plain words, and as files to take away."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui import resources
from ui.boards import listed
from ui.numbers import percent

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction

_NUMBER_WORDS = {1: "one", 2: "two", 3: "three"}
_UNSURE = 0.4
_FAR, _NEAR = 0.25, 0.10


def genres(prediction: Prediction) -> str:
    """The genre a model says, or the two likeliest where the words do not tell."""
    if not prediction.in_doubt:
        return prediction.label
    return " or ".join(genre for genre, _ in prediction.ranked[:2])


def told(prediction: Prediction) -> str:
    """A model's answer in a table: "folk 56%", or "folk or pop?" where the words do not tell."""
    if prediction.in_doubt:
        return f"{genres(prediction)}?"
    return f"{prediction.label} {percent(prediction.confidence)}"


def headline(predictions: Sequence[Prediction]) -> str:
    """Who says what, or that the words do not tell, in one sentence.

    The combined answer decides whether they do; without it, every model has to be in doubt.
    """
    single = [prediction for prediction in predictions if not prediction.pooled]
    pooled = [prediction for prediction in predictions if prediction.pooled]
    deciding = pooled or single
    if not all(prediction.in_doubt for prediction in deciding):
        return agreement(single, pooled[0].label if pooled else "")
    (first, one), (second, other) = min(deciding, key=lambda p: -p.confidence).ranked[:2]
    return (
        f"The words do not tell: likeliest are {first} ({percent(one)}) and {second} "
        f"({percent(other)})"
    )


def doubt(predictions: Sequence[Prediction]) -> str:
    """Why those that are in doubt give no single answer; "" if none is."""
    doubtful = [prediction for prediction in predictions if prediction.in_doubt]
    if not doubtful:
        return ""
    who = listed(
        [f"{resources.model_title(p.model)} (below {percent(p.doubt_below)})" for p in doubtful]
    )
    return (
        f"Where a model is as unsure as here, its answers were wrong too often on songs kept aside "
        f"to find that out: {who}. So the two likeliest genres stand there instead of one."
    )


def agreement(predictions: Sequence[Prediction], together: str = "") -> str:
    """Who says what, and who is in doubt, in one sentence.

    Parameters
    ----------
    predictions : sequence of Prediction
        Of single models; at least one says something, or `together` does.
    together : str
        What the models say when their answers are pooled; "" where they are not.
    """
    certain = [prediction for prediction in predictions if not prediction.in_doubt]
    votes = Counter(prediction.label for prediction in certain)
    genre = together or votes.most_common(1)[0][0]
    agreeing, all_of_them = votes[genre], len(predictions)
    others = [prediction for prediction in certain if prediction.label != genre]
    if agreeing == all_of_them > 1:
        everyone = "Both" if agreeing == 2 else f"All {_NUMBER_WORDS.get(agreeing, agreeing)}"
        told = [f"{everyone} models say {genre}"]
    elif 2 * agreeing > all_of_them > 1:
        count = str(_NUMBER_WORDS.get(agreeing, agreeing)).capitalize()
        told = [f"{count} of {_NUMBER_WORDS.get(all_of_them, all_of_them)} models say {genre}"]
    elif together and all_of_them > 1:
        told = [f"Together the models say {genre}"]
    elif others:
        said = ", ".join(f"{resources.model_title(p.model)} {p.label}" for p in certain)
        told, others = [f"The models disagree: {said}"], []
    else:
        told = [f"{resources.model_title(certain[0].model)} says {genre}"]
    for label in dict.fromkeys(prediction.label for prediction in others):
        names = [resources.model_title(p.model) for p in others if p.label == label]
        told.append(f"{listed(names)} {'says' if len(names) == 1 else 'say'} {label}")
    if doubtful := [resources.model_title(p.model) for p in predictions if p.in_doubt]:
        told.append(f"{listed(doubtful)} {'is' if len(doubtful) == 1 else 'are'} in doubt")
    return "; ".join(told)


def disagreement(predictions: Sequence[Prediction]) -> str:
    """Where the models part, and how far, in a few sentences; "" for a single model."""
    if len(predictions) < 2:
        return ""
    genre, low, high = widest_gap(predictions)
    of = {p.model: dict(zip(p.labels, p.probabilities, strict=True)) for p in predictions}
    gap = of[high.model][genre] - of[low.model][genre]
    told = (
        f"{resources.model_title(high.model)} gives {genre} {percent(of[high.model][genre])}, "
        f"{resources.model_title(low.model)} {percent(of[low.model][genre])}."
    )
    if gap < _NEAR:
        sentences = [f"They are close on every genre; the widest gap is on {genre}: {told}"]
    elif gap < _FAR:
        sentences = [f"They differ somewhat, most on {genre}: {told}"]
    else:
        sentences = [f"They are far apart on {genre}: {told}"]
    common = _common_runner_up(predictions)
    if common:
        sentences.append(common)
    if all(prediction.confidence < _UNSURE for prediction in predictions):
        surest = max(predictions, key=lambda prediction: prediction.confidence)
        sentences.append(
            f"None of them is sure: the highest probability is {percent(surest.confidence)}."
        )
    return " ".join(sentences)


def widest_gap(predictions: Sequence[Prediction]) -> tuple[str, Prediction, Prediction]:
    """The genre whose probability differs most, who gives it least, and who gives it most."""
    best: tuple[float, str, Prediction, Prediction] | None = None
    for genre in predictions[0].labels:

        def probability(prediction: Prediction, genre: str = genre) -> float:
            return dict(zip(prediction.labels, prediction.probabilities, strict=True)).get(genre, 0)

        low, high = min(predictions, key=probability), max(predictions, key=probability)
        gap = probability(high) - probability(low)
        if best is None or gap > best[0]:
            best = (gap, genre, low, high)
    assert best is not None, "there is at least one genre"  # noqa: S101
    return best[1], best[2], best[3]


def _common_runner_up(predictions: Sequence[Prediction]) -> str:
    """What the models that part have in common: each other's answer as second choice."""
    first = {prediction.label for prediction in predictions}
    if len(first) != 2:
        return ""
    if all({genre for genre, _ in prediction.ranked[:2]} == first for prediction in predictions):
        one, other = sorted(first)
        return f"Yet {one} and {other} are the first two of each: they part on the order only."
    return ""


def predictions_json(predictions: Sequence[Prediction]) -> str:
    """The answer as the command line's ``--json`` gives it."""
    return json.dumps([prediction.as_dict() for prediction in predictions], indent=2)


def predictions_csv(predictions: Sequence[Prediction]) -> str:
    """One row per model and genre."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["model", "base", "genre", "probability", "seconds"])
    for p in predictions:
        for genre, probability in p.ranked:
            writer.writerow([p.model, p.base, genre, f"{probability:.6f}", f"{p.seconds:.4f}"])
    return buffer.getvalue()
