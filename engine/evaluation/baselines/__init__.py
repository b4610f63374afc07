"""What models have to beat, fitted when they are measured; found by task and name.

A new baseline is one function from a training file to a fitted model, and one line in `BASELINES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Baseline:
    """What a baseline is called on screen, and the function that fits it."""

    title: str
    fit: str


_ROOM = "engine.evaluation.baselines"
_TRIGRAM = Baseline("Trigram", f"{_ROOM}.chords:trigram")
_COMMONEST = Baseline("Commonest progression", f"{_ROOM}.chords:commonest_progression")
BASELINES: dict[str, dict[str, Baseline]] = {
    "genre": {
        "majority": Baseline("Majority class", f"{_ROOM}.genre:majority"),
        "tfidf": Baseline("TF-IDF", f"{_ROOM}.genre:tfidf"),
        "tfidf-balanced": Baseline("TF-IDF, balanced", f"{_ROOM}.genre:tfidf_balanced"),
    },
    "chords": {
        "trigram": _TRIGRAM,
        "commonest-progression": _COMMONEST,
    },
    "written": {"trigram": _TRIGRAM, "commonest-progression": _COMMONEST},
}


def baselines_of(task: str) -> dict[str, Baseline]:
    """The baselines of a task by name; none where the task has none."""
    return BASELINES.get(task, {})


def fitted_baseline(task: str, name: str, training: Path) -> Any:
    """A baseline fitted on a training file: it answers as the task's models do.

    It has ``base``, ``revision`` and ``megabytes`` beside.
    """
    module, function = BASELINES[task][name].fit.split(":")
    return getattr(import_module(module), function)(training)
