"""The encoder that reads songs, loaded once for all visitors, and the vectors of the open songs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.similarity.revision import revision, width
from engine.similarity.vectors import Vectors, song_keys, vectors_beside
from ui import resources, turns
from ui.explorer.opened import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore
    from engine.similarity.encoder import SongEncoder

_NAME = "song-encoder"


@st.cache_resource(show_spinner=False)
def encoder() -> SongEncoder:
    """The encoder."""
    from engine.models import memory
    from engine.similarity.encoder import SongEncoder

    loaded = SongEncoder()
    memory.set_aside()  # what loading and trying precisions took besides goes back
    return loaded


def in_turn(cancelled: Callable[[], bool]) -> Callable[[Callable[[], Any]], Any]:
    """What lets work on the encoder take its turn among the songs that visitors ask."""
    return lambda work: turns.asked(_NAME, work, cancelled)


def vectors_of(chosen: Source) -> Vectors:
    """The vectors of the open songs, as far as they are made."""
    return Vectors(vectors_beside(chosen.store.path, revision()), width())


def rows_read(chosen: Source, vectors: Vectors) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The songs that have a vector, by their numbers, and where it stands."""
    return _rows_read(chosen.store, chosen.identity, len(vectors), vectors)


@st.cache_data(show_spinner="Looking which songs are read", max_entries=4)
def _rows_read(
    _store: SongStore, identity: str, count: int, _vectors: Vectors
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    import numpy as np

    found = _store.frame('SELECT "row" FROM songs WHERE words > 0 ORDER BY "row"')
    rows = found["row"].to_numpy(np.int32)
    places = _vectors.places(song_keys(_store, rows)) if len(rows) else np.zeros(0, np.int64)
    return rows[places >= 0], places[places >= 0]


def missing(chosen: Source, vectors: Vectors, rows: NDArray[np.int32]) -> int:
    """How many of these songs must still be read."""
    there, _ = rows_read(chosen, vectors)
    import numpy as np

    return int((~np.isin(rows, there)).sum())


def title() -> str:
    """What the encoder is called on screen."""
    return resources.model_title(_NAME)
