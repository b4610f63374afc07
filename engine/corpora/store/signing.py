"""The signatures of a store's songs, by which near duplicates are found (`near_duplicates`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.corpora.store.near_duplicates import HASHES, signatures
from engine.errors import CancelledError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store.songs import SongStore

_AT_ONCE = 5000

Progress = Callable[[int, int], None]


def signed_songs(
    store: SongStore,
    rows: Sequence[int],
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    stopped: str = "The look for near duplicates was cancelled.",
) -> NDArray[np.uint32]:
    """Signatures (songs, `HASHES`) of songs by their numbers, which must rise.

    Raises
    ------
    CancelledError
        If it was to stop; it says `stopped`.
    """
    import numpy as np

    made: list[Any] = []
    for at in range(0, len(rows), _AT_ONCE):
        if cancelled():
            raise CancelledError(stopped)
        part = [int(row) for row in rows[at : at + _AT_ONCE]]
        found = store.rows(
            'SELECT sung FROM songs WHERE "row" IN (SELECT unnest(?)) ORDER BY "row"', [part]
        )
        made.append(signatures(sung for (sung,) in found))
        progress(at + len(part), len(rows))
    return np.concatenate(made) if made else np.zeros((0, HASHES), np.uint32)
