"""Who is ahead, and whether that means anything.

Numbers are compared only within one `EvaluationSet` and under one metric signature. On a board a
model's place is one more than the number of models that are better *and* differ from it: models
that the paired test cannot tell apart share a place. Every metric is tested by paired cluster
bootstrap. Accuracy must also pass McNemar's test; alone that would be too sure, since it takes
the songs of one artist for independent. P values are corrected for the number of pairs (Holm).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import InputError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import EvaluationRecord
from engine.evaluation.board.sets import EvaluationSet, latest
from engine.evaluation.metrics import metric
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.uncertainty import (
    bootstrap_values,
    detectable_difference,
    holm,
    mcnemar,
    paired_bootstrap,
    percentile_interval,
    resamples_for,
)

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05


@dataclass(frozen=True)
class Standing:
    """A model on a board; `place` is None where the metric or the model is not ranked."""

    name: str
    place: int | None
    record: EvaluationRecord


@dataclass(frozen=True)
class Comparison:
    """Two models on the same songs.

    Attributes
    ----------
    first, second : str
        Names as on the board.
    difference, low, high : float
        Value of the first minus that of the second, with its 95% interval (artists resampled).
    p, p_corrected : float
        Two-sided; for accuracy the larger of both tests'. Corrected for all pairs of the board.
    mcnemar_p : float or None
        McNemar's test alone, uncorrected; None for other metrics than accuracy.
    test : str
        What was tested with.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    p_corrected: float
    mcnemar_p: float | None
    test: str

    @property
    def differs(self) -> bool:
        """Whether the two can be told apart."""
        return self.p_corrected < LEVEL


@dataclass(frozen=True)
class Board:
    """One metric on one test set.

    Attributes
    ----------
    standings : tuple of Standing
        Best first.
    comparisons : tuple of Comparison
        Every pair that could be tested.
    detectable : float or None
        Smallest true difference found with 80% power, for the median pair.
    notes : tuple of str
        What could not be done, and why.
    """

    evaluation_set: EvaluationSet
    metric: Metric
    standings: tuple[Standing, ...]
    comparisons: tuple[Comparison, ...]
    detectable: float | None
    notes: tuple[str, ...]


def board(
    records: Iterable[EvaluationRecord],
    evaluation_set: EvaluationSet,
    metric_name: str,
    signature: str | None = None,
    folder: Path | None = None,
) -> Board:
    """Rank models by one metric on one test set; see the module's docstring for places.

    Parameters
    ----------
    records : iterable of EvaluationRecord
        All of them; the newest of each model is taken.
    signature : str, optional
        The metric's signature; the latest by default.
    folder : Path, optional
        The results folder, where predictions lie.
    """
    chosen = latest(records, evaluation_set, metric_name, signature)
    used = next(iter(chosen.values())).signature if chosen else (signature or "")
    measure = metric(metric_name, used)
    sign = -1.0 if measure.higher_is_better else 1.0
    ordered = sorted(chosen.items(), key=lambda item: (sign * item[1].value, item[0]))
    if measure.statistics is None:
        standings = tuple(Standing(name, None, record) for name, record in ordered)
        return Board(
            evaluation_set, measure, standings, (), None, ("What a run costs is not ranked.",)
        )
    tables, notes = _tables(ordered, measure, folder)
    comparisons, detectable = _comparisons(ordered, tables, measure)
    told = {frozenset((pair.first, pair.second)): pair.differs for pair in comparisons}
    standings = tuple(
        Standing(
            name,
            1 + sum(_differ(told, ordered[better], ordered[index]) for better in range(index))
            if measure.ranked
            else None,
            record,
        )
        for index, (name, record) in enumerate(ordered)
    )
    if not measure.ranked:
        notes = (*notes, "This describes songs; neither more nor less is better: it is not ranked.")
    return Board(evaluation_set, measure, standings, comparisons, detectable, notes)


def _tables(
    ordered: Sequence[tuple[str, EvaluationRecord]], measure: Metric, folder: Path | None
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    tables: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    songs: list[str] | None = None
    for name, record in ordered:
        try:
            table = predictions(record, folder)
        except InputError as error:
            notes.append(f"{name} could not be tested against others, its intervals stand: {error}")
            continue
        ids = table["id"].tolist()
        songs = songs or ids
        if ids != songs or not measure.applies_to(table):
            notes.append(f"{name} could not be tested against others: its songs are not the same.")
            continue
        tables[name] = table
    return tables, tuple(notes)


def _comparisons(
    ordered: Sequence[tuple[str, EvaluationRecord]],
    tables: dict[str, pd.DataFrame],
    measure: Metric,
) -> tuple[tuple[Comparison, ...], float | None]:
    pairs = list(combinations([name for name, _ in ordered if name in tables], 2))
    resamples = resamples_for(len(pairs))
    samples = {
        name: bootstrap_values(table, [measure], resamples=resamples)[measure.name]
        for name, table in tables.items()
    }
    values = {name: record.value for name, record in ordered}
    p_values = [paired_bootstrap(samples[first], samples[second]) for first, second in pairs]
    test = "paired bootstrap over artists"
    mcnemar_values: list[float | None] = [None] * len(pairs)
    if measure.name == "accuracy":
        right = {name: _right(table) for name, table in tables.items()}
        exact = [mcnemar(right[first], right[second]) for first, second in pairs]
        p_values = [max(both) for both in zip(p_values, exact, strict=True)]
        mcnemar_values = [*exact]
        test = "McNemar (mid-p) and " + test
    found: list[Comparison] = []
    errors: list[float] = []
    for (first, second), p, corrected, mcnemar_p in zip(
        pairs, p_values, holm(p_values), mcnemar_values, strict=True
    ):
        differences = samples[first] - samples[second]
        low, high = percentile_interval(differences)
        errors.append(float(differences.std(ddof=1)))
        difference = values[first] - values[second]
        found.append(
            Comparison(first, second, difference, low, high, p, corrected, mcnemar_p, test)
        )
    return tuple(found), detectable_difference(float(np.median(errors))) if errors else None


def _right(table: pd.DataFrame) -> np.ndarray:
    return np.asarray(table["reference"]) == np.asarray(table["prediction"])


def _differ(
    told: dict[frozenset[str], bool],
    better: tuple[str, EvaluationRecord],
    worse: tuple[str, EvaluationRecord],
) -> bool:
    """Whether the pair differs: by the test, else by intervals that do not overlap."""
    pair = frozenset((better[0], worse[0]))
    if pair in told:
        return told[pair]
    first, second = better[1], worse[1]
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.low > second.high or second.low > first.high
