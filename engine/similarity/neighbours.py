"""Songs like one: the nearest by the cosine of their vectors, those of the same text told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.corpora.store.near_duplicates import ALIKE, shingles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore

_AT_ONCE = 16_384
_LOOKED_AT = 40
"""So many of the nearest are compared word by word with the song."""


@dataclass(frozen=True)
class Alike:
    """A song like the one asked about.

    Attributes
    ----------
    row : int
        Its number.
    cosine : float
    same_text : bool
        Whether it is nearly the same text: most of its four words in a row are the song's.
    """

    row: int
    cosine: float
    same_text: bool


def cosines(values: Any, vector: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """The cosine of one vector with each of many of length one; held in float32 piece by piece."""
    import numpy as np

    wanted = np.asarray(vector, np.float32)
    found = np.empty(len(values), np.float32)
    for at in range(0, len(values), _AT_ONCE):
        found[at : at + _AT_ONCE] = np.asarray(values[at : at + _AT_ONCE], np.float32) @ wanted
    return found


def songs_like(
    store: SongStore,
    row: int,
    rows: NDArray[np.int32],
    places: NDArray[np.int64],
    values: Any,
    vector: NDArray[np.floating[Any]],
    count: int = 10,
) -> list[Alike]:
    """The songs nearest to one, the nearest first: `count` of other texts, and all of its own.

    Parameters
    ----------
    row : int
        The song's number; it is not among those found.
    rows : array of int
        The numbers of the songs that are looked through.
    places : array of int
        Where the vector of each of them stands in `values`.
    values : array (texts, width)
    vector : array (width,)
        That of the song.
    """
    import numpy as np

    near = cosines(values, vector)[places]
    near[rows == row] = -2
    most = min(count + _LOOKED_AT, len(near))
    best = np.argpartition(-near, most - 1)[:most] if most else np.zeros(0, np.int64)
    best = best[np.argsort(-near[best], kind="stable")]
    best = best[near[best] > -2]
    wanted = [row, *rows[best].tolist()]
    texts = dict(
        store.rows('SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))', [wanted])
    )
    own = shingles(str(texts[row]))
    found: list[Alike] = []
    others = 0
    for place in best.tolist():
        other = int(rows[place])
        same = _overlap(own, shingles(str(texts[other]))) >= ALIKE
        if same or others < count:
            found.append(Alike(other, float(near[place]), same))
            others += not same
    return found


def _overlap(one: set[bytes], other: set[bytes]) -> float:
    """How much of two sets is in both (Jaccard index)."""
    return len(one & other) / max(len(one | other), 1)
