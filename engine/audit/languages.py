"""Which language songs of a store look to be in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.corpora.store.word_index import opened_index
from engine.errors import InputError
from engine.lyrics.language import language_name, language_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore


def languages(store: SongStore, rows: Sequence[int] | NDArray[np.int64]) -> pd.Categorical:
    """Of songs by their numbers, in that order: the language's English name, "" where unsure.

    Where the store's words are measured (`engine.corpora.store.word_index`) it is known already.
    """
    import pandas as pd

    if measured(store):
        # All of them: a list of many numbers takes a query longer than the whole column.
        told = store.frame('SELECT "row", language FROM measured.songs')
        codes: Any = told.set_index("row")["language"].astype("category").reindex(rows).array
    else:
        found = store.rows(
            'SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))',
            [[int(row) for row in rows]],
        )
        sung = {int(row): str(text) for row, text in found}
        codes = pd.Categorical([language_of(sung[int(row)]) for row in rows])
    return codes.rename_categories({code: language_name(code) or code for code in codes.categories})


def measured(store: SongStore) -> bool:
    """Whether the store's words, and so its songs' languages, are measured."""
    try:
        return opened_index(store) is not None
    except InputError:  # of another version, or broken: the Words tab says so
        return False
