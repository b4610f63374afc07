"""What the runner knows of a task: its songs, and models as functions of song numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.evaluation.metrics.metric import Metric

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, int, int], None]
Loader = Callable[[str, str], Any]


@dataclass(frozen=True)
class Subject:
    """One model as the runner sees it.

    Attributes
    ----------
    name, base, preset, kind, revision : str
        As in `EvaluationRecord`.
    megabytes : float
        Size of the files it reads.
    answer : callable
        Song numbers to one row a song: a dict of values that JSON can hold.
    batch : int
        How many songs to give `answer` at once; with 1, its time is the latency.
    """

    name: str
    base: str
    preset: str
    kind: str
    revision: str
    megabytes: float
    answer: Callable[[Sequence[int]], list[dict[str, Any]]]
    batch: int


@dataclass(frozen=True)
class Task:
    """One task on one data file.

    Attributes
    ----------
    dataset, split, sha256 : str
        As in `EvaluationRecord`.
    ids : list of str
        The songs, in order.
    order : sequence of int
        The order to predict them in.
    load : callable
        A model's name to its `Subject`.
    table : callable
        All rows, in the order of `ids`, to the table of predictions and its metrics.
    problems : tuple of str
        Songs left out, and why.
    part : str
        What is measured where it is not the answers, such as "faithfulness"; time and memory
        are not recorded then.
    """

    name: str
    dataset: str
    split: str
    sha256: str
    ids: list[str]
    order: Sequence[int]
    load: Callable[[str], Subject]
    table: Callable[[list[dict[str, Any]]], tuple[pd.DataFrame, Sequence[Metric]]]
    problems: tuple[str, ...] = ()
    part: str = ""
