"""Long work off the script's thread: one bounded queue per model, progress, and a cancel flag.

Streamlit's Stop button does not end a running script, and every open browser tab has a script of
its own. So a model is asked through its `Queue`: one worker, a few places to wait, and a refusal
in words when those are taken. A `Job` is what the page holds meanwhile; it may be polled from a
fragment, waited for, or cancelled, and it outlives the script run that submitted it. One that was
asked for by a tab is cancelled soon after that tab is gone, so that nobody waits for work that
nobody will see.

The queues of all models share one `Worker`: every thread that calls PyTorch gets a pool of OpenMP
threads of its own, and several pools on the same few cores make each other slower.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any, Generic, TypeVar

from engine.errors import CancelledError, EngineError
from ui.presence import Presence

T = TypeVar("T")

MAX_WAITING = 8


class BusyError(EngineError):
    """All places of a queue are taken; the message says so."""


class Job(Generic[T]):
    """One task on its way through a queue.

    Attributes
    ----------
    name : str
        What is being done, in words for the screen.
    step, steps : int
        Progress as the task reports it; both 0 until the first report.
    presence : Presence or None
        The tab that wants the result; None for work that goes on without one.
    """

    def __init__(self, name: str, queue: Queue, presence: Presence | None = None) -> None:
        self.name = name
        self.presence = presence
        self.step = 0
        self.steps = 0
        self._queue = queue
        self._cancel = threading.Event()
        self._future: Future[T] | None = None
        self._started: float | None = None
        self._seconds: float | None = None

    def report(self, step: int, steps: int) -> None:
        """Take progress from the task (it may be called from any thread)."""
        self.step, self.steps = step, steps

    def cancel(self) -> None:
        """Ask the task to stop; one that has not begun never begins."""
        self._cancel.set()
        if self._future:
            self._future.cancel()

    def cancelled(self) -> bool:
        """Whether a stop was asked for, or nobody is left; the task looks at this in its loop."""
        if not self._cancel.is_set() and self.presence is not None and self.presence.gone():
            self.cancel()
        return self._cancel.is_set()

    @property
    def finished(self) -> bool:
        """Whether there is a result, an error, or nothing more to come."""
        return self._future is not None and self._future.done()

    @property
    def started(self) -> bool:
        """Whether the worker has taken the task up."""
        return self._started is not None

    @property
    def ahead(self) -> int:
        """How many tasks the worker has to finish before this one begins."""
        return self._queue.worker.ahead(self)

    @property
    def seconds(self) -> float:
        """Time spent working, without the wait in the queue."""
        if self._seconds is not None:
            return self._seconds
        return time.perf_counter() - self._started if self._started else 0.0

    def result(self) -> T:
        """Wait for the end and give the task's result.

        Raises
        ------
        CancelledError
            If it was cancelled.
        EngineError
            Whatever the task raised.
        """
        assert self._future is not None, "submit() sets the future"  # noqa: S101
        try:
            return self._future.result()
        except FutureCancelledError:
            raise CancelledError(f"{self.name}: cancelled before it began.") from None

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it has come."""
        assert self._future is not None, "submit() sets the future"  # noqa: S101
        wait_for([self._future], timeout=seconds)
        return self.finished

    def run(self, task: Callable[[Job[T]], T]) -> T:
        """Do the work (on the queue's worker)."""
        if self.cancelled():
            raise CancelledError(f"{self.name}: cancelled before it began.")
        self._started = time.perf_counter()
        try:
            return task(self)
        finally:
            self._seconds = time.perf_counter() - self._started

    def attach(self, future: Future[T]) -> None:
        """Remember where the result will appear."""
        self._future = future


class Worker:
    """One thread, which does the tasks of one or more queues in the order they came."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lyric-lab-{name}")
        self._lock = threading.Lock()
        self._jobs: list[Job[Any]] = []

    def begin(self, job: Job[T], task: Callable[[Job[T]], T]) -> None:
        """Put a task behind those that wait."""
        with self._lock:
            self._jobs = _unfinished(self._jobs)
            job.attach(self._pool.submit(job.run, task))
            self._jobs.append(job)

    def ahead(self, job: Job[Any]) -> int:
        """How many unfinished tasks came before this one, from whichever queue."""
        with self._lock:
            self._jobs = _unfinished(self._jobs)
            jobs = list(self._jobs)
        return next((index for index, other in enumerate(jobs) if other is job), 0)


class Queue:
    """At most `limit` tasks for one model, waiting or running.

    Parameters
    ----------
    name : str
        Whose queue it is, in words for the screen.
    limit : int
    worker : Worker, optional
        Which does the tasks, beside those of other queues; by default one of its own.
    """

    def __init__(self, name: str, limit: int = MAX_WAITING, worker: Worker | None = None) -> None:
        self.name = name
        self.limit = limit
        self.worker = worker or Worker(name)
        self._lock = threading.Lock()
        self._jobs: list[Job[Any]] = []

    def submit(
        self, name: str, task: Callable[[Job[T]], T], presence: Presence | None = None
    ) -> Job[T]:
        """Put a task in the queue, for a tab or for nobody; `BusyError` if it is full."""
        with self._lock:
            self._forget()
            if len(self._jobs) >= self.limit:
                raise BusyError(
                    f"{self.name} is busy: {len(self._jobs)} songs are waiting already and no more "
                    "are taken; try again in a minute."
                )
            job: Job[T] = Job(name, self, presence)
            self.worker.begin(job, task)
            self._jobs.append(job)
        return job

    @property
    def tasks(self) -> int:
        """How many tasks wait or run."""
        with self._lock:
            self._forget()
            return len(self._jobs)

    def _forget(self) -> None:
        self._jobs = _unfinished(self._jobs)


def _unfinished(jobs: list[Job[Any]]) -> list[Job[Any]]:
    """Without what has finished, and without what is wanted by nobody and has not begun."""
    for job in jobs:
        job.cancelled()  # looks whether its tab is gone
    return [job for job in jobs if not job.finished]
