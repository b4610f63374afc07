"""Workers on a Ray cluster: processes on one machine or many that load a model once.

Why Ray's actors and not Ray Data: rows have to keep their order, a run that was killed has to go on
with the same groups of songs, and no answer may be lost or doubled. All of that lives in one
journal here (`engine.batch.output`), so workers need no memory of their own: they get a group and
give back its answers. Few tasks wait at each, so memory stays that of a chunk of rows however long
the table is. A worker that dies is started again by Ray, elsewhere if its node is gone, and what it
was asked is asked again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.batch.workers import Workers
from engine.errors import InputError
from engine.models.threads import cores

LOCAL = "local"
INSTALL = ".venv/bin/python -m pip install -r requirements-ray.txt"
# Tasks at a worker: one that it does, and one that it finds waiting.
_AT_ONCE = 2
# Tasks in all, for each worker.
_AHEAD = 4
# How often a task is given to another worker because its own died.
_TRIES = 4
_STORE_BYTES = 100 * 2**20
_PATIENCE = 900.0  # seconds until the first worker is ready
_LAST = 30.0  # seconds that work under way is waited for when all is over
_PASSED_ON = "LYRICLAB_"
_ROOT = Path(__file__).parents[2]

Begin = Callable[[], Callable[[Any], Any]]


@dataclass(frozen=True)
class Cluster:
    """Where workers are.

    Attributes
    ----------
    address : str
        ``"local"`` starts a cluster of this machine's cores for as long as it is needed; anything
        else is the address of one that runs, such as ``auto`` or ``10.0.0.1:6379``.
    workers : int, optional
        How many; by default one for each GPU, or, where there is none, for each core.
    """

    address: str
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"There shall be {self.workers} workers; a number from 1 is accepted.")
        if not self.address.strip():
            raise InputError("--ray names no cluster; 'local', 'auto' or HOST:PORT are accepted.")


@contextmanager
def joined(cluster: Cluster) -> Generator[Any]:
    """Ray, connected to the cluster; a local one ends with it.

    Raises
    ------
    InputError
        If Ray is not installed, the cluster cannot be reached, or it runs another version of Ray.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # this program tells nobody of its use
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise InputError(f"Ray is an optional part; {INSTALL} adds it.") from None
    if ray.is_initialized():  # one program, one cluster: whoever joined leaves it too
        yield ray
        return
    passed = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    options: dict[str, Any] = {
        "configure_logging": True,
        "logging_level": "ERROR",
        "log_to_driver": False,
        "runtime_env": {"env_vars": {**passed, "PYTHONPATH": str(_ROOT)}},
    }
    folder: str | None = None
    if cluster.address == LOCAL:
        folder = _short_folder()
        options |= {
            "address": "local",
            "num_cpus": max(cluster.workers or 0, cores()),
            "include_dashboard": False,
            # Groups are small and travel inside calls; a container's /dev/shm is small too.
            "object_store_memory": _STORE_BYTES,
            "_temp_dir": folder,
        }
    else:
        options["address"] = cluster.address
    try:
        try:
            ray.init(**options)
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            told = " ".join(str(error).split())[:200]
            raise InputError(
                f"The Ray cluster '{cluster.address}' cannot be joined: {told}"
            ) from None
        yield ray
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _short_folder() -> str:
    """A folder for the sockets of a local cluster, whose paths may have a hundred characters."""
    usual = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix="lyric-ray-", dir=usual if len(usual) < 30 else None)


@contextmanager
def workers_on(cluster: Cluster, begin: Begin) -> Generator[Workers]:
    """Workers of a cluster.

    Parameters
    ----------
    begin : callable
        Gives the function that does a task; it is called once in each worker, so what it loads is
        loaded there. It is sent there, as are tasks and results.

    Raises
    ------
    InputError
        As `joined` does, or if no worker is ready within a quarter of an hour.
    """
    with joined(cluster) as ray:
        workers = RayWorkers(ray, cluster, begin)
        try:
            yield workers
        finally:
            workers.close()


class _Worker:
    """What runs in a worker's process."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._work: Callable[[Any], Any] | None = None

    def begin(self) -> int:
        """Load what is needed; the process id."""
        if self._work is None:
            self._work = self._begin()
        return os.getpid()

    def do(self, task: Any) -> Any:
        """Do a task."""
        self.begin()
        assert self._work is not None  # noqa: S101 - begin has set it
        return self._work(task)


@dataclass
class _Task:
    what: Any
    tries: int = 0


@dataclass
class _Hand:
    """One worker as seen from here: whether it is ready, and what it has been given."""

    actor: Any
    ready: bool = False
    given: set[Any] = field(default_factory=set[Any])


class RayWorkers:
    """`engine.batch.workers.Workers` on a cluster that has been joined."""

    def __init__(self, ray: Any, cluster: Cluster, begin: Begin) -> None:
        self._ray = ray
        self._waiting: deque[_Task] = deque()
        self._given: dict[Any, tuple[_Hand, _Task]] = {}
        self._beginning: dict[Any, _Hand] = {}
        self._done: list[Any] = []
        self._hands: list[_Hand] = []
        self._since = time.monotonic()
        resources = ray.cluster_resources()
        gpus = int(resources.get("GPU", 0))
        count = cluster.workers or gpus or int(resources.get("CPU", 0)) or 1
        wants: dict[str, Any] = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": 0}
        if gpus:
            wants["num_gpus"] = 1
        kind: Any = ray.remote(**wants)(_Worker)
        for _ in range(count):
            hand = _Hand(kind.remote(begin))
            self._hands.append(hand)
            self._call_up(hand)

    @property
    def capacity(self) -> int:
        """As in `Workers`."""
        return _AHEAD * max(len(self._hands), 1)

    @property
    def under_way(self) -> int:
        """As in `Workers`."""
        return len(self._waiting) + len(self._given)

    @property
    def pids(self) -> list[int]:
        """Processes of the workers that are ready; waits until all are."""
        return self._ray.get([hand.actor.begin.remote() for hand in self._hands])

    def submit(self, task: Any) -> None:
        """As in `Workers`."""
        self._waiting.append(_Task(task))
        self._hand_out()

    def results(self) -> list[Any]:
        """As in `Workers`."""
        while not self._done:
            self._hand_out()
            self._look(1.0)
            if not any(hand.ready for hand in self._hands):
                self._check_patience()
        found, self._done = self._done, []
        return found

    def last_results(self) -> list[Any]:
        """As in `Workers`."""
        self._waiting.clear()
        end = time.monotonic() + _LAST
        while self._given and time.monotonic() < end:
            with contextlib.suppress(Exception):
                self._look(end - time.monotonic(), again=False)
        found, self._done = self._done, []
        return found

    def close(self) -> None:
        """Let all workers go."""
        for hand in self._hands:
            with contextlib.suppress(Exception):
                self._ray.kill(hand.actor)

    def _call_up(self, hand: _Hand) -> None:
        """Have a worker load its model; it is given nothing before it is ready."""
        hand.ready = False
        call = hand.actor.begin.options(max_task_retries=-1)
        self._beginning[call.remote()] = hand

    def _hand_out(self) -> None:
        """Give waiting tasks to the workers that have least to do.

        The last ones wait here for whoever is done first: given out ahead, they would wait at one
        worker while another has nothing to do.
        """
        for at_once in range(_AT_ONCE):
            for hand in self._hands:
                waiting = len(self._waiting) > (len(self._hands) if at_once else 0)
                if waiting and hand.ready and len(hand.given) <= at_once:
                    task = self._waiting.popleft()
                    ref = hand.actor.do.remote(task.what)
                    hand.given.add(ref)
                    self._given[ref] = hand, task

    def _look(self, seconds: float, *, again: bool = True) -> None:
        """Wait for news: workers that are ready or have died, and results."""
        calls = [*self._given, *self._beginning]
        if not calls:
            return
        news, _ = self._ray.wait(calls, num_returns=1, timeout=max(seconds, 0.0))
        if news:
            more, _ = self._ray.wait(calls, num_returns=len(calls), timeout=0)
            for ref in more:
                self._take(ref, again=again)

    def _take(self, ref: Any, *, again: bool) -> None:
        hand = self._beginning.pop(ref, None)
        if hand:
            self._ready(hand, ref)
            return
        hand, task = self._given.pop(ref)
        hand.given.discard(ref)
        try:
            self._done.append(self._ray.get(ref))
        except self._ray.exceptions.RayTaskError as error:
            raise _own_error(error) from None
        except self._ray.exceptions.RayError as error:  # the worker or its node is gone
            if again:
                self._ask_again(hand, task, error)

    def _ready(self, hand: _Hand, ref: Any) -> None:
        try:
            self._ray.get(ref)
        except self._ray.exceptions.RayTaskError as error:
            raise _own_error(error) from None
        except self._ray.exceptions.RayError as error:
            self._hands.remove(hand)  # Ray has given it up; the others go on
            if not self._hands:
                told = " ".join(str(error).split())[:200]
                raise InputError(
                    f"All workers of the cluster are lost ({told}); the same command goes on."
                ) from None
            return
        hand.ready = True
        self._since = time.monotonic()

    def _ask_again(self, hand: _Hand, task: _Task, error: Exception) -> None:
        """Give a task to somebody else; one that kills worker after worker ends the run."""
        if hand.ready:
            self._call_up(hand)
        task.tries += 1
        if task.tries >= _TRIES:
            told = " ".join(str(error).split())[:200]
            raise InputError(
                f"{_TRIES} workers died while they had the same songs, mostly because memory ran "
                f"out ({told}); give them more memory, or fewer workers, and the same command "
                "goes on."
            )
        self._waiting.appendleft(task)

    def _check_patience(self) -> None:
        if time.monotonic() - self._since > _PATIENCE:
            raise InputError(
                f"No worker was ready within {_PATIENCE / 60:.0f} minutes: the cluster has no free "
                "core, GPU or memory for one. The same command goes on."
            )


def _own_error(error: Any) -> BaseException:
    """What a worker's task has raised itself."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, Exception) else error
