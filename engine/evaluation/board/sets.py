"""Which records may stand beside each other: one test set, one metric, one definition of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.evaluation.board.records import GUEST, EvaluationRecord
from engine.evaluation.metrics import known_signature, metric
from engine.evaluation.metrics.faithfulness import FAITHFULNESS_METRICS
from engine.evaluation.metrics.forms import FORM_METRICS
from engine.evaluation.metrics.written import WRITTEN_METRICS

EXPLAINED = frozenset(entry.name for entry in FAITHFULNESS_METRICS)
FORMED = frozenset(entry.name for entry in FORM_METRICS)
WRITTEN = frozenset(entry.name for entry in WRITTEN_METRICS)
_BESIDE = EXPLAINED | FORMED | WRITTEN


@dataclass(frozen=True, order=True)
class EvaluationSet:
    """Songs that numbers were measured on: only numbers of one test set are compared."""

    task: str
    dataset: str
    split: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.dataset} / {self.split} ({self.sha256[:8]})"

    def holds(self, record: EvaluationRecord) -> bool:
        """Whether a record was measured on it."""
        return (
            record.dataset_sha256 == self.sha256
            and record.split == self.split
            and record.task == self.task
            and record.dataset == self.dataset
        )


def evaluation_set_of(record: EvaluationRecord) -> EvaluationSet:
    """The test set of a record."""
    return EvaluationSet(record.task, record.dataset, record.split, record.dataset_sha256)


def evaluation_sets(records: Iterable[EvaluationRecord], task: str) -> list[EvaluationSet]:
    """The test sets that records of a task were measured on, the one with most models first.

    Songs on which nothing but explanations, written forms or songs as written were measured belong
    to the other sets of their file (see `sets_beside`), and are no set of their own unless there is
    no other.
    """
    of_task = [record for record in records if record.task == task]
    answered = [record for record in of_task if record.metric not in _BESIDE]
    files = {(record.dataset, record.dataset_sha256) for record in answered}
    alone = [one for one in of_task if (one.dataset, one.dataset_sha256) not in files]
    return _with_most_models_first([*answered, *alone])


def sets_beside(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, metrics: Collection[str]
) -> list[EvaluationSet]:
    """Sets of the same file on which these were measured, the one with most models first.

    Metrics are `EXPLAINED`, `FORMED` or `WRITTEN`: what takes many answers a song, and so fewer
    songs.
    """
    return _with_most_models_first(
        record
        for record in records
        if record.metric in metrics
        and (record.task, record.dataset) == (songs.task, songs.dataset)
        and record.dataset_sha256 == songs.sha256
    )


def _with_most_models_first(records: Iterable[EvaluationRecord]) -> list[EvaluationSet]:
    models: dict[EvaluationSet, set[str]] = {}
    for record in records:
        models.setdefault(evaluation_set_of(record), set()).add(display_name(record))
    return sorted(models, key=lambda found: (-len(models[found]), found))


def display_name(record: EvaluationRecord) -> str:
    """The model's name on a board: other presets than the embedded one, and guests, are marked."""
    if record.kind == "guest":
        return record.model + GUEST
    return f"{record.model} ({record.preset})" if record.preset == "full" else record.model


def signatures(
    records: Iterable[EvaluationRecord], evaluation_set: EvaluationSet, metric_name: str
) -> list[str]:
    """The signatures a metric was measured under on a test set: known ones, then the latest."""
    found = [
        record.signature
        for record in records
        if record.metric == metric_name and evaluation_set.holds(record)
    ]
    latest_first = dict.fromkeys(reversed(found))
    return sorted(latest_first, key=lambda signature: not known_signature(metric_name, signature))


def metric_names(records: Iterable[EvaluationRecord], evaluation_set: EvaluationSet) -> list[str]:
    """The known metrics measured on a test set, in the order first met."""
    names = dict.fromkeys(record.metric for record in records if evaluation_set.holds(record))
    known: list[str] = []
    for name in names:
        try:
            metric(name)
        except ValueError:
            continue
        known.append(name)
    return known


def latest(
    records: Iterable[EvaluationRecord],
    evaluation_set: EvaluationSet,
    metric_name: str,
    signature: str | None = None,
) -> dict[str, EvaluationRecord]:
    """The newest record of each model, by its name on the board; older ones stay in the file.

    Without a signature, the latest signature's records are taken.
    """
    records = list(records)
    if signature is None:
        signature = next(iter(signatures(records, evaluation_set, metric_name)), None)
    return {
        display_name(record): record
        for record in records
        if record.metric == metric_name
        and record.signature == signature
        and evaluation_set.holds(record)
    }
