"""Songs a second of one worker and of two on a Ray cluster of this machine, one core each.

``python bench/bench_cluster.py [--songs N] [--rounds N] [--model NAME ...]``. The songs are those
of `bench_batch`. Workers are called up and warm before the clock runs; what is timed is handing out
groups, answering them, and keeping each answer in a journal on disk. One worker and two take turns;
the efficiency is half the ratio of their rates, the median of the rounds'. Beside it stands the
same ratio of one thread and two in one process without Ray, which says what two of this machine's
cores are worth together. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench_batch import WARM_UP, shuffled_songs
from measuring import last_line, parsed_arguments

from engine.batch.cluster import Cluster, joined, workers_on
from engine.batch.groups import Song, answering, groups
from engine.batch.journal import Journal
from engine.batch.questions import Question, question
from engine.batch.workers import threads, work_through
from engine.corpora.tables import CHUNK
from engine.models.threads import SETTING


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
    """Medians of all sides, and what a second worker, and a second thread, is worth."""
    begin = partial(answering, asked)
    work = begin()
    taken: dict[str, list[float]] = {"1 worker": [], "2 workers": []}
    taken |= {"1 thread": [], "2 threads": []}
    with (
        workers_on(Cluster("local", 1), begin) as one,
        workers_on(Cluster("local", 2), begin) as two,
    ):
        for workers in (one, two):
            workers.pids  # type: ignore[attr-defined] # noqa: B018 - waits until all are ready
            rate(workers, asked, songs[: 10 * WARM_UP])
        for _ in range(rounds):
            taken["1 worker"].append(rate(one, asked, songs))
            taken["2 workers"].append(rate(two, asked, songs))
            for count, side in ((1, "1 thread"), (2, "2 threads")):
                os.environ[SETTING] = str(count)
                with threads(work, together=True) as here:
                    taken[side].append(rate(here, asked, songs))
    ratios = {
        f"efficiency of 2 {side}s": statistics.median(
            both / (2 * single)
            for single, both in zip(taken[f"1 {side}"], taken[f"2 {side}s"], strict=True)
        )
        for side in ("worker", "thread")
    }
    medians = {side: statistics.median(values) for side, values in taken.items()}
    return {name: round(value, 3) for name, value in (medians | ratios).items()}


if __name__ == "__main__":
    main()
