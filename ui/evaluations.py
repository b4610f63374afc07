"""Evaluations under way: one line for all visitors, models asked through their own queues.

All wait in one line, but each is its visitor's own: nobody else sees what is measured, on which
file, or how it ended, and nobody else can cancel it. It goes on when the tab that began it is
closed, is found again by that tab after a reload, and a cancelled one is taken up again from where
it stopped. Models are asked batch by batch through the queues that the pages use, so a song typed
meanwhile waits for one batch at most.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.corpora.songbook import songbook_folder
from engine.errors import EngineError, InputError
from engine.serving.queues import BusyError, Job, Queue
from ui import boards, turns

if TYPE_CHECKING:
    from engine.evaluation.runner import EvaluationRun

_LOG = logging.getLogger(__name__)
_WAITING = 3


@dataclass(frozen=True)
class File:
    """A file that a user brought."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Plan:
    """What to evaluate.

    Attributes
    ----------
    task, models : str, tuple of str
        As `engine.evaluation.runner.evaluate` takes them.
    data : File or Path
        The songs: a file that was brought, or a file or folder on this machine.
    training : File or None
        What baselines are fitted on, if it does not lie beside the data.
    limit : int or None
        Use only so many songs.
    """

    task: str
    models: tuple[str, ...]
    data: File | Path
    training: File | None = None
    limit: int | None = None

    @property
    def title(self) -> str:
        """What is done, in words for the screen."""
        names = boards.listed([boards.title(name) for name in self.models])
        on = self.data.name or str(self.data)
        if self.data == songbook_folder():
            on = "the songbook"
        return f"{names} on {on}"


@dataclass(eq=False)
class Evaluation:
    """One plan on its way: whose it is, which model, how many songs, how long yet."""

    plan: Plan
    owner: str = ""
    job: Job[EvaluationRun] | None = None
    model: str = ""
    done: int = 0
    total: int = 0
    _counted_from: tuple[int, float] | None = field(default=None, repr=False)

    def report(self, model: str, done: int, total: int) -> None:
        """Take progress from the runner; its first report of a model comes before loading it."""
        if model != self.model:
            self.model, self._counted_from = model, None
        elif self._counted_from is None:  # the first batch also loads and warms: start after it
            self._counted_from = (done, time.monotonic())
        self.done, self.total = done, total

    @property
    def share(self) -> float:
        """How much of the whole is done, 0 to 1, each model counting alike."""
        before = self.plan.models.index(self.model) if self.model else 0
        of_model = self.done / self.total if self.total else 0.0
        return min((before + of_model) / len(self.plan.models), 1.0)

    @property
    def seconds_left(self) -> float | None:
        """Time left for the model at hand; None until two batches have been timed."""
        if self._counted_from is None:
            return None
        done, since = self._counted_from
        if self.done <= done:
            return None
        return (time.monotonic() - since) / (self.done - done) * (self.total - self.done)

    @property
    def finished(self) -> bool:
        """Whether there is a result, an error, or nothing more to come."""
        return self.job is not None and self.job.finished


class _Evaluations:
    """The evaluations of all visitors: looked at and changed under one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line = Queue("The evaluation line", _WAITING)
        self._kept: list[Evaluation] = []

    def all(self) -> list[Evaluation]:
        with self._lock:
            return list(self._kept)

    def begin(self, plan: Plan, owner: str, instead_of: Evaluation | None = None) -> Evaluation:
        evaluation = Evaluation(plan, owner)

        def work(job: Job[EvaluationRun]) -> EvaluationRun:
            return _evaluate(evaluation, job)

        with self._lock:
            for other in self._kept:
                if other.plan == plan and not other.finished:
                    by = "" if other.owner == owner else " by another visitor; try again later"
                    raise InputError(f"{plan.title} is being evaluated already{by}.")
            try:
                evaluation.job = self._line.submit(f"Evaluation of {plan.title}", work)
            except BusyError:
                raise BusyError(
                    f"{_WAITING} evaluations are waiting or under way already, and no more are "
                    "taken; try again when one has ended."
                ) from None
            self._kept = [one for one in self._kept if one is not instead_of] + [evaluation]
        return evaluation

    def dismiss(self, evaluation: Evaluation) -> None:
        with self._lock:
            self._kept = [one for one in self._kept if one is not evaluation]


@st.cache_resource(show_spinner=False)
def _evaluations() -> _Evaluations:
    return _Evaluations()


def current(owner: str) -> list[Evaluation]:
    """A visitor's evaluations: waiting, under way, or ended and not dismissed; oldest first."""
    return [evaluation for evaluation in everyones() if evaluation.owner == owner]


def everyones() -> list[Evaluation]:
    """The evaluations of all visitors; never for the screen."""
    return _evaluations().all()


def begin(plan: Plan, owner: str) -> Evaluation:
    """Put a plan in the line; `EngineError` if the line is full or this very plan is in it."""
    return _evaluations().begin(plan, owner)


def dismiss(evaluation: Evaluation) -> None:
    """Forget an evaluation that has ended; its records stay."""
    _evaluations().dismiss(evaluation)


def resume(evaluation: Evaluation) -> Evaluation:
    """Begin a cancelled or broken evaluation again; songs already predicted are kept.

    It stays where it is, and `EngineError` is raised, if the line is full or another visitor has
    begun it again already.
    """
    return _evaluations().begin(evaluation.plan, evaluation.owner, instead_of=evaluation)


def _evaluate(evaluation: Evaluation, job: Job[EvaluationRun]) -> EvaluationRun:
    from engine.evaluation.runner import evaluate

    plan = evaluation.plan
    with tempfile.TemporaryDirectory(prefix="lyric-lab-") as folder:
        training = _written(plan.training, Path(folder) / "training") if plan.training else None
        data = plan.data
        if isinstance(data, File):
            data = _written(data, Path(folder) / boards.UPLOAD)
        return evaluate(
            plan.task,
            data,
            plan.models,
            training=training,
            limit=plan.limit,
            progress=evaluation.report,
            cancelled=job.cancelled,
            load=lambda name, _preset: turns.loaded(name, job.cancelled),
        )


def _written(file: File, folder: Path) -> Path:
    folder.mkdir()
    path = folder / Path(file.name).name
    path.write_bytes(file.data)
    return path


def outcome(evaluation: Evaluation) -> EvaluationRun | EngineError:
    """What an ended evaluation gave: its records, or why there are none.

    An error that nobody foresaw is told in one sentence too; the rest of the page goes on.
    """
    assert evaluation.job is not None, "begin() sets the job"  # noqa: S101
    try:
        return evaluation.job.result()
    except EngineError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the board must survive any broken evaluation
        _LOG.warning("An evaluation broke off", exc_info=error)
        return InputError(
            f"The evaluation of {evaluation.plan.title} broke off ({type(error).__name__}: {error})"
            "; the data file may not be what it seems."
        )
