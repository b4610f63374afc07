"""What the runner knows of a task: which models, which songs, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.evaluation.baselines import baselines_of
from engine.evaluation.metrics.metric import Metric

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, int, int], None]
Loader = Callable[[str, str], Any]


@dataclass(frozen=True)
class Request:
    """What is to be measured; the attributes are the parameters of `engine.evaluation.runner`."""

    data: Path
    preset: str = "embedded"
    training: Path | None = None
    limit: int | None = None
    seed: int = 0
    scorer: str = "minilm-l6"
    load: Loader | None = None


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
class Assignment:
    """One task on one data file: its songs, and models as functions of song numbers.

    Attributes
    ----------
    name : str
        The task whose records these are.
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


@dataclass(frozen=True)
class Task:
    """A task before any song is read.

    Attributes
    ----------
    name, title : str
        The name in `engine.evaluation.tasks.TASKS`, and the word for the screen.
    songs : str
        What a file of songs holds, in words for the screen.
    extensions : tuple of str
        The endings of such files, in the order a folder is searched for one.
    models : callable
        The names of the models that can be measured; baselines are in
        `engine.evaluation.baselines`.
    assignment : callable
        A `Request` to the `Assignment`: reads the songs.
    headline : str
        The metric to look at where none is chosen that songs have one by one.
    sheets : bool
        Whether a folder of ChordPro files is taken too.
    recorded_as : str
        The task whose records these are, if not a task of its own: they join its board.
    """

    name: str
    title: str
    songs: str
    extensions: tuple[str, ...]
    models: Callable[[], tuple[str, ...]]
    assignment: Callable[[Request], Assignment]
    headline: str
    sheets: bool = False
    recorded_as: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every model and baseline that can be measured."""
        return (*self.models(), *baselines_of(self.name))
