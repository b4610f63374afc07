"""Groups of songs with nearly the same words: covers, versions, a song entered twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.corpora.store.filters import ALL, Filters
from engine.corpora.store.near_duplicates import ALIKE, alike_pairs, groups
from engine.corpora.store.signing import Progress, signed_songs
from engine.corpora.store.songs import SongStore

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DoubleGroup:
    """Songs that are linked by nearly the same words.

    Attributes
    ----------
    rows : tuple of int
        Their numbers, rising.
    likeness : float
        Of the one least like the first: estimated share of four words in a row that both have.
    """

    rows: tuple[int, ...]
    likeness: float


@dataclass(frozen=True)
class Doubles:
    """What was found among `songs`, the largest group first."""

    groups: tuple[DoubleGroup, ...]
    songs: int

    @property
    def spare(self) -> int:
        """How many songs would go if one of each group stayed."""
        return sum(len(group.rows) - 1 for group in self.groups)


def doubles(
    store: SongStore,
    filters: Filters = ALL,
    least: float = ALIKE,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Doubles:
    """Find songs with nearly the same words among those that pass.

    Parameters
    ----------
    least : float
        From which estimated likeness on two songs are the same one.

    Raises
    ------
    CancelledError
        If it was to stop.
    """
    import numpy as np

    rows = sung_rows(store, filters)
    signed = signed_songs(store, rows, progress, cancelled)
    first = groups(len(rows), alike_pairs(signed, least))
    numbers, count = np.unique(first, return_counts=True)
    found: list[DoubleGroup] = []
    for lead in numbers[count > 1]:
        members = np.flatnonzero(first == lead)
        likeness = (signed[members] == signed[members[0]]).mean(1).min()
        found.append(DoubleGroup(tuple(rows[at] for at in members), float(likeness)))
    found.sort(key=lambda group: (-len(group.rows), group.rows))
    return Doubles(tuple(found), len(rows))


def doubles_table(store: SongStore, found: Doubles) -> pd.DataFrame:
    """Columns ``group`` (from 1), ``likeness``, ``row``, ``id``, ``artist`` and ``title``."""
    rows = [row for group in found.groups for row in group.rows]
    facts: Any = store.frame(
        'SELECT "row", id, artist, title FROM songs WHERE "row" IN (SELECT unnest(?))', [rows]
    ).set_index("row")
    facts = facts.loc[rows].reset_index()
    numbers = [at for at, group in enumerate(found.groups, 1) for _ in group.rows]
    likeness = [round(group.likeness, 3) for group in found.groups for _ in group.rows]
    facts.insert(0, "group", numbers)
    facts.insert(1, "likeness", likeness)
    return facts


def sung_rows(store: SongStore, filters: Filters) -> list[int]:
    """The numbers of the songs that pass and have words, rising."""
    where, values = filters.where
    found = store.rows(
        f'SELECT "row" FROM songs WHERE words > 0 AND {where} ORDER BY "row"',  # noqa: S608
        values,
    )
    return [int(row) for (row,) in found]
