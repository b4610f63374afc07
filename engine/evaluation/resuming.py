"""Answers so far: kept in the cache folder as they are made, so that a broken run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.errors import CancelledError
from engine.evaluation.provenance import git_commit
from engine.evaluation.tasks.data import short_hash
from engine.evaluation.tasks.task import Assignment, Progress, Subject
from engine.models.folders import cache_folder


def answered_rows(
    job: Assignment,
    subject: Subject,
    seed: int,
    resume: bool,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[list[dict[str, Any]], float]:
    """Every song's row, in the order of the songs, and the seconds they took in all.

    Each batch is kept as it is answered; with `resume`, what an earlier run kept is taken over.

    Raises
    ------
    CancelledError
        If `cancelled` says so, asked between batches.
    """
    partial = partial_file(job, subject, seed)
    partial.parent.mkdir(parents=True, exist_ok=True)
    if not resume:
        partial.unlink(missing_ok=True)
    done = _partial_rows(partial)
    waiting = [index for index in job.order if job.ids[index] not in done]
    with partial.open("a", encoding="utf-8") as file:
        file.write("\n")  # the line before may have been cut short
        for start in range(0, len(waiting), subject.batch):
            if cancelled and cancelled():
                raise CancelledError(
                    f"The evaluation of {subject.name} was cancelled after {len(done):,} of "
                    f"{len(job.ids):,} songs; started again, it goes on from there."
                )
            batch = waiting[start : start + subject.batch]
            began = time.perf_counter()
            rows = subject.answer(batch)
            share = (time.perf_counter() - began) / len(batch)
            for index, row in zip(batch, rows, strict=True):
                done[job.ids[index]] = {"seconds": share, **row}
                file.write(json.dumps([job.ids[index], done[job.ids[index]]]) + "\n")
            file.flush()
            if progress:
                progress(subject.name, len(done), len(job.ids))
    rows = [done[identity] for identity in job.ids]
    return rows, float(sum(row["seconds"] for row in rows))


def _partial_rows(path: Path) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            try:
                identity, row = json.loads(line)
            except ValueError:
                continue
            rows[identity] = row
    return rows


def partial_file(job: Assignment, subject: Subject, seed: int) -> Path:
    """Where the answers of a run that has not ended are kept."""
    parts = (
        job.name,
        job.sha256,
        job.split,
        subject.name,
        subject.preset,
        subject.revision,
        str(seed),
        git_commit(),
        job.part,
    )
    return cache_folder() / "evaluations" / (short_hash("|".join(parts), 16) + ".jsonl")
