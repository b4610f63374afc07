"""Evaluation records: one measured number each, with everything needed to trust it.

They lie in ``results/<task>.jsonl``, one JSON object a line, and are only ever appended. A line
that cannot be read is reported and skipped; it never takes the others with it. The predictions a
record was computed from lie beside them in ``results/predictions/``, without lyric text.

Guests can be taken away again, so each has a file of its own: ``results/guests/<run>.jsonl``.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, cast

from engine.errors import InputError, quoted
from engine.evaluation.tasks import TASKS
from engine.files import append_line
from engine.json_text import json_value

KINDS = ("model", "baseline", "guest")
GUESTS = "guests"
"""The folder of guests within the results folder."""
GUEST = " (guest)"
"""The mark of a guest behind its name on the board."""
_LARGEST = 2**63 - 1
_MOST_TOLD = 80


@dataclass(frozen=True)
class EvaluationRecord:
    """One number and where it comes from.

    Attributes
    ----------
    task : str
        "genre" or "chords".
    model, base, preset : str
        What ran, on which base, from which preset ("" where there is none).
    kind : str
        "model", "baseline" or "guest" (predictions made elsewhere).
    revision : str
        First 12 hex digits of the sha256 of the model's card, of a baseline's configuration and
        training data, or of a guest's file.
    dataset, dataset_sha256, split : str
        Name and checksum of the data file, and which part of it (such as "test").
    metric, signature : str
        Name of the metric and the exact definition it was computed under: numbers are compared
        only when both are equal.
    value, low, high : float
        The number and its 95% interval (None where no interval is computed).
    n, seed : int
        Songs scored; seed of the interval's resampling and of generation.
    seconds : float
        Time the predictions took, in all.
    device, commit, time : str
        Hardware; git commit of the code ("+changes" if it was edited); UTC time, ISO 8601.
    run : str
        Identifies the run; records of one run were computed from the same predictions.
    predictions : str
        Their file, relative to the results folder ("" if not kept).
    """

    task: str
    model: str
    base: str
    preset: str
    kind: str
    revision: str
    dataset: str
    dataset_sha256: str
    split: str
    metric: str
    signature: str
    value: float
    low: float | None
    high: float | None
    n: int
    seed: int
    seconds: float
    device: str
    commit: str
    time: str
    run: str
    predictions: str

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if not isinstance(value, _FIELD_TYPES[str(entry.type)]) or isinstance(value, bool):
                raise InputError(f"field '{entry.name}' is {_told(value)}, not a {entry.type}")
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise InputError(f"field '{entry.name}' is a number beyond 64 bits")
            if isinstance(value, str) and not _is_text(value):
                raise InputError(f"field '{entry.name}' is {_told(value)}, which is no valid text")
        numbers = (self.value, self.low, self.high, self.seconds)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise InputError(f"value, low, high and seconds are {numbers}, not all finite")
        if self.task not in TASKS or self.kind not in KINDS:
            raise InputError(
                f"task {_told(self.task)} or kind {_told(self.kind)} is unknown; tasks are "
                f"{', '.join(TASKS)}, kinds are {', '.join(KINDS)}"
            )


def _told(value: object) -> str:
    """A value for a message; what is endless is cut."""
    text = repr(value) if not isinstance(value, list | dict) else f"a {type(value).__name__}"
    return text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}..."


def _is_text(value: str) -> bool:
    """Whether it can be written as UTF-8: half of a surrogate pair, which JSON may hold, cannot."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


_FIELD_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "float | None": (float, int, type(None)),
}


@dataclass(frozen=True)
class RecordProblem:
    """A line of a results file that could not be read, or that is not what it should be.

    Attributes
    ----------
    file, line, reason : str, int, str
        Where it is (lines count from 1) and what is wrong with it.
    skipped : bool
        Whether there is no record of the line; a readable one of a foreign definition is kept.
    """

    file: str
    line: int
    reason: str
    skipped: bool = True

    def __str__(self) -> str:
        end = "; the line is skipped" if self.skipped else ""
        return f"results/{self.file}, line {self.line}: {self.reason}{end}."


def results_folder() -> Path:
    """Where records lie (``LYRICLAB_RESULTS`` overrides the repository's ``results/``)."""
    override = os.environ.get("LYRICLAB_RESULTS")
    return Path(override) if override else Path(__file__).parents[3] / "results"


def append_records(records: Iterable[EvaluationRecord], folder: Path | None = None) -> None:
    """Append records to the file of their task; nothing there is changed.

    If the file's last line was cut short, the new records start on a line of their own.
    """
    folder = folder or results_folder()
    by_task: dict[str, list[EvaluationRecord]] = {}
    for record in records:
        by_task.setdefault(record.task, []).append(record)
    for task, of_task in by_task.items():
        append_line(folder / f"{task}.jsonl", written_records(of_task))


def written_records(records: Iterable[EvaluationRecord]) -> bytes:
    """Records as lines of a results file."""
    lines = (json.dumps(asdict(record), ensure_ascii=False, allow_nan=False) for record in records)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def read_records(
    folder: Path | None = None,
) -> tuple[list[EvaluationRecord], list[RecordProblem]]:
    """Every readable record of every task, in the order written, and the lines with problems.

    A line is a problem if it cannot be read, or if its metric or the metric's signature is not
    one that is known here; a record of the latter kind is read all the same.
    """
    folder = folder or results_folder()
    records: list[EvaluationRecord] = []
    problems: list[RecordProblem] = []
    for path in record_files(folder):
        name = str(path.relative_to(folder))
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            try:
                record = _record(line)
            except InputError as error:
                problems.append(RecordProblem(name, number, str(error)))
                continue
            records.append(record)
            if reason := _foreign(record.metric, record.signature):
                problems.append(RecordProblem(name, number, reason, skipped=False))
    return records, problems


def record_files(folder: Path) -> list[Path]:
    """Every file of records in a results folder: those of the tasks, then the guests by age."""
    tasks = [path for task in TASKS if (path := folder / f"{task}.jsonl").exists()]
    guests = [(_modified(path), path) for path in (folder / GUESTS).glob("*.jsonl")]
    return tasks + [path for _, path in sorted(guests)]


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # a guest that leaves at this moment
        return 0


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:  # a guest that leaves at this moment
        return []


@cache
def _foreign(metric_name: str, signature: str) -> str | None:
    """What is strange about a record's metric, or None."""
    from engine.evaluation.metrics import known_signature, metric

    try:
        own = metric(metric_name).signature
    except ValueError:
        return f"its metric {quoted(metric_name)} is not known here, so it is not shown"
    if known_signature(metric_name, signature):
        return None
    expected = "a signature that begins with 'bertscore|'" if "bertscore" in metric_name else own
    return (
        f"its {metric_name} was measured as {quoted(signature)}, not as {expected}; it is kept "
        "apart and never ranked with the others"
    )


_NAMES = tuple(entry.name for entry in fields(EvaluationRecord))


def _record(line: bytes) -> EvaluationRecord:
    try:
        data: Any = json_value(line)
    except ValueError:
        cut = not line.rstrip().endswith(b"}")
        reason = "cut short (a truncated record)" if cut else "not readable as JSON"
        raise InputError(reason) from None
    if not isinstance(data, dict):
        raise InputError("not a JSON object")
    values = cast("dict[str, Any]", data)
    missing = [name for name in _NAMES if name not in values]
    unknown = [name for name in values if name not in _NAMES]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has unknown {', '.join(map(quoted, unknown))}"] if unknown else []
        raise InputError("not an evaluation record: " + " and ".join(parts))
    return EvaluationRecord(**values)
