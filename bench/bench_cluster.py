"""Songs a second of one worker and of two on a Ray cluster of this machine, one core each.

``python bench/bench_cluster.py [--songs N] [--rounds N] [--model NAME ...]``. The songs are those
of `bench_batch`. Workers are called up and warm before the clock runs; what is timed is handing out
groups, answering them, and keeping each answer in a journal on disk. One worker and two take turns;
the efficiency is half the ratio of their rates, the median of the rounds'. Beside it stands the
same ratio of one process and two without Ray, each of one thread, which says what two of this
machine's cores are worth together. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench_batch import WARM_UP, shuffled_songs
from measuring import last_line, parsed_arguments

from engine.batch.cluster import Cluster, joined, workers_on
from engine.batch.groups import Song, answering, groups
from engine.batch.journal import Journal
from engine.batch.questions import Question, question
from engine.batch.workers import Threads, work_through
from engine.corpora.tables import CHUNK

_loaded: list[Callable[[Any], Any]] = []  # in a process without Ray: what answers a group


def rate(workers: Any, asked: Question, songs: list[str]) -> float:
    """Songs a second from table to journal."""
    numbered = [Song(number, song, "") for number, song in enumerate(songs)]
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "j", {}) as journal:
        began = time.perf_counter()
        tasks = (
            group
            for start in range(0, len(numbered), CHUNK)
            for group in groups(numbered[start : start + CHUNK], asked.characters)
        )
        work_through(workers, tasks, journal.add)
        return len(songs) / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(
        __doc__,
        precision=False,
        songs={"type": int, "default": 600},
        rounds={"type": int, "default": 5},
        model={"nargs": "+", "default": ["bilstm-gru", "roberta"]},
    )
    songs = shuffled_songs(arguments.songs)
    found: dict[str, Any] = {}
    with joined(Cluster("local", 3)):  # room for both sides at once
        for name in arguments.model:
            found[name] = rates(question(name), songs, arguments.rounds)
            print(f"{name}: {found[name]}", flush=True)
    last_line("cluster", songs=len(songs), rounds=arguments.rounds, songs_per_second=found)


def rates(asked: Question, songs: list[str], rounds: int) -> dict[str, float]:
    """Medians of all sides, and what a second worker, and a second process, is worth."""
    begin = partial(answering, asked)
    with (
        workers_on(Cluster("local", 1), begin) as one,
        workers_on(Cluster("local", 2), begin) as two,
        processes(asked, 1) as one_alone,
        processes(asked, 2) as two_alone,
    ):
        for workers in (one, two):
            workers.pids  # type: ignore[attr-defined] # noqa: B018 - waits until all are ready
        sides = {"1 worker": one, "2 workers": two}
        sides |= {"1 process": one_alone, "2 processes": two_alone}
        for workers in sides.values():
            rate(workers, asked, songs[: 10 * WARM_UP])
        rounds_of = [
            {side: rate(workers, asked, songs) for side, workers in sides.items()}
            for _ in range(rounds)
        ]
    medians = {side: statistics.median(taken[side] for taken in rounds_of) for side in sides}
    ratios = {
        f"efficiency of {both}": statistics.median(
            taken[both] / (2 * taken[single]) for taken in rounds_of
        )
        for single, both in (("1 worker", "2 workers"), ("1 process", "2 processes"))
    }
    return {name: round(value, 3) for name, value in (medians | ratios).items()}


@contextmanager
def processes(asked: Question, count: int) -> Generator[Threads]:
    """Processes of this machine without Ray, each with one thread and a model of its own."""
    os.environ["OMP_NUM_THREADS"] = "1"  # as Ray sets it for a worker of one core
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _begin, (asked, context.Barrier(count))) as pool:
        for _ in range(count):
            pool.submit(os.getpid)  # one begins for each
        yield Threads(pool, count, _answered)  # type: ignore[arg-type]


def _begin(asked: Question, all_ready: Any) -> None:
    _loaded.append(answering(asked))
    all_ready.wait()


def _answered(group: Any) -> Any:
    return _loaded[0](group)


if __name__ == "__main__":
    main()
