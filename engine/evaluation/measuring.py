"""One model measured: its answers kept, and one record for each metric that applies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import CancelledError
from engine.evaluation.answering import Asked, answer_now
from engine.evaluation.board.records import (
    EvaluationRecord,
    append_records,
    read_records,
    results_folder,
)
from engine.evaluation.metrics.cost import COST_METRICS
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.uncertainty import bootstrap_values, percentile_interval
from engine.evaluation.provenance import PeakMemory, git_commit, utc_now
from engine.evaluation.resuming import answered_rows, answers_kept, run_kept, table_of
from engine.evaluation.tasks.data import write_predictions
from engine.evaluation.tasks.task import Assignment, Progress, Subject

if TYPE_CHECKING:
    import pandas as pd

_LATENCY_SONGS = 40
_WARM_UP = 3


def measured_records(
    job: Assignment,
    asked: Asked,
    seed: int,
    results: Path | None,
    resume: bool,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
    memory: PeakMemory | None,
) -> list[EvaluationRecord]:
    """Answer every song with one model, keep the answers, append the records and give them.

    What a kill leaves, the same evaluation takes up again, its last steps too: the journal goes
    only after the records have come.

    Without `memory`, which is measured from before the model was loaded, none is told.
    """
    subject = asked.subject
    with answers_kept(job, subject, seed, resume) as journal:
        rows, seconds = answered_rows(job, subject, asked.workers, journal, progress, cancelled)
        latencies = [row["seconds"] for row in rows]
        if subject.batch > 1 and not job.part:
            latencies = _single_song_seconds(job, asked, cancelled)
        megabytes = memory.megabytes if memory else None
        table, metrics = table_of(job, rows, journal)
        run = run_kept(journal)
        common = _common(job, subject, run, seed, seconds, len(table))
        common = replace(common, device=asked.device)
        about = {
            "task": job.name,
            "model": subject.name,
            "revision": subject.revision,
            "dataset_sha256": job.sha256,
            "split": job.split,
            "run": common.run,
        }
        write_predictions(table, about, (results or results_folder()) / common.predictions)
        records = scored_records(table, metrics, common)
        records += _costs(job, subject, common, latencies, megabytes)
        if not (journal.resumed and any(one.run == run for one in read_records(results)[0])):
            append_records(records, results)
        journal.close(remove=True)
    return records


def _costs(
    job: Assignment,
    subject: Subject,
    common: EvaluationRecord,
    latencies: Sequence[float],
    megabytes: float | None,
) -> list[EvaluationRecord]:
    """Records of time and memory."""
    costs: dict[str, float | None] = {
        "latency-p50": float(np.percentile(latencies, 50)),
        "latency-p95": float(np.percentile(latencies, 95)),
        "peak-memory": megabytes,
        "size": subject.megabytes,
    }
    return [
        replace(common, metric=metric.name, signature=metric.signature, value=value)
        for metric in COST_METRICS
        if (value := costs[metric.name]) is not None and not job.part
    ]


def _common(
    job: Assignment, subject: Subject, run: str, seed: int, seconds: float, songs: int
) -> EvaluationRecord:
    """What all records of a run say; number and device are still to come."""
    parts = (job.name, job.part, subject.name.replace("/", "-"), run)
    return EvaluationRecord(
        task=job.name,
        model=subject.name,
        base=subject.base,
        preset=subject.preset,
        kind=subject.kind,
        revision=subject.revision,
        dataset=job.dataset,
        dataset_sha256=job.sha256,
        split=job.split,
        metric="",
        signature="",
        value=0.0,
        low=None,
        high=None,
        n=songs,
        seed=seed,
        seconds=seconds,
        device="",
        commit=git_commit(),
        time=utc_now(),
        run=run,
        predictions=f"predictions/{'-'.join(part for part in parts if part)}.parquet",
    )


def scored_records(
    table: pd.DataFrame, metrics: Sequence[Metric], common: EvaluationRecord
) -> list[EvaluationRecord]:
    """One record a metric that applies to the table, with its interval; the rest from `common`."""
    applying = [metric for metric in metrics if metric.applies_to(table)]
    samples = bootstrap_values(table, applying, common.seed)
    records: list[EvaluationRecord] = []
    for metric in applying:
        low, high = percentile_interval(samples[metric.name])
        records.append(
            replace(
                common,
                metric=metric.name,
                signature=metric.signature,
                value=metric.of(table),
                low=low,
                high=high,
            )
        )
    return records


def _single_song_seconds(
    job: Assignment, asked: Asked, cancelled: Callable[[], bool] | None
) -> list[float]:
    """Seconds of one-song calls on songs spread evenly over the order of prediction."""
    step = max(1, len(job.order) // _LATENCY_SONGS)
    chosen = list(job.order)[::step][:_LATENCY_SONGS]
    for index in chosen[:_WARM_UP]:
        answer_now(asked.workers, [index])
    seconds: list[float] = []
    for index in chosen:
        if cancelled and cancelled():
            raise CancelledError(f"The evaluation of {asked.subject.name} was cancelled.")
        seconds.append(answer_now(asked.workers, [index])[0]["seconds"])
    return seconds
