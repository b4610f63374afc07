"""Who answers an evaluation's songs: this process, or workers of a cluster.

A task is a batch of song numbers, its result the numbers and their rows, each with the seconds it
took where it was answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.batch.cluster import Cluster, workers_on
from engine.batch.workers import Workers
from engine.errors import InputError
from engine.evaluation.provenance import device_name
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task

Answered = tuple[list[int], list[dict[str, Any]]]


@dataclass(frozen=True)
class Asked:
    """A model and who answers for it.

    Attributes
    ----------
    subject : Subject
    workers : Workers
    device : str
        Of those who answer, as in `EvaluationRecord`.
    """

    subject: Subject
    workers: Workers
    device: str


@contextmanager
def asked(
    job: Assignment, name: str, request: Request, task: Task, cluster: Cluster | None
) -> Generator[Asked]:
    """A model of a task, loaded where it answers; `job` is what the task made of the request."""
    if cluster is None:
        subject = job.load(name)
        yield Asked(subject, _Here(subject), device_name())
        return
    begin = partial(_work, task.assignment, request, name, job.sha256)
    with workers_on(cluster, begin) as workers:
        workers.submit(None)
        subject, device = workers.results()[0]
        yield Asked(subject, workers, f"{device} (cluster)")


def answer_now(workers: Workers, numbers: list[int]) -> list[dict[str, Any]]:
    """The rows of one batch, while nothing else is asked."""
    workers.submit(numbers)
    answered: Answered = workers.results()[0]
    return answered[1]


class _Here:
    """`engine.batch.workers.Workers` of one, which works when its result is wanted."""

    capacity = 1

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._given: list[list[int]] = []

    @property
    def under_way(self) -> int:
        """As in `Workers`."""
        return len(self._given)

    def submit(self, task: list[int]) -> None:
        """As in `Workers`."""
        self._given.append(task)

    def results(self) -> list[Answered]:
        """As in `Workers`."""
        return [_answered(self._subject, self._given.pop())]

    def last_results(self) -> list[Answered]:
        """As in `Workers`: nothing is under way when somebody else has the word."""
        self._given.clear()
        return []


def _answered(subject: Subject, numbers: Sequence[int]) -> Answered:
    began = time.perf_counter()
    rows = subject.answer(numbers)
    share = (time.perf_counter() - began) / len(numbers)
    return list(numbers), [{"seconds": share, **row} for row in rows]


def _work(
    assignment: Callable[[Request], Assignment], request: Request, name: str, sha256: str
) -> Callable[[list[int] | None], Answered | tuple[Subject, str]]:
    """In a worker: the songs read and the model loaded; batches to rows, None to what answers."""
    job = assignment(request)
    if job.sha256 != sha256:
        raise InputError(
            f"{request.data} holds other songs on a worker than here; every machine of the cluster "
            "has to see the same file under the same name."
        )
    subject = job.load(name)

    def work(numbers: list[int] | None) -> Answered | tuple[Subject, str]:
        if numbers is None:
            return replace(subject, answer=_elsewhere), device_name()
        return _answered(subject, numbers)

    return work


def _elsewhere(_numbers: Sequence[int]) -> list[dict[str, Any]]:
    raise RuntimeError("This model is loaded in the workers of a cluster.")
