"""Records and predictions as small tables: what the leaderboard's figures read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.corpora.written_forms import FORMS
from engine.errors import InputError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import GUEST, EvaluationRecord
from engine.evaluation.board.sets import EvaluationSet, latest, metric_names
from engine.evaluation.metrics import metric
from engine.evaluation.metrics.forms import form_metric
from engine.evaluation.metrics.genre import (
    ACCURACY,
    ECE_BINS,
    binned,
    labels_of,
    risk_bins,
    selective_accuracy,
    surety,
)
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.uncertainty import bootstrap_values, percentile_interval

if TYPE_CHECKING:
    import pandas as pd

    from engine.models.card import ModelCard

NAMED, BY_CHANCE = "named by the explanation", "drawn by chance"
MIN_SONGS = 10
LENGTHS = (0, 100, 200, 300, 400, 600, 100_000)


def metric_values(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, metric_names: Sequence[str]
) -> pd.DataFrame:
    """Columns ``model``, ``metric`` (title), ``value``, ``low``, ``high``: for `score_bars`."""
    import pandas as pd

    records = list(records)
    rows = [
        (name, metric(metric_name).title, record.value, record.low, record.high)
        for metric_name in metric_names
        for name, record in latest(records, songs, metric_name).items()
    ]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"]).astype(
        {"value": float, "low": float, "high": float}
    )


def wide_table(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, metric_names: Sequence[str]
) -> pd.DataFrame:
    """One row a model: ``model``, ``base``, ``kind``, ``revision``, ``n``, then each metric.

    A metric gives three columns: its name, and the name with `` low`` and `` high``.
    """
    import pandas as pd

    records = list(records)
    rows: dict[str, dict[str, Any]] = {}
    for metric_name in metric_names:
        for name, record in latest(records, songs, metric_name).items():
            row = rows.setdefault(
                name,
                {
                    "model": name,
                    "base": record.base,
                    "kind": record.kind,
                    "revision": record.revision,
                    "n": record.n,
                },
            )
            row[metric_name] = record.value
            row[f"{metric_name} low"] = record.low
            row[f"{metric_name} high"] = record.high
    return pd.DataFrame(list(rows.values()))


def class_f1_table(records: Iterable[EvaluationRecord], songs: EvaluationSet) -> pd.DataFrame:
    """F1 of every class (columns) for every model (index): for `f1_heat_map`.

    A guest adds no class.
    """
    import pandas as pd

    records = list(records)
    names = dict.fromkeys(
        record.metric
        for record in records
        if record.metric.startswith("f1/") and songs.holds(record) and record.kind != "guest"
    )
    columns = {
        name.split("/", 1)[1]: {
            model: record.value for model, record in latest(records, songs, name).items()
        }
        for name in sorted(names)
    }
    return pd.DataFrame(columns)


def explanation_values(records: Iterable[EvaluationRecord], songs: EvaluationSet) -> pd.DataFrame:
    """How faithful explanations are: for `explanation_dots`.

    Columns ``model``, ``measure`` ("comprehensiveness" or "sufficiency"), ``words`` ("named by
    the explanation" or "drawn by chance"), ``value``, ``low``, ``high`` and ``songs``.
    """
    import pandas as pd

    records = list(records)
    rows = [
        (name, measure, words, record.value, record.low, record.high, record.n)
        for measure in ("comprehensiveness", "sufficiency")
        for words, ending in ((NAMED, ""), (BY_CHANCE, "-random"))
        for name, record in latest(records, songs, measure + ending).items()
    ]
    columns = ["model", "measure", "words", "value", "low", "high", "songs"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:6], float))


def form_values(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, kind: str
) -> pd.DataFrame:
    """One figure of every written form (columns) for every model (index): for `form_heat_map`.

    `kind` is that of a metric of `engine.evaluation.metrics.forms`, such as "agreement".
    """
    import pandas as pd

    records = list(records)
    columns = {
        form: {
            model: record.value
            for model, record in latest(records, songs, form_metric(kind, form)).items()
        }
        for form in FORMS
    }
    return pd.DataFrame({form: values for form, values in columns.items() if values}, dtype=float)


def selective_curve(table: pd.DataFrame) -> pd.DataFrame:
    """Columns ``coverage`` and ``accuracy``: of the surest answers, so large a share of the songs.

    The surest first; the last row is all songs.
    """
    import pandas as pd

    sums = risk_bins(table).sum(axis=0)
    accuracy, coverage = selective_accuracy(sums)
    curve = pd.DataFrame({"coverage": coverage, "accuracy": accuracy})
    kept: Any = curve[curve["coverage"].diff().fillna(curve["coverage"]) > 0]
    return kept


def cost_table(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, metric_name: str = "accuracy"
) -> pd.DataFrame:
    """Columns ``model``, ``value``, ``seconds``, ``megabytes``: for `accuracy_against_latency`.

    Models without a measured cost, such as guests, are left out.
    """
    import pandas as pd

    records = list(records)
    seconds = latest(records, songs, "latency-p50")
    size = latest(records, songs, "size")
    rows = [
        (name, record.value, seconds[name].value, size[name].value)
        for name, record in latest(records, songs, metric_name).items()
        if name in seconds and name in size
    ]
    return pd.DataFrame(rows, columns=["model", "value", "seconds", "megabytes"])


def pareto_front(models: pd.DataFrame, *, higher_is_better: bool = True) -> pd.DataFrame:
    """Those rows of a `cost_table` that none beats in value and seconds, the fastest first."""
    ordered: Any = models.sort_values(["seconds", "value"], ascending=[True, not higher_is_better])
    gain = ordered["value"] if higher_is_better else -ordered["value"]
    return ordered[gain > gain.cummax().shift(fill_value=float("-inf"))]


def prediction_tables(
    records: Iterable[EvaluationRecord],
    songs: EvaluationSet,
    metric_name: str | None = None,
    folder: Path | None = None,
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Each model's newest predictions on a set, by its name; and what could not be read.

    Without a metric, those of the first metric measured there are taken.
    """
    records = list(records)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[str] = []
    if metric_name is None:
        metric_name = next(iter(metric_names(records, songs)), "")
    for name, record in latest(records, songs, metric_name).items():
        try:
            tables[name] = predictions(record, folder)
        except InputError as error:
            problems.append(f"{name}: {error}")
    return tables, tuple(problems)


def board_labels(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The classes that a board's figures show: of its songs and its models; a guest adds none.

    Parameters
    ----------
    tables : mapping of str to data frame
        Predictions by the model's name on the board.
    """
    found: set[str] = set()
    for name, table in tables.items():
        references = {str(label) for label in table["reference"].unique()}
        found |= references if name.endswith(GUEST) else set(labels_of(table))
    return sorted(found)


def reliability_bins(table: pd.DataFrame, bins: int = ECE_BINS) -> pd.DataFrame:
    """Columns ``confidence``, ``accuracy`` (means in a bin of confidence) and ``songs``."""
    import pandas as pd

    songs, confidence, right = binned(*surety(table), bins).sum(axis=0).reshape(3, bins)
    return pd.DataFrame(
        {
            "confidence": confidence / songs.clip(min=1),
            "accuracy": right / songs.clip(min=1),
            "songs": songs.astype(int),
        }
    )


def bertscores(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Columns ``model``, ``correct``, ``bertscore_f1``, a row a song and model."""
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "model": name,
                "correct": np.asarray(table["reference"]) == np.asarray(table["prediction"]),
                "bertscore_f1": np.asarray(table["bertscore_f1"], dtype=float),
            }
        )
        for name, table in tables.items()
        if "bertscore_f1" in table
    ]
    columns = ["model", "correct", "bertscore_f1"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def score_by_length(
    tables: Mapping[str, pd.DataFrame], measure: Metric = ACCURACY, seed: int = 0
) -> pd.DataFrame:
    """A metric by words: ``model``, ``group``, ``value``, ``low``, ``high``, ``songs``.

    Groups with fewer than `MIN_SONGS` songs are left out.
    """
    titles = [
        f"{low} to {high - 1}" if high < LENGTHS[-1] else f"{low} and more"
        for low, high in pairwise(LENGTHS)
    ]
    titles[0] = f"under {LENGTHS[1]}"

    def group(table: pd.DataFrame) -> list[str | None]:
        places = np.searchsorted(LENGTHS, np.asarray(table["words"]), side="right") - 1
        return [titles[place] for place in places]

    return _score_by(tables, measure, group, titles, seed)


def score_by_decade(
    tables: Mapping[str, pd.DataFrame], measure: Metric = ACCURACY, seed: int = 0
) -> pd.DataFrame:
    """A metric by decade: columns as in `score_by_length`; songs without a year are left out."""

    def group(table: pd.DataFrame) -> list[str | None]:
        years = table["year"].tolist()
        return [f"{int(y) // 10 * 10}s" if isinstance(y, int | float) else None for y in years]

    found = {name for table in tables.values() for name in group(table) if name}
    return _score_by(tables, measure, group, sorted(found), seed)


def _score_by(
    tables: Mapping[str, pd.DataFrame],
    measure: Metric,
    group: Any,
    groups: Sequence[str],
    seed: int,
) -> pd.DataFrame:
    import pandas as pd

    of = {name: np.array(group(table), dtype=object) for name, table in tables.items()}
    rows: list[tuple[str, str, float, float, float, int]] = []
    for title in groups:  # group by group: its models share one draw of weights
        for name, table in tables.items():
            part: Any = table.loc[of[name] == title]
            if len(part) >= MIN_SONGS and measure.applies_to(part):
                sample = bootstrap_values(part, [measure], seed, resamples=500)
                low, high = percentile_interval(sample[measure.name])
                rows.append((name, title, measure.of(part), low, high, len(part)))
    place = {name: number for number, name in enumerate(tables)}
    rows.sort(key=lambda row: place[row[0]])
    return pd.DataFrame(rows, columns=["model", "group", "value", "low", "high", "songs"])


CURVES = {
    "loss": "training loss",
    "eval_loss": "validation loss",
    "eval_accuracy": "validation accuracy",
    "eval_macro_f1": "validation macro F1",
}


def training_points(cards: Mapping[str, ModelCard]) -> pd.DataFrame:
    """What training left on model cards: ``run``, ``curve``, ``step``, ``value``.

    Read from the ``history`` of a card's configuration; a model without one has no rows.
    """
    import pandas as pd

    rows = [
        (name, title, entry["step"], entry[key])
        for name, card in cards.items()
        for entry in card.config.get("history", [])
        for key, title in CURVES.items()
        if key in entry and "step" in entry
    ]
    return pd.DataFrame(rows, columns=["run", "curve", "step", "value"])
