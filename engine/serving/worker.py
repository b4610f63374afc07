"""The one thread on which models answer, and its end.

Tasks are done in the order they came. One that takes long lets others, of other models, in between
two of its steps, so that a visitor with a long song does not stop the others: the quickest models
first, and for no longer than it has worked itself, so that a row of short tasks does not stop it
either. A model is not asked anew while it is in the middle of an answer, unless that task says that
it may be.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError, InputError, quoted

if TYPE_CHECKING:
    from engine.serving.queues import Job

_LOG = logging.getLogger(__name__)
SLICE_SECONDS = 0.5
"""For so long a task has the worker to itself, or for as long as it let others in before."""
IDLE_SECONDS = 10.0
BUSY_SECONDS = 60.0
"""Where there is always work: what it leaves is tidied up this often, between two tasks."""
STOP_SECONDS = 8.0
_WORKERS: weakref.WeakSet[Worker] = weakref.WeakSet()


class StoppingError(EngineError):
    """No work is taken any more: the server is being stopped."""


class Worker:
    """One thread, which does the tasks of one or more queues in the order they came.

    Parameters
    ----------
    name : str
    tidy : callable, optional
        Called once after work, when there has been none for `IDLE_SECONDS`, and between two tasks
        where that moment has not come for `BUSY_SECONDS`.
    """

    def __init__(self, name: str, tidy: Callable[[], None] | None = None) -> None:
        self._name = f"lyric-lab-{name}"
        self._tidy = tidy
        self._changed = threading.Condition()
        self._waiting: deque[Job[Any]] = deque()
        self._running: list[Job[Any]] = []  # the innermost last
        self._came = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._slice = SLICE_SECONDS
        self._since = 0.0  # when the innermost began, or let others in
        _WORKERS.add(self)

    def begin(self, job: Job[Any]) -> None:
        """Put a task behind those that wait; `StoppingError` once it is closed."""
        with self._changed:
            if self._closed:
                raise StoppingError("The server is being stopped and takes no more; ask again.")
            self._came += 1
            job.number = self._came
            self._waiting.append(job)
            if self._thread is None:
                # A daemon: whoever ends the process closes the workers first, within a bound.
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def ahead(self, job: Job[Any]) -> int:
        """How many unfinished tasks came before this one, from whichever queue; never more later.

        One that came later and is let in between two steps of another is not counted.
        """
        with self._changed:
            came = [*self._running, *self._waiting]
        before = [other for other in came if other.number < job.number]
        for other in before:
            other.cancelled()  # looks whether its visitor is gone
        return sum(not other.finished for other in before)

    def let_others_in(self, job: Job[Any]) -> float:
        """Do tasks of other models now, if this one has had its time; seconds it took.

        No second one is begun after as much time as this one had since it last let others in.
        """
        began = time.monotonic()
        had = began - self._since
        if threading.current_thread() is not self._thread or had < self._slice:
            return 0.0
        with self._changed:
            chosen = [other for other in self._waiting if self._may_begin(other)]
        for other in sorted(chosen, key=lambda other: other.queue.usual_seconds):
            if self._take(other):
                self._run(other)
            if time.monotonic() - began > had:
                break
        self._since = time.monotonic()
        took = self._since - began
        self._slice = max(SLICE_SECONDS, took)  # it gets as much time as it gave away
        return took

    def close(self) -> None:
        """Take no more work; what waits never begins, what runs is asked to stop."""
        with self._changed:
            self._closed = True
            jobs = [*self._waiting, *self._running]
            self._waiting.clear()
            self._changed.notify_all()
        for job in jobs:
            job.cancel()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing runs, at most so long; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout=max(seconds, 0.0))

    def _work(self) -> None:
        worked, tidied = False, 0.0
        while True:
            with self._changed:
                patience = IDLE_SECONDS if worked and self._tidy else None
                self._changed.wait_for(lambda: self._waiting or self._closed, timeout=patience)
                if self._closed:
                    return
                job = self._waiting.popleft() if self._waiting else None
                if job is not None:
                    self._running.append(job)
            if not worked:
                tidied = time.monotonic()  # nothing was left to tidy up until now
            worked = job is not None
            if job is not None:
                self._run(job)
            del job  # a finished task holds its song and its answer
            if self._tidy and not (worked and time.monotonic() < tidied + BUSY_SECONDS):
                self._tidy()
                tidied = time.monotonic()

    def _may_begin(self, job: Job[Any]) -> bool:
        """Whether it is short, and its model free or in the middle of what leaves it to others.

        A task that shares its model takes long. Let in, it would keep what is in the middle of an
        answer, and all who wait for that model, until its own end.
        """
        return not job.shares and all(one.shares for one in self._running if one.queue is job.queue)

    def _take(self, job: Job[Any]) -> bool:
        """Take a task up before its turn; whether it still waited."""
        with self._changed:
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            self._running.append(job)
            return True

    def _run(self, job: Job[Any]) -> None:
        self._since, self._slice = time.monotonic(), SLICE_SECONDS
        try:
            job.run()
        finally:
            with self._changed:
                self._running.remove(job)
                self._changed.notify_all()


def stop_seconds() -> float:
    """For how long work under way may go on at the end, by `LYRICLAB_STOP_SECONDS` or as usual.

    Raises
    ------
    InputError
        If the variable holds no number of seconds.
    """
    asked = os.environ.get("LYRICLAB_STOP_SECONDS", "").strip()
    if not asked:
        return STOP_SECONDS
    try:
        seconds = float(asked)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 600:
        raise InputError(
            f"LYRICLAB_STOP_SECONDS is {quoted(asked)}; a number from 0 to 600 is accepted."
        )
    return seconds


def close_all(seconds: float) -> None:
    """Close every worker and wait for what runs, at most so long in all.

    A table, an import or an evaluation that is stopped so goes on from there the next time.
    """
    end = time.monotonic() + seconds
    workers = list(_WORKERS)
    for worker in workers:
        worker.close()
    left = [worker for worker in workers if not worker.wait(end - time.monotonic())]
    if left:
        _LOG.warning("%d tasks did not stop within %.0f s", len(left), seconds)


@atexit.register
def _end() -> None:
    try:
        seconds = stop_seconds()
    except InputError:  # it was told when the server began
        seconds = STOP_SECONDS
    close_all(seconds)
