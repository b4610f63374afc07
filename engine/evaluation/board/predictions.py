"""The answers a record was computed from, as they lie in the results folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.evaluation.board.records import EvaluationRecord, results_folder
from engine.evaluation.tasks.data import read_predictions

if TYPE_CHECKING:
    import pandas as pd

_TEXT = {"id", "reference", "prediction", "genre", "cluster"}


def predictions(record: EvaluationRecord, folder: Path | None = None) -> pd.DataFrame:
    """The predictions a record was computed from, one row a song, in the order of ids.

    Raises
    ------
    InputError
        If they were not kept, or are of another run than the record.
    """
    if not record.predictions:
        raise InputError("its predictions were not kept.")
    root = (folder or results_folder()).resolve()
    path = (root / record.predictions).resolve()
    if not path.is_relative_to(root):
        raise InputError("its predictions are not in the results folder.")
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    table, about_run = _cached_predictions(path, stamp)
    if about_run != record.run:
        raise InputError(f"The predictions {path.name} are of another run.")
    return table


@lru_cache(maxsize=64)
def _cached_predictions(path: Path, _stamp: int) -> tuple[pd.DataFrame, str]:
    try:
        table, about = read_predictions(path)
        run = str(about.get("run"))
        _check(table)
        return table.sort_values("id", ignore_index=True), run
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        raise InputError(f"The predictions {path.name} are not such a table.") from None


def _check(table: pd.DataFrame) -> None:
    """Refuse a table that has no ids, or text where numbers belong; by `TypeError`."""
    import pandas as pd

    if not all(isinstance(identity, str) for identity in table["id"]):
        raise TypeError("ids are text")
    for name in table.columns:
        if name not in _TEXT and not pd.api.types.is_numeric_dtype(table[name]):
            raise TypeError(f"'{name}' is not a column of numbers")
