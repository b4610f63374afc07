"""Groups of songs in which something happens more often than elsewhere, found by looking at all.

Songs are grouped by each of their values (a genre, a decade, a length, a language, an artist) and
by each pair of values. Whoever looks at hundreds of groups finds some by chance, so each group has

- a least size;
- the share of hits with Wilson's interval (`engine.evaluation.metrics.uncertainty.wilson`);
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

if TYPE_CHECKING:
    import numpy as np
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
    dimensions: Mapping[str, Sequence[str]], hit: NDArray[np.bool_], least: int = LEAST
) -> Slices:
    """Find the groups in which hits are commonest.

    Parameters
    ----------
    dimensions : mapping of str to sequence of str
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
    from scipy.stats import false_discovery_control, hypergeom

    from engine.evaluation.metrics.uncertainty import wilson

    if least < 2:
        raise InputError(f"A group of {least} songs tells nothing; 2 or more are accepted.")
    groups = _groups(dimensions, hit, least)
    total, all_hits = len(hit), int(hit.sum())
    if not groups:
        return Slices((), 0, total, all_hits)
    of = np.array([group.songs for group in groups], np.int64)
    hits = np.array([group.hits for group in groups], np.int64)
    p = np.clip(hypergeom.sf(hits - 1, total, all_hits, of), 0.0, 1.0)
    q = false_discovery_control(p, method="bh")
    low, high = wilson(hits, of)
    rest = np.divide(all_hits - hits, total - of, out=np.zeros(len(of)), where=total > of)
    share = hits / of
    worse = (share > rest) & (share > [group.either for group in groups]) & (of < total)
    order = np.lexsort((-low, -hits, q))
    found = [
        Slice(
            groups[at].where,
            *(int(of[at]), int(hits[at]), float(share[at]), float(low[at]), float(high[at])),
            *(float(rest[at]), float(p[at]), float(q[at])),
        )
        for at in order[worse[order]][:MOST]
    ]
    return Slices(tuple(found), len(groups), total, all_hits)


def inside(where: Sequence[tuple[str, str]], dimensions: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which songs are in a group."""
    import numpy as np

    return np.logical_and.reduce(
        [np.asarray(dimensions[name], dtype=object) == value for name, value in where]
    )


@dataclass(frozen=True)
class _Group:
    """`either` is the larger share of hits of a pair's two values alone; -1 for one value."""

    where: tuple[tuple[str, str], ...]
    songs: int
    hits: int
    either: float = -1.0


def _groups(
    dimensions: Mapping[str, Sequence[str]], hit: NDArray[np.bool_], least: int
) -> list[_Group]:
    """All groups of the least size."""
    import numpy as np
    import pandas as pd

    names: dict[str, list[str]] = {}
    codes: dict[str, NDArray[np.int64]] = {}
    shares: dict[str, NDArray[np.float64]] = {}
    found: list[_Group] = []
    for name, values in dimensions.items():
        code, labels = pd.factorize(np.asarray(values, dtype=object))
        names[name], codes[name] = [str(label) for label in labels], code.astype(np.int64)
        of, hits = np.bincount(code), np.bincount(code, hit)
        shares[name] = hits / np.maximum(of, 1)
        found += [
            _Group(((name, names[name][at]),), int(of[at]), int(hits[at]))
            for at in np.flatnonzero(of >= least).tolist()
            if names[name][at]
        ]
    for one, other in combinations(dimensions, 2):
        both = codes[one] * len(names[other]) + codes[other]
        pairs, code = np.unique(both, return_inverse=True)
        of, hits = np.bincount(code), np.bincount(code, hit)
        for at in np.flatnonzero(of >= least).tolist():
            first, second = divmod(int(pairs[at]), len(names[other]))
            if names[one][first] and names[other][second]:
                where = ((one, names[one][first]), (other, names[other][second]))
                either = max(float(shares[one][first]), float(shares[other][second]))
                found.append(_Group(where, int(of[at]), int(hits[at]), either))
    return found
