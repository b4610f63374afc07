"""Evaluation records and boards, computed once per state of the results folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.errors import InputError
from engine.evaluation.baselines import BASELINES
from engine.evaluation.board.records import GUEST
from engine.evaluation.tasks import TASKS
from engine.evaluation.tasks.data import WHOLE
from ui import local_files, resources, state

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board
    from engine.evaluation.board.records import EvaluationRecord, RecordProblem
    from engine.evaluation.board.sets import EvaluationSet
    from engine.evaluation.metrics.metric import Metric

UPLOAD = "upload"
"""The data set that records of a file brought by a visitor name."""
T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]

_DATASETS = {"genre": "Genre corpus", "chords": "Chord corpus", "songbook": "Songbook"}
_PARTS_OF_DATA = ("train", "validation", "test")
_PARTS = {
    "network": "network alone",
    "linear": "linear path alone",
    "early-exit": "early exit",
    "decoder": "decoder alone",
    "decoder-other-words": "decoder alone, given the words of other songs",
    "decoder-no-words": "decoder alone, given no words",
    "counts": "counts alone (Kneser-Ney)",
    "counts-and-past": "counts and the song's past",
    "general": "without the song's past",
    "memory": "without the decoder",
}
_HUMAN = {"human": "Humans"}
_BASELINES = {name: entry.title for of in BASELINES.values() for name, entry in of.items()}


def title(name: str) -> str:
    """A model's name on a board, as people write it; marks such as "(guest)" stay."""
    if name.endswith(GUEST):
        return name
    model, mark, rest = name.partition(" (")
    whole, _, part = model.partition("/")
    called = _BASELINES.get(whole) or _HUMAN.get(whole) or resources.model_title(whole)
    told = f", {_PARTS.get(part, part)}" if part else ""
    return called + told + mark + rest


def is_part(record: EvaluationRecord) -> bool:
    """Whether a record is of a part of a model, such as ``llama/network``."""
    return record.kind == "model" and "/" in record.model


def titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with people's names in its ``model`` column (or in its index)."""
    if "model" in frame.columns:
        return frame.assign(model=[title(str(name)) for name in frame["model"]])
    return frame.rename(index=title)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True)
class Choice:
    """What is looked at.

    Attributes
    ----------
    songs : EvaluationSet
        The test songs, and with them the task.
    metric, signature : str, str or None
        The metric and its exact definition.
    without : tuple of str
        Models left out of the view, by their names on the board.
    parts : bool
        Whether parts of models stand on the board apart, beside their whole models.
    """

    songs: EvaluationSet
    metric: str
    signature: str | None = None
    without: tuple[str, ...] = ()
    parts: bool = False

    @property
    def task(self) -> str:
        """The task: "genre" or "chords"."""
        return self.songs.task


def task_title(name: str) -> str:
    """A task's name on screen."""
    from engine.evaluation.tasks import find_task

    return find_task(name).title


def measured_tasks() -> list[str]:
    """The tasks that anything was measured on."""
    return [task for task in TASKS if sets(task)]


def stamp() -> Stamp:
    """What tells one state of the results folder from another."""
    from engine.evaluation.board.records import GUESTS, results_folder

    folder = results_folder()
    files = [*sorted(folder.glob("*.jsonl")), *folder.glob("predictions"), *folder.glob(GUESTS)]
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@st.cache_resource(show_spinner="Reading records", max_entries=2)
def read(state: Stamp) -> tuple[list[EvaluationRecord], list[RecordProblem]]:
    """All records, and the lines that could not be read or are not what they should be."""
    from engine.evaluation.board.records import read_records

    return read_records()


def records() -> list[EvaluationRecord]:
    """All readable records but those on files that other visitors brought."""
    own = _own_uploads()
    found = read(stamp())[0]
    if own is None:
        return found
    return [one for one in found if one.dataset != UPLOAD or one.dataset_sha256 in own]


def _own_uploads() -> set[str] | None:
    """The files whose figures only this visit sees; None on one's own machine: all are one's own.

    What somebody brings to a server that others open is nobody else's business.
    """
    try:
        return None if local_files.allowed() else state.uploads()
    except InputError:  # the setting is misspelt: told where a file would be named
        return state.uploads()


def problems() -> list[RecordProblem]:
    """The lines of the results that have problems."""
    return read(stamp())[1]


def sets(task: str) -> list[EvaluationSet]:
    """The test sets that models were measured on, the one with most models first.

    Files that other visitors brought are not among them.
    """
    own = _own_uploads()
    return [
        songs
        for songs in _sets(stamp(), task)
        if own is None or songs.dataset != UPLOAD or songs.sha256 in own
    ]


@st.cache_resource(show_spinner=False, max_entries=4)
def _sets(state: Stamp, task: str) -> list[EvaluationSet]:
    from engine.evaluation.board.sets import evaluation_sets

    return evaluation_sets(read(state)[0], task)


def set_title(songs: EvaluationSet) -> str:
    """A test set's name on screen: "Genre corpus, test part (2,405 songs)"."""
    return _set_titles(stamp(), songs.task)[songs]


@st.cache_resource(show_spinner=False, max_entries=4)
def _set_titles(state: Stamp, task: str) -> dict[EvaluationSet, str]:
    """Names of a task's test sets; those that would read the same also tell their files."""
    from engine.evaluation.board.sets import evaluation_set_of

    counts: dict[EvaluationSet, int] = {}
    for record in read(state)[0]:
        if record.task == task:
            songs = evaluation_set_of(record)
            counts[songs] = max(counts.get(songs, 0), record.n)
    told = {songs: _told_set(songs, count) for songs, count in counts.items()}
    often = Counter(told.values())
    return {
        songs: title if often[title] == 1 else f"{title[:-1]}, file {songs.sha256[:8]})"
        for songs, title in told.items()
    }


def _told_set(songs: EvaluationSet, count: int) -> str:
    part, _, drawn = songs.split.partition(" (")
    number = drawn.removesuffix(")") or f"{count:,} {'song' if count == 1 else 'songs'}"
    if songs.dataset == UPLOAD:
        return f"{part}, an uploaded file ({number})"
    name = _DATASETS.get(songs.dataset, songs.dataset)
    if part == WHOLE:
        return f"{name} ({number})"
    return f"{name}, {f'{part} part' if part in _PARTS_OF_DATA else part} ({number})"


def set_beside(songs: EvaluationSet, metrics: Collection[str]) -> EvaluationSet | None:
    """The songs of the same file on which these were measured of most models: `sets_beside`."""
    from engine.evaluation.board.sets import sets_beside

    return next(iter(sets_beside(read(stamp())[0], songs, metrics)), None)


def of_set(songs: EvaluationSet) -> list[EvaluationRecord]:
    """All records of one test set: each view then reads tens of records, not thousands."""
    return _of_set(stamp(), songs)


@st.cache_resource(show_spinner=False, max_entries=16)
def _of_set(state: Stamp, songs: EvaluationSet) -> list[EvaluationRecord]:
    return [record for record in read(state)[0] if songs.holds(record)]


def chosen_records(state: Stamp, choice: Choice) -> list[EvaluationRecord]:
    """The records of a view: one test set, one BERTScore definition, no model left out."""
    from engine.evaluation.board.sets import display_name

    only = choice.signature if choice.metric.startswith("bertscore-") else None
    return [
        record
        for record in _of_set(state, choice.songs)
        if display_name(record) not in choice.without
        and (choice.parts or not is_part(record))
        and (only is None or record.signature == only or not record.metric.startswith("bertscore-"))
    ]


def board(choice: Choice) -> Board:
    """The standings of one metric on one test set."""
    return _board(stamp(), choice)


@st.cache_resource(show_spinner="Comparing models pair by pair", max_entries=64)
def _board(state: Stamp, choice: Choice) -> Board:
    from engine.evaluation.board.ranking import board as compute

    found = chosen_records(state, choice)
    return compute(found, choice.songs, choice.metric, choice.signature)


def computed(name: str, choice: Choice, compute: Callable[..., T], *arguments: Any) -> T:
    """Something that follows from the records of a view, kept under a name; it is shared."""
    return _computed(stamp(), name, choice, arguments, compute)


@st.cache_resource(show_spinner="Computing", max_entries=128)
def _computed(
    state: Stamp, name: str, choice: Choice, arguments: Any, _compute: Callable[..., Any]
) -> Any:
    return _compute(chosen_records(state, choice), choice.songs, *arguments)


def answers(choice: Choice) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Each model's answers, song by song, by the title on screen; and what is missing."""
    from engine.evaluation.board.summaries import prediction_tables

    tables, missing = computed("answers", choice, prediction_tables)
    return {title(name): table for name, table in tables.items()}, missing


def song_measure(choice: Choice) -> Metric:
    """The chosen metric where songs have it, else the task's own."""
    from engine.evaluation.metrics import metric
    from engine.evaluation.tasks import find_task

    found = metric(choice.metric, choice.signature or "v1")
    if found.statistics is not None and found.ranked:
        return found
    return metric(find_task(choice.task).headline)
