"""Who answers: threads here, or anything else that takes tasks and gives back results."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Protocol

from engine.models.threads import cores

_MOST_THREADS = 8
# Tasks a thread finds waiting when it is done with one.
_AHEAD = 2


class Workers(Protocol):
    """Takes tasks, gives back results as they are ready; a result belongs to one task."""

    @property
    def capacity(self) -> int:
        """How many tasks may be under way: more would only wait, and take memory."""
        ...

    @property
    def under_way(self) -> int:
        """Tasks given whose results were not taken."""
        ...

    def submit(self, task: Any) -> None:
        """Give a task."""
        ...

    def results(self) -> list[Any]:
        """Wait until there is a result, take all there are; a task that failed raises."""
        ...

    def last_results(self) -> list[Any]:
        """Take what is being worked on just now, and forget what was not begun."""
        ...


_NO_MORE = object()


def work_through(workers: Workers, tasks: Iterable[Any], keep: Callable[[Any], None]) -> None:
    """Have all tasks done and keep each result as it comes.

    If one fails, or on Ctrl-C, what others were working on just then is kept too.
    """
    waiting = iter(tasks)
    try:
        while True:
            # Room before the next task is asked for: who gives it may want to stop by then.
            while workers.under_way >= workers.capacity:
                _keep(workers.results(), keep)
            if (task := next(waiting, _NO_MORE)) is _NO_MORE:
                break
            workers.submit(task)
        while workers.under_way:
            _keep(workers.results(), keep)
    except BaseException:  # Ctrl-C among them
        _keep(workers.last_results(), keep)
        raise


def _keep(results: list[Any], keep: Callable[[Any], None]) -> None:
    for result in results:
        keep(result)


class Threads:
    """Threads of this process that share one model.

    Parameters
    ----------
    pool : ThreadPoolExecutor
    count : int
        Its threads.
    work : callable
        A task to its result.
    """

    def __init__(self, pool: ThreadPoolExecutor, count: int, work: Callable[[Any], Any]) -> None:
        self._pool = pool
        self._work = work
        self._waiting: set[Future[Any]] = set()
        self.capacity = count * (1 + _AHEAD)

    @property
    def under_way(self) -> int:
        """As in `Workers`."""
        return len(self._waiting)

    def submit(self, task: Any) -> None:
        """As in `Workers`."""
        self._waiting.add(self._pool.submit(self._work, task))

    def results(self) -> list[Any]:
        """As in `Workers`."""
        done = wait(self._waiting, return_when=FIRST_COMPLETED).done
        results: list[Any] = []
        failed: BaseException | None = None
        for future in done:
            if error := future.exception():
                failed = error
                self._waiting.discard(future)
        if failed:  # what was done beside it stays for `last_results`
            raise failed
        for future in done:
            self._waiting.discard(future)
            results.append(future.result())
        return results

    def last_results(self) -> list[Any]:
        """As in `Workers`."""
        under_way = [future for future in self._waiting if not future.cancel()]
        self._waiting.clear()
        done = wait(under_way).done
        return [future.result() for future in done if not future.exception()]


@contextmanager
def threads(work: Callable[[Any], Any], *, together: bool) -> Generator[Threads]:
    """Threads that each do a task of their own, and share the cores among them.

    A recurrent network's steps are too small to be shared between cores, groups are not. On a GPU,
    and for a model that does one thing at a time (not `together`), there is one.
    """
    import torch

    before, free = torch.get_num_threads(), cores()
    single = torch.cuda.is_available() or not together
    count = 1 if single else min(free, _MOST_THREADS)
    # What a worker sets holds for itself and for threads that start later.
    pool = (
        ThreadPoolExecutor(count, "batch", torch.set_num_threads, (free // count,))
        if together
        else ThreadPoolExecutor(1, "batch")
    )
    try:
        yield Threads(pool, count, work)
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(before)
