"""Run an evaluation: predict every song, keep the predictions, append the records.

Predictions are noted in the cache folder as they are made, so that a run that was cancelled or
broken goes on where it stopped (`resume`); only a complete run leaves records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from engine.batch.cluster import Cluster, joined
from engine.errors import InputError
from engine.evaluation.answering import asked
from engine.evaluation.board.records import EvaluationRecord
from engine.evaluation.files import evaluated_file
from engine.evaluation.measuring import measured_records
from engine.evaluation.provenance import PeakMemory
from engine.evaluation.tasks import find_task
from engine.evaluation.tasks.task import Loader, Progress, Request


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
    cluster: Cluster | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    load: Loader | None = None,
) -> EvaluationRun:
    """Evaluate models on a data file and append their records.

    Parameters
    ----------
    task : str
        A name of `engine.evaluation.tasks.TASKS`.
    data : Path
        Songs with genres (Parquet, CSV, TSV, JSON lines), or songs with chords (JSON lines), as
        the task asks; or a folder with one such file called "test". For songs with genres also a
        folder of ChordPro files, such as the songbook.
    models : sequence of str
        Names of models or baselines: `engine.evaluation.tasks.task.Task.names`.
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
    cluster : Cluster, optional
        Workers that answer, on machines that see the same data under the same name; without one,
        this process does. Peak memory is not recorded then.
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
    wanted = find_task(task)
    known = ", ".join(wanted.names)
    for name in models:
        if name not in wanted.names:
            raise InputError(f"There is no model '{name}' for {task}; there are {known}.")
    if not models:
        raise InputError(f"Name at least one model to evaluate; there are {known}.")
    data = evaluated_file(data, wanted.extensions, sheets=wanted.sheets)
    request = Request(data, preset, training, limit, seed, scorer, load)
    job = wanted.assignment(request)
    records: list[EvaluationRecord] = []
    with joined(cluster) if cluster else nullcontext():  # once for all models
        for name in dict.fromkeys(models):
            memory = PeakMemory() if load is None and cluster is None else None
            if progress:
                progress(name, 0, len(job.ids))
            with asked(job, name, request, wanted, cluster) as model:
                records += measured_records(
                    job, model, seed, results, resume, progress, cancelled, memory
                )
    return EvaluationRun(tuple(records), job.problems)
