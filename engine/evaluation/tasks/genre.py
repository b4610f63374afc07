"""Genre prediction as a task of the runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.classifiers import NAMES, model_of, part_of
from engine.corpora import EXTENSIONS
from engine.evaluation.baselines import baselines_of, fitted_baseline
from engine.evaluation.files import training_file
from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.genre import GENRE_METRICS, class_metrics, labels_of
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.tasks.data import GenreSongs, genre_songs
from engine.evaluation.tasks.task import Assignment, Loader, Request, Subject, Task
from engine.models.card import model_revision
from engine.models.presets import Slot, slot

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 16


def genre_assignment(request: Request) -> Assignment:
    """Genre prediction on a file of songs."""
    from engine.evaluation.metrics.bertscore import bert_scorer

    bert_scorer(request.scorer)  # better missed now than after hours of predicting
    songs = genre_songs(request.data, request.limit, request.seed)
    preset, load = request.preset, request.load

    def subject(name: str) -> Subject:
        if name in baselines_of("genre"):
            training = training_file(request.data, request.training)
            model: Any = fitted_baseline("genre", name, training)
        else:
            model = loaded(name, preset, load)

        def answer(numbers: Sequence[int]) -> list[dict[str, Any]]:
            predictions = model.predict([songs.lyrics[number] for number in numbers])
            return [
                {"p": dict(zip(prediction.labels, prediction.probabilities, strict=True))}
                for prediction in predictions
            ]

        if name in baselines_of("genre"):
            known = model.base, "", "baseline", model.revision, model.megabytes
            return Subject(name, *known, answer, _BATCH)
        return model_subject(name, preset, model, answer, _BATCH)

    def table(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, Sequence[Metric]]:
        return predictions_table(songs, [row["p"] for row in rows], request.scorer)

    return assignment_over(songs, subject, table)


def model_subject(
    name: str,
    preset: str,
    model: Any,
    answer: Callable[[Sequence[int]], list[dict[str, Any]]],
    batch: int,
) -> Subject:
    """A loaded genre model, or a part of one, as the runner sees it."""
    own = slot(model_of(name), preset)
    revision = model_revision(model.card, own, part_of(name))
    size = megabytes_read(own.name, preset)
    return Subject(name, model.base, preset, "model", revision, size, answer, batch)


def assignment_over(
    songs: GenreSongs,
    load: Callable[[str], Subject],
    table: Callable[[list[dict[str, Any]]], tuple[pd.DataFrame, Sequence[Metric]]],
    part: str = "",
) -> Assignment:
    """An assignment over these songs, asked in the order of their length."""
    words = songs.table["words"].tolist()
    return Assignment(
        name="genre",
        dataset=songs.dataset,
        split=songs.split,
        sha256=songs.sha256,
        ids=songs.table["id"].tolist(),
        order=sorted(range(len(words)), key=words.__getitem__),  # batches of one length
        load=load,
        table=table,
        problems=songs.problems,
        part=part,
    )


def predictions_table(
    songs: GenreSongs, probabilities: Sequence[dict[str, float]], scorer: str
) -> tuple[pd.DataFrame, Sequence[Metric]]:
    """The table of predictions of one model, BERTScore included, and the metrics for it.

    Probabilities are kept as float32; every metric is computed from what is kept.
    """
    labels = list(dict.fromkeys(label for row in probabilities for label in row))
    values = np.array(
        [[row.get(label, 0.0) for label in labels] for row in probabilities], dtype=np.float32
    )
    table = songs.table.copy()
    table.insert(2, "prediction", [labels[index] for index in values.argmax(axis=1)])
    for index, label in enumerate(labels):
        table[f"p:{label}"] = values[:, index]
    return scored_table(table, scorer)


def scored_table(table: pd.DataFrame, scorer: str) -> tuple[pd.DataFrame, Sequence[Metric]]:
    """Add BERTScore of the label texts to a table, and tell its metrics."""
    from engine.evaluation.metrics.bertscore import bert_scorer

    bert = bert_scorer(scorer)
    scores = bert.score(table["prediction"].tolist(), table["reference"].tolist())
    for index, part in enumerate(("precision", "recall", "f1")):
        table[f"bertscore_{part}"] = scores[:, index].astype(np.float32)
    table["year"] = table["year"].astype("Int16")
    table["words"] = table["words"].astype("int32")
    metrics = (
        *GENRE_METRICS,
        *bertscore_metrics(bert.signature),
        *class_metrics(labels_of(table)),
    )
    return table, metrics


def megabytes_read(name: str, preset: str) -> float:
    """MB of the files a model reads; those that it reads through another model count once.

    Its own weights, its base's where that is on this disk, and those of the models it asks.
    """
    sizes = [
        path.stat().st_size
        for folder in _folders_read(slot(name, preset))
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix == ".safetensors"
    ]
    return sum(sizes) / 2**20


def _folders_read(own: Slot) -> set[Path]:
    from engine.models.bases import base_source

    folders = {own.folder}
    if own.base:
        folders.add(Path(base_source(own.base)))
    return folders.union(*(_folders_read(slot(name, own.preset)) for name in own.reads))


def loaded(name: str, preset: str, load: Loader | None) -> Any:
    """One genre model, by the caller's own loader where there is one."""
    if load is not None:
        return load(name, preset)
    from engine.classifiers import load_classifier

    return load_classifier(name, preset)


TASK = Task(
    name="genre",
    title="Genre",
    songs="Songs with columns lyrics and genre (id, artist, title, year if there are any)",
    extensions=EXTENSIONS,
    models=lambda: NAMES,
    assignment=genre_assignment,
    headline="accuracy",
    sheets=True,
)
