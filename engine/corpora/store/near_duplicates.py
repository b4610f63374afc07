"""Songs with nearly the same words, among hundreds of thousands: MinHash (Broder 1997).

Two songs are as alike as their sets of four words in a row overlap (Jaccard index). Signatures of
64 hashes (`datasketch`) estimate that within about .06; songs are compared where one of 16 bands of
four hashes is the same, which 98.9% of pairs of an index of .7 have, and 28% of those of .38.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HASHES = 64
ROWS = 4
"""Hashes of a band."""
ALIKE = 0.7
"""From which estimated index on two songs are the same one."""
_SHINGLE = 4


def shingles(sung: str) -> set[bytes]:
    """The sets of four words in a row; of fewer words, all together."""
    words = sung.split()
    if len(words) <= _SHINGLE:
        return {" ".join(words).encode()}
    return {" ".join(words[at : at + _SHINGLE]).encode() for at in range(len(words) - _SHINGLE + 1)}


def signatures(songs: Iterable[str]) -> NDArray[np.uint32]:
    """Signatures (songs, `HASHES`) of what is sung (`engine.corpora.store.schema`)."""
    import numpy as np
    from datasketch import MinHash

    made: Iterator[Any] = MinHash.generator(
        map(shingles, songs), num_perm=HASHES, seed=1, hashfunc=zlib.crc32
    )
    flat = np.fromiter(chain.from_iterable(one.hashvalues for one in made), np.uint32)
    return flat.reshape(-1, HASHES)


def alike_pairs(
    signed: NDArray[np.uint32], least: float = ALIKE
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of songs (first, second) that are alike: each song of a band with the first of it.

    Not all pairs of a group are named, but enough to link the group together.
    """
    import numpy as np

    firsts: list[Any] = []
    seconds: list[Any] = []
    for at in range(0, HASHES, ROWS):
        band = np.ascontiguousarray(signed[:, at : at + ROWS]).view(f"V{4 * ROWS}").ravel()
        _, first, group = np.unique(band, return_index=True, return_inverse=True)
        other = np.arange(len(signed))
        lead = first[group]
        there = lead != other
        firsts.append(lead[there])
        seconds.append(other[there])
    pairs = np.unique(np.stack([np.concatenate(firsts), np.concatenate(seconds)]), axis=1)
    same = np.zeros(pairs.shape[1])
    for at in range(0, pairs.shape[1], 100_000):
        part = pairs[:, at : at + 100_000]
        same[at : at + 100_000] = (signed[part[0]] == signed[part[1]]).mean(1)
    kept = pairs[:, same >= least]
    return kept[0].astype(np.int64), kept[1].astype(np.int64)


def alike_between(
    one: NDArray[np.uint32], other: NDArray[np.uint32], least: float = ALIKE
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a song of one set and a song of another that are alike.

    Each song is compared with the first of the other set in each of its bands, so of many copies
    not all pairs are named, but each song that has a copy on the other side is in one.
    """
    import numpy as np

    firsts: list[Any] = []
    seconds: list[Any] = []
    for at in range(0, HASHES, ROWS):
        bands = [
            np.ascontiguousarray(side[:, at : at + ROWS]).view(f"V{4 * ROWS}").ravel()
            for side in (one, other)
        ]
        _, code = np.unique(np.concatenate(bands), return_inverse=True)
        mine, theirs = code[: len(one)], code[len(one) :]
        for seen, asked, swapped in ((theirs, mine, False), (mine, theirs, True)):
            lead = np.full(len(one) + len(other), -1)
            lead[seen[::-1]] = np.arange(len(seen))[::-1]  # the first of a band is written last
            there = np.flatnonzero(lead[asked] >= 0)
            pair = there, lead[asked[there]]
            firsts.append(pair[1] if swapped else pair[0])
            seconds.append(pair[0] if swapped else pair[1])
    pairs = np.unique(np.stack([np.concatenate(firsts), np.concatenate(seconds)]), axis=1)
    same = np.zeros(pairs.shape[1])
    for at in range(0, pairs.shape[1], 100_000):
        part = pairs[:, at : at + 100_000]
        same[at : at + 100_000] = (one[part[0]] == other[part[1]]).mean(1)
    kept = pairs[:, same >= least]
    return kept[0].astype(np.int64), kept[1].astype(np.int64)


def groups(count: int, pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> NDArray[np.int64]:
    """For each of `count` songs the first song of the group that pairs link it to."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs[0]), bool), pairs), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    return first[group].astype(np.int64)
