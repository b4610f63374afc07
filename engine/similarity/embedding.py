"""Vectors for songs of a store that have none yet: which songs, and making them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from engine.errors import CancelledError
from engine.similarity.vectors import Vectors, VectorsWriter, song_keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import Filters, SongStore
    from engine.similarity.encoder import SongEncoder

T = TypeVar("T")
SAMPLE = 10_000
"""So many songs make a map unless more are asked for."""
CHUNK = 64
"""Songs that are read together: half a second or so, after which others have their turn."""
TRIAL = 48
"""Songs that are read to tell how long all of them will take."""


def sample_of(store: SongStore, filters: Filters, most: int) -> NDArray[np.int32]:
    """At most so many songs with words that pass, by their numbers in an order of chance.

    The order is always the same, so a larger sample has all songs of a smaller one.
    """
    import numpy as np

    where, values = filters.where
    found = store.frame(f'SELECT "row" FROM songs WHERE words > 0 AND {where}', values)  # noqa: S608
    rows = found["row"].to_numpy(np.int32)
    if not len(rows):
        return rows
    drawn = np.random.default_rng(0).random(int(rows.max()) + 1)
    return rows[np.argsort(drawn[rows], kind="stable")][:most]


def missing_rows(
    store: SongStore, vectors: Vectors, rows: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.bytes_]]:
    """Songs whose words have no vector yet, each text once, with their checksums."""
    import numpy as np

    keys = song_keys(store, rows)
    _, first = np.unique(keys, return_index=True)
    first.sort()
    kept = first[vectors.places(keys[first]) < 0]
    return rows[kept], keys[kept]


def embed(
    store: SongStore,
    rows: NDArray[np.int32],
    encoder: SongEncoder,
    vectors: Vectors,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
    turn: Callable[[Callable[[], Any]], Any] = lambda work: work(),
) -> float:
    """Make the vectors that are missing; gives songs a second, 0 if none was missing.

    Parameters
    ----------
    rows : array of int
        Songs by their numbers.
    vectors : Vectors
        Where those that are there stand, and to whose file the others are added.
    progress, cancelled : callable
        Told and asked after every chunk.
    turn : callable
        Does the work of a chunk when it has its turn; by default at once.

    Raises
    ------
    CancelledError
        If it was to stop; what is made is kept.
    InputError
        If the file cannot be written, or is being written.
    """
    wanted, keys = missing_rows(store, vectors, rows)
    if not len(wanted):
        return 0.0
    began = time.perf_counter()
    with VectorsWriter(vectors.path, encoder.width) as writer:
        for at in range(0, len(wanted), CHUNK):
            if cancelled():
                raise CancelledError(
                    f"Reading was cancelled after {at:,} of {len(wanted):,} songs; these are kept."
                )
            part = slice(at, at + CHUNK)
            songs = _sung(store, wanted[part])
            made = turn(lambda songs=songs: encoder.vectors(songs))
            writer.add(keys[part].tolist(), made)
            progress(min(at + CHUNK, len(wanted)), len(wanted))
    return len(wanted) / (time.perf_counter() - began)


def _sung(store: SongStore, rows: NDArray[np.int32]) -> list[str]:
    found = dict(
        store.rows(
            'SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))', [rows.tolist()]
        )
    )
    return [str(found[int(row)]) for row in rows]
