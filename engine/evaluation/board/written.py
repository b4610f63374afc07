"""Songs as written, for the leaderboard: each model's statistics beside those of humans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.evaluation.board.records import EvaluationRecord
from engine.evaluation.board.sets import EvaluationSet
from engine.evaluation.board.summaries import prediction_tables
from engine.evaluation.metrics.uncertainty import intervals
from engine.evaluation.metrics.written import PREFIX, WRITTEN_METRICS

if TYPE_CHECKING:
    import pandas as pd

_ANY = PREFIX + "kept"  # measured of every model, human songs among them
FEWEST_SONGS = 5
"""A genre has its own figures from so many songs on; their intervals are wide."""
_COLUMNS = ("model", "metric", "unit", "value", "low", "high", "songs")


def written_values(
    records: Iterable[EvaluationRecord],
    songs: EvaluationSet,
    genre: str | None = None,
    folder: Path | None = None,
) -> pd.DataFrame:
    """Every statistic of every model's songs: one row each.

    Columns ``model``, ``metric`` (title), ``unit``, ``value``, ``low``, ``high``, ``songs``. What
    songs of a genre do not have, such as like sections, has no row.

    Parameters
    ----------
    genre : str, optional
        Only songs of this genre.
    """
    import pandas as pd

    tables, _ = prediction_tables(records, songs, _ANY, folder)
    rows: list[tuple[object, ...]] = []
    for name, table in tables.items():
        of: Any = table[table["genre"] == genre] if genre else table
        told = [
            one for one in WRITTEN_METRICS if one.applies_to(of) and float(of[one.needs[1]].sum())
        ]
        bounds = intervals(of, told) if told else {}
        rows += [
            (name, one.title, one.unit, one.of(of), *bounds[one.name], len(of)) for one in told
        ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(
        dict.fromkeys(("value", "low", "high"), float)
    )


def written_genres(
    records: Iterable[EvaluationRecord], songs: EvaluationSet, folder: Path | None = None
) -> list[str]:
    """The genres with enough songs to tell of, the one with most songs first."""
    tables, _ = prediction_tables(records, songs, _ANY, folder)
    counts = Counter(genre for table in list(tables.values())[:1] for genre in table["genre"])
    return [
        str(genre)
        for genre, count in counts.most_common()
        if count >= FEWEST_SONGS and genre != "unknown"
    ]


def apart(values: pd.DataFrame, model: str, human: str) -> list[str]:
    """The statistics in which a model's interval and that of humans do not meet."""
    rows = values.to_dict("records")
    ours, theirs = (
        {row["metric"]: row for row in rows if row["model"] == name} for name in (model, human)
    )
    return [
        title
        for title, row in ours.items()
        if title in theirs
        and (row["low"] > theirs[title]["high"] or row["high"] < theirs[title]["low"])
    ]
