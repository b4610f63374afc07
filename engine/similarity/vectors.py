"""Vectors of songs on disk, beside their store: one record a text, appended to and never changed.

A record is a checksum of what is sung and its vector in float16. So songs with the same words
share one, a store that is made anew finds those of words it knows, and a run that was killed goes
on where it stopped: what it left of a last record is cut off. The file's name says which encoder
made it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from engine.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore

KEY_SQL = "md5(sung)"
"""A song's checksum, as DuckDB tells it."""
_KEY_BYTES = 32


def vectors_beside(store: Path, revision: str) -> Path:
    """Where the vectors of a store's songs lie."""
    return store.with_name(f"{store.stem}.{revision}.vectors")


class Vectors:
    """The vectors in a file; empty where there is none.

    Parameters
    ----------
    path : Path
    width : int
        Of a vector.

    Attributes
    ----------
    keys : array of bytes
        Checksums, in the order of the file.
    values : array (texts, width) of float16
        Mapped from the file, not held in memory.
    """

    def __init__(self, path: Path, width: int) -> None:
        import numpy as np

        self.path = path
        self._record: Any = np.dtype([("key", f"S{_KEY_BYTES}"), ("vector", "<f2", (width,))])
        try:
            whole = path.stat().st_size // self._record.itemsize
        except OSError:
            whole = 0
        if whole:
            mapped: Any = np.memmap(path, self._record, "r", shape=(whole,))
            self.keys: Any = np.ascontiguousarray(mapped["key"])
            self.values: Any = mapped["vector"]
        else:
            self.keys = np.zeros(0, f"S{_KEY_BYTES}")
            self.values = np.zeros((0, width), np.float16)

    def __len__(self) -> int:
        return len(self.keys)

    def places(self, keys: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Where the vectors of these checksums are; -1 for those that are not there."""
        import numpy as np

        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        order = np.argsort(self.keys, kind="stable")
        found = np.searchsorted(self.keys, keys, sorter=order)
        at = order[np.minimum(found, len(order) - 1)]
        return np.where(self.keys[at] == keys, at, -1).astype(np.int64)


class VectorsWriter:
    """The same file, open to be added to by one writer at a time; a context manager.

    Raises
    ------
    InputError
        If another writes it now, or it cannot be written.
    """

    def __init__(self, path: Path, width: int) -> None:
        import numpy as np

        self._record: Any = np.dtype([("key", f"S{_KEY_BYTES}"), ("vector", "<f2", (width,))])
        self._lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise InputError(
                f"The songs of {path.name} are being read by another run now."
            ) from None
        except OSError as error:
            raise _unwritable(path, error) from None
        try:
            self._file = path.open("ab")
            size = self._file.tell()
            os.truncate(path, size - size % self._record.itemsize)
        except OSError as error:
            self._lock.release()
            raise _unwritable(path, error) from None

    def __enter__(self) -> VectorsWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._lock.release()

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
        """Keep the vectors of these checksums; on return they survive a kill of this process."""
        import numpy as np

        rows: Any = np.zeros(len(keys), self._record)
        rows["key"], rows["vector"] = keys, vectors
        self._file.write(rows.tobytes())
        self._file.flush()


def song_keys(store: SongStore, rows: NDArray[np.int32]) -> NDArray[np.bytes_]:
    """The checksums of songs by their numbers, in the order asked for."""
    import numpy as np
    import pandas as pd

    found = store.frame(
        f'SELECT "row", {KEY_SQL} AS "key" FROM songs '  # noqa: S608 - ours
        'WHERE "row" IN (SELECT unnest(?))',
        [rows.tolist()],
    )
    by_row = pd.Series(found["key"].to_numpy(), index=found["row"].to_numpy())
    return np.asarray(by_row.reindex(rows).to_numpy(), dtype=f"S{_KEY_BYTES}")


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"Vectors cannot be written at {path}: {error.strerror or error}; copy the data set to a "
        "folder that can be written to."
    )
