"""Rows of a table whatever its format, and the names of its columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final


class Absent:
    """What stands where a JSON object lacks a key that others have."""


ABSENT: Final = Absent()


@dataclass(slots=True)
class Row:
    """One row: a value for each column, and why it cannot be used ("" if it can)."""

    values: list[Any]
    problem: str = ""


@dataclass(slots=True)
class Chunk:
    """Some rows in order, and the Arrow batch they come from where there is one."""

    rows: list[Row]
    batch: Any = None

    def part(self, first: int, end: int) -> Chunk:
        """Some of the rows."""
        batch = None if self.batch is None else self.batch.slice(first, end - first)
        return Chunk(self.rows[first:end], batch)


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """The names, later ones that came before (or are taken) with ``.1``, ``.2`` ... added."""
    names = list(names)
    used = set(taken)
    own = set(names)
    found: list[str] = []
    for name in names:
        new, number = name, 0
        while new in used or (number and new in own):
            number += 1
            new = f"{name}.{number}"
        used.add(new)
        found.append(new)
    return tuple(found)


def kind(value: Any) -> str:
    """What a JSON value is: "null", "bool", "int", "float", "str" or "nested"."""
    if value is None:
        return "null"
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return "nested"  # no column of numbers holds it; as JSON text it is whole
    name = type(value).__name__
    return name if name in {"bool", "int", "float", "str"} else "nested"


# How programs write that a cell is empty; a song called so is called so in its title.
_NOTHING = frozenset(
    {"nan", "NaN", "-nan", "-NaN", "None", "none", "NONE", "N/A", "n/a", "NA", "#N/A", "#NA"}
    | {"null", "NULL", "(null)", "<NA>", "NaT"}
)


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: no key, null, NaN, blanks, or a word that says so."""
    if value is None or value is ABSENT:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and (not value.strip() or value.strip() in _NOTHING)
