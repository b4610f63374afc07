"""Groups of songs in which something happens more often than elsewhere, found by looking at all.

Songs are grouped by each of their values (a genre, a decade, a length, a language, an artist) and
by each pair of values. Whoever looks at hundreds of groups finds some by chance, so each group has

- a least size;
- the share of hits with Wilson's interval (`engine.intervals.wilson`);
- a p value: how likely as many hits would fall into the group if all hits were dealt out at random
  over the songs (Fisher's exact test, one-sided: the tail of the hypergeometric distribution);
- a q value, the p value after control of the false discovery rate over *all* groups looked at
  (Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x): of groups with q < .05 one
  in twenty is expected to be chance.

A pair that does no worse than one of its two values alone tells nothing new and is not listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.intervals import wilson

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

LEAST = 10
LEVEL = 0.05
MOST = 200


@dataclass(frozen=True)
class Slice:
    """A group of songs.

    Attributes
    ----------
    where : tuple of (str, str)
        Dimension and value; one, or two for a pair.
    songs, hits : int
    share, low, high : float
        Of hits, with its 95% interval.
    elsewhere : float
        Share of hits among all other songs.
    p, q : float
        See the module.
    """

    where: tuple[tuple[str, str], ...]
    songs: int
    hits: int
    share: float
    low: float
    high: float
    elsewhere: float
    p: float
    q: float

    @property
    def told(self) -> bool:
        """Whether it is told apart from chance, all groups looked at counted."""
        return self.q < LEVEL


@dataclass(frozen=True)
class Slices:
    """What was found, those with the lowest q first; of like ones those with more hits.

    Attributes
    ----------
    found : tuple of Slice
        At most `MOST`, each with a higher share than elsewhere.
    looked_at : int
        Groups of the least size, whatever their share: what q counts.
    songs, hits : int
        Of all.
    """

    found: tuple[Slice, ...]
    looked_at: int
    songs: int
    hits: int


def slices(
    dimensions: Mapping[str, Sequence[str] | pd.Categorical],
    hit: NDArray[np.bool_],
    least: int = LEAST,
) -> Slices:
    """Find the groups in which hits are commonest.

    Parameters
    ----------
    dimensions : mapping of str to sequence of str, or pandas' categorical
        Each dimension's value for every song; songs with "" are in none of its groups.
    hit : array of bool
        For every song whether it happened: an error, a difference.
    least : int
        Songs that a group has to have.

    Raises
    ------
    InputError
        If `least` is below 2.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    if least < 2:
        raise InputError(f"A group of {least} songs tells nothing; 2 or more are accepted.")
    total, all_hits = len(hit), int(hit.sum())
    kinds = _groups(
        {name: _Dimension.of(values) for name, values in dimensions.items()}, hit, least
    )
    if not sum(len(kind.songs) for kind in kinds):
        return Slices((), 0, total, all_hits)
    of, hits, either = (
        np.concatenate([getattr(kind, name) for kind in kinds])
        for name in ("songs", "hits", "either")
    )
    p = _tails(hits, of, total, all_hits)
    q = false_discovery_control(p, method="bh")
    low, high = wilson(hits, of)
    rest = np.divide(all_hits - hits, total - of, out=np.zeros(len(of)), where=total > of)
    share = hits / of
    worse = (share > rest) & (share > either) & (of < total)
    order = np.lexsort((-low, -hits, q))
    ends = np.cumsum([len(kind.songs) for kind in kinds])
    found: list[Slice] = []
    for at in order[worse[order]][:MOST].tolist():
        kind = int(np.searchsorted(ends, at, side="right"))
        where = kinds[kind].named(at - int(ends[kind]) + len(kinds[kind].songs))
        found.append(
            Slice(
                where,
                *(int(of[at]), int(hits[at]), float(share[at]), float(low[at]), float(high[at])),
                *(float(rest[at]), float(p[at]), float(q[at])),
            )
        )
    return Slices(tuple(found), len(of), total, all_hits)


def inside(where: Sequence[tuple[str, str]], dimensions: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which songs are in a group."""
    import numpy as np
    import pandas as pd

    return np.logical_and.reduce(
        [np.asarray(pd.Categorical(dimensions[name]) == value) for name, value in where]
    )


@dataclass(frozen=True)
class _Dimension:
    """Values by their number: `codes` has one for each song, -1 where it is unknown."""

    names: Sequence[str]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, values: Sequence[str] | pd.Categorical) -> _Dimension:
        import numpy as np
        import pandas as pd

        told: Any = pd.Categorical(values)  # nothing to do where it is one
        names = [str(name) for name in told.categories]
        codes = told.codes.astype(np.int64)
        if "" in names:
            codes[codes == names.index("")] = -1
        return cls(names, codes)


@dataclass(frozen=True)
class _Kind:
    """All groups by the same dimensions.

    `values` has a row of value numbers for each group; `either` is the larger share of hits of a
    pair's two values alone, -1 for one value.
    """

    by: tuple[str, ...]
    names: tuple[Sequence[str], ...]
    values: NDArray[np.int64]
    songs: NDArray[np.int64]
    hits: NDArray[np.int64]
    either: NDArray[np.float64]

    def named(self, at: int) -> tuple[tuple[str, str], ...]:
        """Dimension and value of one of its groups."""
        chosen = zip(self.by, self.names, self.values[at].tolist(), strict=True)
        return tuple((by, names[int(value)]) for by, names, value in chosen)


def _groups(
    dimensions: Mapping[str, _Dimension], hit: NDArray[np.bool_], least: int
) -> list[_Kind]:
    """All groups of the least size."""
    import numpy as np

    shares: dict[str, NDArray[np.float64]] = {}
    large: dict[str, NDArray[np.int64]] = {}
    found: list[_Kind] = []
    for name, one in dimensions.items():
        of, hits = _counts(one.codes, hit, len(one.names))
        shares[name] = hits / np.maximum(of, 1)
        at = np.flatnonzero(of >= least)
        found.append(
            _Kind((name,), (one.names,), at[:, None], of[at], hits[at], np.full(len(at), -1.0))
        )
        # A pair has no more songs than its smaller value: of small ones none is looked for.
        large[name] = np.where(np.append(of, 0)[one.codes] >= least, one.codes, -1)
    for one, other in combinations(dimensions, 2):
        size = len(dimensions[other].names)
        both = np.where(
            (large[one] >= 0) & (large[other] >= 0), large[one] * size + large[other], -1
        )
        pairs, of, hits = _pair_counts(both, hit, len(dimensions[one].names) * size)
        kept = of >= least
        first, second = np.divmod(pairs[kept], size)
        found.append(
            _Kind(
                (one, other),
                (dimensions[one].names, dimensions[other].names),
                np.stack([first, second], axis=1),
                of[kept],
                hits[kept],
                np.maximum(shares[one][first], shares[other][second]),
            )
        )
    return found


_MOST_COUNTED = 2**23  # pairs that are counted without being sorted


def _pair_counts(codes: NDArray[np.int64], hit: NDArray[np.bool_], size: int) -> tuple[Any, ...]:
    """The codes that occur, and their songs and hits."""
    import numpy as np

    if size <= _MOST_COUNTED:
        of, hits = _counts(codes, hit, size)
        there = np.flatnonzero(of)
        return there, of[there], hits[there]
    known = codes >= 0
    there, number = np.unique(codes[known], return_inverse=True)
    return there, *_counts(number, hit[known], len(there))


def _counts(
    codes: NDArray[np.int64], hit: NDArray[np.bool_], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Songs and hits of each code from 0 on."""
    import numpy as np

    of, hits = (np.bincount(some + 1, minlength=size + 1)[1:] for some in (codes, codes[hit]))
    return of, hits


def _tails(
    hits: NDArray[np.int64], of: NDArray[np.int64], total: int, all_hits: int
) -> NDArray[np.float64]:
    """P values (see the module); groups that are alike in both numbers are told once."""
    import numpy as np
    from scipy.stats import hypergeom

    pairs, number = np.unique(of * (total + 1) + hits, return_inverse=True)
    sizes, many = np.divmod(pairs, total + 1)
    return np.clip(hypergeom.sf(many - 1, total, all_hits, sizes), 0.0, 1.0)[number]
