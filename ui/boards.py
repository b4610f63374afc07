"""Evaluation records and boards, computed once per state of the results folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from ui import resources

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation import Board, EvaluationRecord, EvaluationSet, RecordProblem

T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]

_BASELINES = {
    "majority": "Majority class",
    "tfidf": "TF-IDF",
    "tfidf-balanced": "TF-IDF, balanced",
    "trigram": "Trigram",
    "commonest-progression": "Commonest progression",
}


def title(name: str) -> str:
    """A model's name on a board, as people write it; marks such as "(guest)" stay."""
    model, mark, rest = name.partition(" (")
    return (_BASELINES.get(model) or resources.model_title(model)) + mark + rest


def titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with people's names in its ``model`` column (or in its index)."""
    if "model" in frame.columns:
        return frame.assign(model=[title(str(name)) for name in frame["model"]])
    return frame.rename(index=title)


def stamp() -> Stamp:
    """What tells one state of the results folder from another."""
    from engine.evaluation import results_folder

    files = sorted(results_folder().glob("*.jsonl"))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@st.cache_resource(show_spinner="Reading records", max_entries=2)
def read(state: Stamp) -> tuple[list[EvaluationRecord], list[RecordProblem]]:
    """All records, and the lines that could not be read."""
    from engine.evaluation import read_records

    return read_records()


def records() -> list[EvaluationRecord]:
    """All readable records."""
    return read(stamp())[0]


def problems() -> list[RecordProblem]:
    """The lines of the results that could not be read."""
    return read(stamp())[1]


def board(songs: EvaluationSet, metric: str, signature: str | None) -> Board:
    """The standings of one metric on one test set."""
    return _board(stamp(), songs, metric, signature)


@st.cache_resource(show_spinner="Comparing models pair by pair", max_entries=64)
def _board(state: Stamp, songs: EvaluationSet, metric: str, signature: str | None) -> Board:
    from engine.evaluation import board as compute

    return compute(read(state)[0], songs, metric, signature)


def computed(name: str, songs: EvaluationSet, compute: Callable[..., T], *arguments: Any) -> T:
    """Something that follows from the records of a test set, kept under a name."""
    return _computed(stamp(), name, songs, arguments, compute)


@st.cache_resource(show_spinner="Computing", max_entries=128)
def _computed(
    state: Stamp, name: str, songs: EvaluationSet, arguments: Any, _compute: Callable[..., Any]
) -> Any:
    return _compute(read(state)[0], songs, *arguments)
