"""Long work off the caller's thread: one bounded queue per model, progress, and a cancel flag.

Every visitor's page has a script of its own, and every request of a program a handler. So a model
is asked through its `Queue`: one worker, a number of places to wait, and a refusal in words when
those are taken. A `Job` is what the asker holds meanwhile; it may be polled, waited for, or
cancelled. One that was asked for by a visitor is cancelled soon after that visitor is gone, so that
nobody waits for work that nobody will see.

The queues of all models share one `Worker`: every thread that calls PyTorch gets a pool of OpenMP
threads of its own, and several pools on the same few cores make each other slower.
"""

from __future__ import annotations

import logging
import os
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any, Generic, TypeVar

from engine.errors import CancelledError, EngineError, InputError, quoted
from engine.serving.presence import Presence
from engine.serving.worker import Worker

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_REMEMBERED = 9  # tasks
PLACES = 64
"""A class that asks at the same moment is served in turn, not refused."""


class BusyError(EngineError):
    """All places of a queue are taken; the message says so."""


def places() -> int:
    """How many songs may wait for a model, by `LYRICLAB_PLACES` or as many as usual.

    Raises
    ------
    InputError
        If the variable holds no such number.
    """
    asked = os.environ.get("LYRICLAB_PLACES", "").strip()
    if not asked:
        return PLACES
    if not (asked.isdecimal() and 1 <= int(asked) <= 1000):
        raise InputError(
            f"LYRICLAB_PLACES is {quoted(asked)}; a number from 1 to 1000 is accepted."
        )
    return int(asked)


class Job(Generic[T]):
    """One task on its way through a queue.

    Attributes
    ----------
    name : str
        What is being done, in words for the screen.
    step, steps : int
        Progress as the task reports it; both 0 until the first report.
    presence : Presence or None
        Who wants the result; None for work that goes on without anybody.
    shares : bool
        Whether its model may be asked something else between two of its steps.
    future : Future
        Where the result will appear.
    """

    def __init__(
        self,
        name: str,
        queue: Queue,
        task: Callable[[Job[T]], T],
        presence: Presence | None = None,
        *,
        shares: bool = False,
    ) -> None:
        self.name = name
        self.number = 0  # in the order in which the worker got its tasks
        self.presence = presence
        self.shares = shares
        self.step = 0
        self.steps = 0
        self.future: Future[T] = Future()
        self._queue = queue
        self._task: Callable[[Job[T]], T] | None = task
        self._cancel = threading.Event()
        self._submitted = time.perf_counter()
        self._started: float | None = None
        self._seconds: float | None = None
        self._given_away = 0.0

    def report(self, step: int, steps: int) -> None:
        """Take progress from the task (it may be called from any thread).

        A task that has had the worker for a while lets others in between two of its steps; after
        the last one its asker waits no longer.
        """
        self.step, self.steps = step, steps
        if step < steps:
            self._given_away += self._queue.worker.let_others_in(self)

    def cancel(self) -> None:
        """Ask the task to stop; one that has not begun never begins."""
        self._cancel.set()
        self.future.cancel()

    def cancelled(self) -> bool:
        """Whether a stop was asked for, or nobody is left; the task looks at this in its loop."""
        if not self._cancel.is_set() and self.presence is not None and self.presence.gone():
            self.cancel()
        return self._cancel.is_set()

    @property
    def queue(self) -> Queue:
        """Where it waits, or waited."""
        return self._queue

    @property
    def finished(self) -> bool:
        """Whether there is a result, an error, or nothing more to come."""
        return self.future.done()

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
        """Time spent working, without the wait in the queue and for others that were let in."""
        if self._seconds is not None:
            return self._seconds
        if self._started is None:
            return 0.0
        return time.perf_counter() - self._started - self._given_away

    @property
    def waited(self) -> float:
        """Time spent in the queue until the worker took the task up."""
        return (self._started or time.perf_counter()) - self._submitted

    def result(self) -> T:
        """Wait for the end and give the task's result.

        Raises
        ------
        CancelledError
            If it was cancelled.
        EngineError
            Whatever the task raised.
        """
        try:
            return self.future.result()
        except FutureCancelledError:
            raise CancelledError(f"{self.name}: cancelled before it began.") from None

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it has come."""
        wait_for([self.future], timeout=seconds)
        return self.finished

    def run(self) -> None:
        """Do the work (on the queue's worker)."""
        task, self._task = self._task, None  # it holds a song and a model
        self.cancelled()
        if not self.future.set_running_or_notify_cancel() or task is None:
            return
        self._started = time.perf_counter()
        result: Any = None
        problem: BaseException | None = None
        try:
            result = task(self)
        except BaseException as error:  # noqa: BLE001 - handed to whoever asked
            problem = error
        self._seconds = time.perf_counter() - self._started - self._given_away
        if not self.shares:
            self._queue.took(self._seconds)
        _LOG.info("job", extra={"told": self._told(problem)})
        if problem is not None:
            self.future.set_exception(problem)
            del problem  # its traceback holds this frame
        else:
            self.future.set_result(result)

    def _told(self, problem: BaseException | None) -> dict[str, object]:
        """What the log says of it: nothing that somebody wrote."""
        outcome = "done"
        if problem is not None:
            refused = isinstance(problem, EngineError) and not isinstance(problem, CancelledError)
            outcome = "refused" if refused else type(problem).__name__
        if isinstance(problem, CancelledError):
            outcome = "cancelled"
        return {
            "queue": self._queue.name,
            "outcome": outcome,
            "waited": round(self.waited, 3),
            "seconds": round(self.seconds, 3),
        }


class Queue:
    """At most `limit` tasks for one model, waiting or running.

    Parameters
    ----------
    name : str
        Whose queue it is, in words for the screen.
    limit : int, optional
        By default `places`.
    worker : Worker, optional
        Which does the tasks, beside those of other queues; by default one of its own.
    """

    def __init__(self, name: str, limit: int | None = None, worker: Worker | None = None) -> None:
        self.name = name
        self.limit = places() if limit is None else limit
        self.worker = worker or Worker(name)
        self._lock = threading.Lock()
        self._jobs: list[Job[Any]] = []
        self._took: deque[float] = deque(maxlen=_REMEMBERED)

    def submit(
        self,
        name: str,
        task: Callable[[Job[T]], T],
        presence: Presence | None = None,
        *,
        shares: bool = False,
    ) -> Job[T]:
        """Put a task in the queue, for a visitor or for nobody; `BusyError` if it is full."""
        with self._lock:
            self._forget()
            if len(self._jobs) >= self.limit:
                _LOG.info("job", extra={"told": {"queue": self.name, "outcome": "no place"}})
                raise BusyError(
                    f"{self.name} is busy: {len(self._jobs)} songs are waiting already and no more "
                    "are taken; try again in a minute."
                )
            job: Job[T] = Job(name, self, task, presence, shares=shares)
            self.worker.begin(job)
            self._jobs.append(job)
        return job

    @property
    def tasks(self) -> int:
        """How many tasks wait or run."""
        with self._lock:
            self._forget()
            return len(self._jobs)

    @property
    def usual_seconds(self) -> float:
        """Median work of its last tasks but those that share the model; 0 before the first.

        Asked on the worker, as `took` is.
        """
        return statistics.median(self._took) if self._took else 0.0

    def took(self, seconds: float) -> None:
        """Remember the work of a task that has ended (on the worker)."""
        self._took.append(seconds)

    def _forget(self) -> None:
        """Keep what is unfinished and still wanted."""
        for job in self._jobs:
            job.cancelled()  # looks whether its visitor is gone
        self._jobs = [job for job in self._jobs if not job.finished]
