"""A map of songs: where each lies, in which group, and the groups' names; kept beside the store."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.files import DAMAGED_ZIP, write_file
from engine.json_text import json_value
from engine.similarity.clusters import Cluster, groups_of, named
from engine.similarity.layout import FEWEST, UMAP, laid_out, main_directions, umap_available
from engine.similarity.vectors import Vectors, song_keys

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore

VERSION = 1
"""Of how maps are made; those of another are made anew."""
FEWEST_SONGS = 3
_KEPT = 8
"""So many maps are kept beside a store; the oldest goes first."""


@dataclass(frozen=True)
class SongMap:
    """Songs on a map.

    Attributes
    ----------
    rows : array (songs,) of int32
        Their numbers in the store.
    points : array (songs, 2) of float32
        From -1 to 1.
    groups : array (songs,) of int32
        Of each song the place of its group in `clusters`.
    clusters : tuple of Cluster
        The largest first.
    method : str
        How they are laid out (`engine.similarity.layout`).
    """

    rows: NDArray[np.int32]
    points: NDArray[np.float32]
    groups: NDArray[np.int32]
    clusters: tuple[Cluster, ...]
    method: str


def make_map(
    store: SongStore,
    rows: NDArray[np.int32],
    vectors: Vectors,
    clusters: int,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SongMap:
    """The map of songs that have vectors; taken from beside the store where it is there.

    Parameters
    ----------
    rows : array of int
        Numbers of the songs; all have vectors.
    clusters : int
        How many groups there are to be.
    progress, cancelled : callable
        As `laid_out` takes them.

    Raises
    ------
    InputError
        If there are fewer than three songs.
    """
    import numpy as np

    if len(rows) < FEWEST_SONGS:
        raise InputError(f"A map needs at least {FEWEST_SONGS} songs with words.")
    keys = song_keys(store, rows)
    path = _place(store, rows, keys, clusters, vectors.path.name)
    if (kept := _read(path)) is not None:
        return kept
    values = np.asarray(vectors.values[vectors.places(keys)])
    directions = main_directions(values)
    layout = laid_out(directions, progress, cancelled)
    groups = groups_of(directions, clusters)
    found = SongMap(
        rows, layout.points, groups, named(store, rows, groups, layout.points), layout.method
    )
    _write(path, found)
    return found


def _place(store: SongStore, rows: Any, keys: Any, clusters: int, vectors: str) -> Path:
    """Where the map of just these songs lies: what it is made of is in its name."""
    method = UMAP if umap_available() and len(rows) >= FEWEST else "pca"
    told = f"{VERSION}|{clusters}|{method}|{vectors}|".encode()
    sum_ = hashlib.sha256(told + rows.astype("<i4").tobytes() + keys.tobytes()).hexdigest()
    return store.path.with_name(f"{store.path.stem}.{sum_[:16]}.map.npz")


def _read(path: Path) -> SongMap | None:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as held:
            told: Any = json_value(str(held["clusters"]))
            clusters = tuple(Cluster(**one | {"words": tuple(one["words"])}) for one in told)
            return SongMap(
                held["rows"], held["points"], held["groups"], clusters, str(held["method"])
            )
    except (TypeError, MemoryError, *DAMAGED_ZIP):
        return None  # not there, or cut short: it is made anew


def _write(path: Path, made: SongMap) -> None:
    import numpy as np

    written = io.BytesIO()
    np.savez_compressed(
        written,
        rows=made.rows,
        points=made.points,
        groups=made.groups,
        clusters=json.dumps([asdict(cluster) for cluster in made.clusters]),
        method=made.method,
    )
    write_file(path, written.getvalue())
    stem = path.name.rsplit(".", 3)[0]
    with suppress(OSError):  # another visit's map may have taken an old one away meanwhile
        maps = sorted(
            path.parent.glob(f"{escape(stem)}.*.map.npz"), key=lambda one: one.stat().st_mtime
        )
        for old in maps[:-_KEPT]:
            old.unlink(missing_ok=True)
