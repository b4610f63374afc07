"""Predictions made elsewhere, scored on the same songs: guest rows of the board.

A guest brings a CSV file with a column ``id`` and either a column ``label`` or one column a genre
holding its probability. Every song of the set must be answered, once; the songs' true genres are
taken from the predictions of a model that is on the board already.

A guest's records and answers are two files of its own in ``results/guests/``, so that it can be
taken away without touching anybody else's records. A label that no model of the board knows counts
as a wrong answer, and adds no row or column to the board's figures.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import (
    GUESTS,
    EvaluationRecord,
    results_folder,
    written_records,
)
from engine.evaluation.board.sets import EvaluationSet, latest
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.genre import class_metrics, labels_of
from engine.evaluation.provenance import git_commit, utc_now
from engine.evaluation.runner import EvaluationRun
from engine.evaluation.tasks.data import write_predictions
from engine.files import write_file

if TYPE_CHECKING:
    import pandas as pd

LABEL_COLUMNS = ("label", "prediction", "predicted", "genre")
TEMPLATE_COLUMNS = ("title", "lyrics")
"""What a template tells of a song beside its id; passed over when it comes back."""
_RUN = re.compile(r"[0-9a-f]{12}\Z")
_MAX_BYTES = 20 * 2**20
_MAX_NAME = 40
_MAX_LABELS = 100
_MAX_LABEL = 40
_TOLERANCE = 0.02


@dataclass(frozen=True)
class GuestAnswers:
    """What a guest's file said.

    Attributes
    ----------
    labels : dict
        Song id to label.
    probabilities : dict
        Song id to (label to probability); empty if only labels were given.
    problems : tuple of str
        What was noticed and passed over.
    """

    labels: dict[str, str]
    probabilities: dict[str, dict[str, float]]
    problems: tuple[str, ...]


def add_guest(
    name: str,
    data: bytes,
    records: Iterable[EvaluationRecord],
    songs: EvaluationSet,
    *,
    mine: Collection[str] = (),
    seed: int = 0,
    scorer: str = "minilm-l6",
    folder: Path | None = None,
) -> EvaluationRun:
    """Score a guest's file on a set of songs and keep its records.

    Parameters
    ----------
    name : str
        What to call the guest on the board, at most 40 characters.
    data : bytes
        The CSV file, UTF-8.
    records : iterable of EvaluationRecord
        Those there are: one of them must have its predictions on these songs.
    songs : EvaluationSet
        Of the task "genre".
    mine : collection of str
        Runs of guests that came from the same visitor: one of the same name makes room for this
        one.

    Raises
    ------
    InputError
        If the name or the file cannot be used, a song is not answered, or another visitor's
        guest has that name on these songs.
    """
    from engine.evaluation.tasks.genre import scored_table

    if songs.task != "genre":
        raise InputError(f"Guests are scored on genre predictions, not on {songs.task}.")
    records = list(records)
    called = guest_name(name)
    before = _namesakes(called, records, songs)
    if not before <= set(mine):
        raise InputError(f"Another guest is called '{called}' here; choose another name.")
    table, known = _references(records, songs, folder)
    answers = guest_answers(data, table["id"].tolist())
    strange = sorted({label for label in answers.labels.values() if label not in known})
    problems = list(answers.problems)
    if strange:
        problems.append(
            f"The board does not know {', '.join(strange[:5])}"
            f"{f' and {len(strange) - 5} more labels' if len(strange) > 5 else ''}: such answers "
            "count as wrong."
        )
    table["prediction"] = [answers.labels[identity] for identity in table["id"]]
    labels = dict.fromkeys(label for row in answers.probabilities.values() for label in row)
    for label in labels:
        table[f"p:{label}"] = [answers.probabilities[identity][label] for identity in table["id"]]
    table, metrics = scored_table(table, scorer)
    classes = {metric.name for metric in class_metrics(labels_of(table))}
    metrics = [metric for metric in metrics if metric.name not in classes]
    metrics += class_metrics(known)
    run = uuid.uuid4().hex[:12]
    revision = hashlib.sha256(data).hexdigest()[:12]
    file = f"{GUESTS}/{run}.parquet"
    folder = folder or results_folder()
    about: dict[str, Any] = {
        "task": "genre",
        "model": called,
        "revision": revision,
        "dataset_sha256": songs.sha256,
        "split": songs.split,
        "run": run,
    }
    write_predictions(table, about, folder / file)
    common = EvaluationRecord(
        task="genre",
        model=called,
        base="elsewhere",
        preset="",
        kind="guest",
        revision=revision,
        dataset=songs.dataset,
        dataset_sha256=songs.sha256,
        split=songs.split,
        metric="",
        signature="",
        value=0.0,
        low=None,
        high=None,
        n=len(table),
        seed=seed,
        seconds=0.0,
        device="elsewhere",
        commit=git_commit(),
        time=utc_now(),
        run=run,
        predictions=file,
    )
    found = scored_records(table, metrics, common)
    write_file(folder / GUESTS / f"{run}.jsonl", written_records(found))
    for old in before:
        remove_guest(old, folder)
    return EvaluationRun(tuple(found), tuple(problems))


def remove_guest(run: str, folder: Path | None = None) -> None:
    """Take a guest away: its records, and the answers that it brought.

    Nothing happens if it is gone already.

    Raises
    ------
    InputError
        If that is no guest's run.
    """
    if not _RUN.match(run):
        raise InputError(f"There is no guest '{run[:_MAX_NAME]}'.")
    for ending in ("jsonl", "parquet"):  # records first: they name the answers
        ((folder or results_folder()) / GUESTS / f"{run}.{ending}").unlink(missing_ok=True)


def _namesakes(called: str, records: list[EvaluationRecord], songs: EvaluationSet) -> set[str]:
    """The runs of the guests of that name on these songs."""
    return {
        record.run
        for record in records
        if record.kind == "guest" and record.model == called and songs.holds(record)
    }


def guest_name(name: str) -> str:
    """The name in one line; `InputError` if it is empty, too long or not printable."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > _MAX_NAME or not tidy.isprintable():
        raise InputError(f"A guest's name has 1 to {_MAX_NAME} printable characters.")
    return tidy


def guest_answers(data: bytes, ids: list[str]) -> GuestAnswers:
    """Read a guest's CSV; `ids` are the songs that must be answered.

    Raises
    ------
    InputError
        If the file is not CSV with the columns needed, a probability is none, an id comes twice,
        or songs are missing.
    """
    rows = _rows(data)
    headings = list(rows[0])
    by_name = {heading.strip().lower(): heading for heading in headings}
    if "id" not in by_name:
        raise InputError(
            f"The file needs a column 'id'; its columns are {', '.join(headings[:10])[:200]}."
        )
    label_column = next((by_name[n] for n in LABEL_COLUMNS if n in by_name), None)
    probability_columns = {
        heading: heading.strip().lower().removeprefix("p:")
        for heading in headings
        if heading not in {by_name["id"], label_column}
        and heading.strip().lower() not in TEMPLATE_COLUMNS
    }
    if label_column and len(probability_columns) > 1 and not any(r[label_column] for r in rows):
        label_column = None  # a template whose column of labels was left empty
    if label_column is None and len(probability_columns) < 2:
        raise InputError("The file needs a column 'label', or one column of probabilities a genre.")
    wanted = set(ids)
    labels: dict[str, str] = {}
    probabilities: dict[str, dict[str, float]] = {}
    unknown = 0
    for number, row in enumerate(rows, start=1):
        identity = row[by_name["id"]].strip()
        if identity not in wanted:
            unknown += 1
            continue
        if identity in labels:
            raise InputError(f"Row {number}: the song {identity} is answered twice.")
        if label_column is None:
            shares = _probabilities(row, probability_columns, number)
            probabilities[identity] = shares
            labels[identity] = max(shares, key=shares.__getitem__)
        else:
            labels[identity] = " ".join(row[label_column].lower().split())
            if not labels[identity]:
                raise InputError(f"Row {number}: the song {identity} has no label.")
    _check_labels(set(labels.values()) | {label for row in probabilities.values() for label in row})
    missing = [identity for identity in ids if identity not in labels]
    if missing:
        raise InputError(
            f"{len(missing):,} of {len(ids):,} songs are not answered, such as "
            f"{', '.join(missing[:3])}; all are needed, or the scores could not be compared."
        )
    problems: list[str] = []
    if unknown:
        problems.append(f"{unknown:,} rows are of other songs; they were passed over.")
    if label_column is not None and probability_columns:
        passed = ", ".join(list(probability_columns)[:5])
        problems.append(f"The column '{label_column}' was used; passed over: {passed}.")
    return GuestAnswers(labels, probabilities, tuple(problems))


def _check_labels(labels: set[str]) -> None:
    """Each label is a row of every figure: a few short ones are taken."""
    if len(labels) > _MAX_LABELS:
        raise InputError(
            f"The file gives {len(labels):,} different labels; at most {_MAX_LABELS} are accepted."
        )
    for label in labels:
        if len(label) > _MAX_LABEL or not label.isprintable():
            raise InputError(
                f"{label[:_MAX_LABEL]!a} is no label: one has at most {_MAX_LABEL} printable "
                "characters."
            )


def _rows(data: bytes) -> list[dict[str, str]]:
    if len(data) > _MAX_BYTES:
        raise InputError(f"The file is over {_MAX_BYTES // 2**20} MB; that is the most accepted.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text; a CSV file in UTF-8 is accepted.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        headings = next(reader, [])
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise InputError(f"The file is not readable as CSV: {error}.") from None
    if not headings or not lines:
        raise InputError("The file holds no rows; a heading line and one row a song are needed.")
    for number, line in enumerate(lines, start=1):
        if len(line) != len(headings):
            raise InputError(f"Row {number} has {len(line)} values for {len(headings)} columns.")
    return [dict(zip(headings, line, strict=True)) for line in lines]


def _probabilities(row: dict[str, str], columns: dict[str, str], number: int) -> dict[str, float]:
    shares: dict[str, float] = {}
    for heading, label in columns.items():
        try:
            value = float(row[heading])
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1 + 1e-6:
            raise InputError(
                f"Row {number}: '{row[heading][:20]}' in column '{heading}' is no probability "
                "(0 to 1)."
            )
        shares[label] = value
    total = sum(shares.values())
    if abs(total - 1) > _TOLERANCE:
        raise InputError(f"Row {number}: the probabilities sum to {total:.3f}, not 1.")
    return {label: value / total for label, value in shares.items()}


def _references(
    records: list[EvaluationRecord], songs: EvaluationSet, folder: Path | None
) -> tuple[pd.DataFrame, list[str]]:
    """The set's songs with their true genres, and every label that its models know."""
    tables: list[pd.DataFrame] = []
    for record in latest(records, songs, "accuracy").values():
        if record.kind != "guest":
            try:
                tables.append(predictions(record, folder))
            except InputError:
                continue
    if not tables:
        raise InputError(
            "No model's answers to these songs are kept here; measure a model on them first, so "
            "that the songs' true genres are known."
        )
    columns = ["id", "reference", "words", "year", "cluster"]
    labels = {label for table in tables for label in labels_of(table)}
    return tables[0].reindex(columns=columns).copy(), sorted(labels)
