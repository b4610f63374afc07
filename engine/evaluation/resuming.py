"""Answers so far: kept in a journal in the cache folder, so that a broken run goes on.

A journal belongs to one model, in one revision, on one set of songs; it is locked while a run
writes it, so two runs never measure the same thing at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from engine.batch.journal import Journal
from engine.batch.workers import Workers, work_through
from engine.errors import CancelledError
from engine.evaluation.answering import Answered
from engine.evaluation.provenance import git_commit
from engine.evaluation.tasks.data import short_hash
from engine.evaluation.tasks.task import Assignment, Progress, Subject
from engine.files import made_folder
from engine.models.folders import cache_folder

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.metrics.metric import Metric

_RUN = "run"
_LONGEST = 10**9  # seconds that an answer may have taken


def answers_kept(job: Assignment, subject: Subject, seed: int, resume: bool) -> Journal:
    """The journal of a model's answers to these songs; a context manager that locks it.

    Raises
    ------
    InputError
        If another run is measuring the same model on the same songs.
    """
    head = {
        "task": job.name,
        "part": job.part,
        "songs": job.sha256,
        "split": job.split,
        "model": subject.name,
        "preset": subject.preset,
        "revision": subject.revision,
        "seed": seed,
        "commit": git_commit(),
    }
    folder = made_folder(cache_folder() / "evaluations")
    name = short_hash("|".join(map(str, head.values())), 16) + ".jsonl"
    advice = (
        f"{subject.name} is being measured on these songs already; wait until that run has ended, "
        "or cancel it. If there is none, begin anew with --restart"
    )
    return Journal(folder / name, head, restart=not resume, advice=advice)


def answered_rows(
    job: Assignment,
    subject: Subject,
    workers: Workers,
    journal: Journal,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[list[dict[str, Any]], float]:
    """Every song's row, in the order of the songs, and the seconds they took in all.

    What the journal holds is taken over; each further batch is kept there as it is answered.

    Raises
    ------
    CancelledError
        On Ctrl-C, or if `cancelled` says so, asked between batches.
    InputError
        If the journal holds what no run wrote.
    """
    done = _rows_kept(journal, job.ids)
    waiting = [index for index in job.order if job.ids[index] not in done]

    def stopped() -> CancelledError:
        return CancelledError(
            f"The evaluation of {subject.name} was cancelled after {len(done):,} of "
            f"{len(job.ids):,} songs; started again, it goes on from there."
        )

    def batches() -> Iterator[list[int]]:
        for start in range(0, len(waiting), subject.batch):
            if cancelled and cancelled():
                raise stopped()
            yield waiting[start : start + subject.batch]

    def keep(result: Answered) -> None:
        numbers, rows = result
        answered = {job.ids[index]: row for index, row in zip(numbers, rows, strict=True)}
        journal.add(answered)
        done.update(answered)
        if progress:
            progress(subject.name, len(done), len(job.ids))

    try:
        work_through(workers, batches(), keep)
    except (KeyboardInterrupt, CancelledError):  # also where it waited for its turn
        raise stopped() from None
    rows = [done[identity] for identity in job.ids]
    return rows, float(sum(row["seconds"] for row in rows))


def run_kept(journal: Journal) -> str:
    """The name of the run, the same for all that go on with it: nothing it leaves is doubled."""
    for entry in journal.entries():
        if _is_run(entry):
            return entry[1]
    run = uuid.uuid4().hex[:12]
    journal.add([_RUN, run])
    return run


def table_of(
    job: Assignment, rows: Sequence[dict[str, Any]], journal: Journal
) -> tuple[pd.DataFrame, Sequence[Metric]]:
    """The rows as the task's table, with its metrics.

    Raises
    ------
    InputError
        If rows that an earlier run is said to have kept do not fit together.
    """
    try:
        return job.table(list(rows))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if not journal.resumed:
            raise
        raise journal.unfit(f"answers that do not fit ({type(error).__name__})") from error


def _rows_kept(journal: Journal, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    known = set(ids)
    for entry in journal.entries():
        if _is_run(entry):
            continue
        if not isinstance(entry, dict) or not set(cast("dict[str, Any]", entry)) <= known:
            raise journal.unfit("what is no answer to these songs")
        for identity, row in cast("dict[str, Any]", entry).items():
            if not _is_row(row):
                raise journal.unfit("what is no answer to these songs")
            rows[identity] = row
    return rows


def _is_run(entry: Any) -> bool:
    """Whether an entry names the run instead of answers."""
    return (
        isinstance(entry, list)
        and len(cast("list[Any]", entry)) == 2
        and entry[0] == _RUN
        and isinstance(entry[1], str)
        and entry[1].isalnum()
    )


def _is_row(found: Any) -> bool:
    seconds: Any = cast("dict[str, Any]", found).get("seconds") if isinstance(found, dict) else None
    return type(seconds) in (int, float) and 0 <= seconds < _LONGEST
