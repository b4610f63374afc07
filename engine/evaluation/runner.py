"""Run an evaluation: predict every song, keep the predictions, append the records.

Predictions are noted in the cache folder as they are made, so that a run that was cancelled or
broken goes on where it stopped (`resume`); only a complete run leaves records.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.corpora.reading import EXTENSIONS
from engine.errors import CancelledError, InputError
from engine.evaluation.board.records import TASKS, EvaluationRecord, append_records, results_folder
from engine.evaluation.files import CHORD_EXTENSIONS, evaluated_file
from engine.evaluation.metrics.cost import COST_METRICS
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.uncertainty import bootstrap_values, percentile_interval
from engine.evaluation.provenance import PeakMemory, device_name, git_commit, utc_now
from engine.evaluation.tasks.data import short_hash, write_predictions
from engine.evaluation.tasks.task import Loader, Progress, Subject, Task
from engine.models.folders import cache_folder

if TYPE_CHECKING:
    import pandas as pd

_LATENCY_SONGS = 40
_WARM_UP = 3


@dataclass(frozen=True)
class EvaluationRun:
    """What an evaluation gave.

    Attributes
    ----------
    records : tuple of EvaluationRecord
        As appended to the results folder.
    problems : tuple of str
        Songs of the data file that were left out, and why.
    """

    records: tuple[EvaluationRecord, ...]
    problems: tuple[str, ...]


def evaluate(  # noqa: PLR0913 - the one door: every choice of a run is named here
    task: str,
    data: Path,
    models: Sequence[str],
    *,
    preset: str = "embedded",
    training: Path | None = None,
    limit: int | None = None,
    seed: int = 0,
    scorer: str = "minilm-l6",
    results: Path | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    load: Loader | None = None,
) -> EvaluationRun:
    """Evaluate models on a data file and append their records.

    Parameters
    ----------
    task : str
        "genre" or "chords".
    data : Path
        Songs with genres (Parquet, CSV, TSV, JSON lines), or songs with chords (JSON lines); or a
        folder with one such file called "test".
    models : sequence of str
        Names of models or baselines; see `model_names`.
    preset : str
        Whose weights the models use.
    training : Path, optional
        The file that baselines are fitted on; by default the one called "train" beside `data`.
    limit : int, optional
        Use only so many songs, drawn by the seed; the records' split says so.
    seed : int
        Of the bootstrap, of generation, and of the songs drawn under a limit.
    scorer : str
        BERTScore's encoder: see `engine.evaluation.metrics.bertscore.SCORERS`.
    results : Path, optional
        Where records go; the repository's ``results/`` by default.
    resume : bool
        Go on where an interrupted run of the same model on the same songs stopped.
    progress : callable, optional
        Called with (model, songs done, songs in all).
    cancelled : callable, optional
        Asked between batches; when it says yes, `CancelledError` is raised.
    load : callable, optional
        (name, preset) to a loaded model; a caller that keeps models loaded gives its own. Peak
        memory is not recorded then: what the model takes was taken before.

    Returns
    -------
    EvaluationRun

    Raises
    ------
    InputError
        If the task, a model, the scorer or the data file is not usable.
    WeightsError
        If weights of a model or of the scorer are not to be had.
    CancelledError
        If it was cancelled; no record of the model at hand was written.
    """
    from engine.evaluation.metrics.bertscore import bert_scorer

    known = model_names(task)
    for name in models:
        if name not in known:
            raise InputError(
                f"There is no model '{name}' for {task}; there are {', '.join(known)}."
            )
    if not models:
        raise InputError(f"Name at least one model to evaluate; there are {', '.join(known)}.")
    data = evaluated_file(data, EXTENSIONS if task == "genre" else CHORD_EXTENSIONS)
    bert_scorer(scorer)  # better missed now than after hours of predicting
    if task == "genre":
        from engine.evaluation.tasks.genre import genre_task

        job = genre_task(data, preset, training, limit, seed, scorer, load)
    else:
        from engine.evaluation.tasks.chords import chord_task

        job = chord_task(data, preset, training, limit, seed, scorer, load)
    records: list[EvaluationRecord] = []
    for name in dict.fromkeys(models):
        found = evaluate_model(job, name, seed, results, resume, progress, cancelled)
        if load is not None:
            found = [record for record in found if record.metric != "peak-memory"]
        append_records(found, results)
        records += found
    return EvaluationRun(tuple(records), job.problems)


def model_names(task: str) -> tuple[str, ...]:
    """The models and baselines that can be evaluated on a task."""
    if task == "genre":
        from engine.batch.models import MODELS
        from engine.evaluation.baselines.genre import GENRE_BASELINES

        return (*MODELS, *GENRE_BASELINES)
    if task == "chords":
        from engine.evaluation.baselines.chords import CHORD_BASELINES

        return ("tinyllama", *CHORD_BASELINES)
    raise InputError(f"There is no task '{task}'; tasks are {', '.join(TASKS)}.")


def evaluate_model(
    job: Task,
    name: str,
    seed: int,
    results: Path | None,
    resume: bool,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> list[EvaluationRecord]:
    """Answer every song with one model, keep the answers, and give the records to append."""
    memory = PeakMemory()
    if progress:
        progress(name, 0, len(job.ids))
    subject = job.load(name)
    rows, seconds = _all_rows(job, subject, seed, resume, progress, cancelled)
    latencies = [row["seconds"] for row in rows]
    if subject.batch > 1 and not job.part:
        latencies = _single_song_seconds(job, subject, cancelled)
    megabytes = memory.megabytes
    table, metrics = job.table(rows)
    run = uuid.uuid4().hex[:12]
    what = f"{job.name}-{job.part}" if job.part else job.name
    file = f"predictions/{what}-{subject.name}-{run}.parquet"
    about = {
        "task": job.name,
        "model": subject.name,
        "revision": subject.revision,
        "dataset_sha256": job.sha256,
        "split": job.split,
        "run": run,
    }
    write_predictions(table, about, (results or results_folder()) / file)
    common = EvaluationRecord(
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
        n=len(table),
        seed=seed,
        seconds=seconds,
        device=device_name(),
        commit=git_commit(),
        time=utc_now(),
        run=run,
        predictions=file,
    )
    costs: dict[str, float | None] = {
        "latency-p50": float(np.percentile(latencies, 50)),
        "latency-p95": float(np.percentile(latencies, 95)),
        "peak-memory": megabytes,
        "size": subject.megabytes,
    }
    measured = [
        replace(common, metric=metric.name, signature=metric.signature, value=value)
        for metric in COST_METRICS
        if (value := costs[metric.name]) is not None and not job.part
    ]
    _partial_file(job, subject, seed).unlink(missing_ok=True)
    return [*scored_records(table, metrics, common), *measured]


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


def _all_rows(
    job: Task,
    subject: Subject,
    seed: int,
    resume: bool,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[list[dict[str, Any]], float]:
    partial = _partial_file(job, subject, seed)
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


def _partial_file(job: Task, subject: Subject, seed: int) -> Path:
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


def _single_song_seconds(
    job: Task, subject: Subject, cancelled: Callable[[], bool] | None
) -> list[float]:
    """Seconds of one-song calls on songs spread evenly over the order of prediction."""
    step = max(1, len(job.order) // _LATENCY_SONGS)
    chosen = list(job.order)[::step][:_LATENCY_SONGS]
    for index in chosen[:_WARM_UP]:
        subject.answer([index])
    seconds: list[float] = []
    for index in chosen:
        if cancelled and cancelled():
            raise CancelledError(f"The evaluation of {subject.name} was cancelled.")
        began = time.perf_counter()
        subject.answer([index])
        seconds.append(time.perf_counter() - began)
    return seconds
