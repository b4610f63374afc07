"""SQL of a stranger over a store: answered in a process of its own, which can do no harm.

The store is opened read only; files, extensions, settings and other databases are out of reach
(`engine.corpora.store.query_process`). What DuckDB cannot be held to by settings, such as a
function that never looks whether it is interrupted, the operating system holds the process to:
memory, processor time, no files. It is killed when its time is over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.plain_text import one_line

if TYPE_CHECKING:
    import pandas as pd

    from engine.corpora.store.filters import Filters

SECONDS = 2.5
"""Time that a query may take, its process's start included."""
SHOWN = ("title", "artist", "year", "genre", "words")
"""What the query of the present filters asks for."""
MAX_ROWS = 10_000
MAX_CHARACTERS = 20_000
_PLACES = threading.BoundedSemaphore(2)
_WAITING = 5.0  # seconds for a place; each is free again after `SECONDS`
_PROCESS = Path(__file__).with_name("query_process.py")


@dataclass(frozen=True)
class Answer:
    """What a query answered.

    Attributes
    ----------
    table : data frame
    cut : bool
        Whether there are more rows than `MAX_ROWS`, which are left out.
    seconds : float
        How long it took.
    """

    table: pd.DataFrame
    cut: bool
    seconds: float


def default_query(filters: Filters, limit: int = 100, columns: Sequence[str] = SHOWN) -> str:
    """The query of the songs that pass filters, to be edited.

    Songs chosen on a map are left out where their numbers would fill the box.
    """
    note = ""
    if len(filters.sql) > MAX_CHARACTERS // 2 and filters.rows:
        note = f"-- without the {len(filters.rows):,} songs chosen on the map\n"
        filters = filters.without("rows")
    where = f"\nWHERE {filters.sql}" if filters.sql else ""
    return f"{note}SELECT {', '.join(columns)}\nFROM songs{where}\nLIMIT {limit}"


def answer(store: Path, sql: str, seconds: float = SECONDS, measures: Path | None = None) -> Answer:
    """Answer one ``SELECT`` over a store, and over the measures of its songs if they are given.

    Raises
    ------
    InputError
        If it is no ``SELECT``, is wrong, wants what is out of reach, needs more time or memory
        than there is, or others are being answered.
    """
    if not sql.strip():
        raise InputError("The query is empty; write a SELECT over the table songs.")
    if len(sql) > MAX_CHARACTERS:
        raise InputError(f"The query has more than {MAX_CHARACTERS:,} characters.")
    if not _PLACES.acquire(timeout=_WAITING):
        raise InputError("Other queries are being answered now; ask again in a moment.")
    try:
        return _answered(store, measures, sql, seconds)
    finally:
        _PLACES.release()


def _answered(store: Path, measures: Path | None, sql: str, seconds: float) -> Answer:
    import pyarrow as pa

    began = time.monotonic()
    asked = json.dumps(
        {
            "store": str(store),
            "measures": str(measures) if measures else "",
            "sql": sql,
            "rows": MAX_ROWS,
            "seconds": seconds,
        }
    )
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-I", str(_PROCESS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
    )
    try:
        out, problem = process.communicate(asked.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise InputError(
            f"The query took longer than {seconds:g} seconds and was stopped; narrow it with "
            "WHERE, or count fewer rows against each other."
        ) from None
    finally:
        process.kill()
        process.communicate()
    if process.returncode == 2:
        raise InputError(_sentence(problem.decode("utf-8", "replace")))
    if process.returncode:
        raise InputError(
            "The query needs more memory or time than it may have and was stopped; narrow it."
        )
    table = pa.ipc.open_stream(out).read_all()
    cut = len(table) > MAX_ROWS
    table = table.slice(0, MAX_ROWS).rename_columns(_told_apart(table.column_names))
    try:
        shown = table.to_pandas()
    except (pa.ArrowException, ValueError, OverflowError):  # years beyond 9999, 24 o'clock, unions
        raise InputError(
            "The answer holds values that no table here can show; ask for them as text, with "
            "CAST(... AS VARCHAR)."
        ) from None
    return Answer(shown, cut, time.monotonic() - began)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names of columns, those that came before with a number behind them."""
    found: dict[str, None] = {}
    for name in names:
        new, number = name, 1
        while new in found:
            number += 1
            new = f"{name} ({number})"
        found[new] = None
    return list(found)


def _sentence(message: str) -> str:
    told = one_line(message, 300).strip()
    return told if told.endswith((".", "!", "?")) else f"{told}."
