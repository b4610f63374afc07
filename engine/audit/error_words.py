"""Words that go with a model's errors within one genre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.audit.languages import measured
from engine.corpora import marking_words
from engine.corpora.store.word_counts import marking
from engine.corpora.store.word_index import opened_index
from engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from engine.audit.comparison import Compared
    from engine.corpora.store import SongStore

MOST_SONGS = 5_000
_FEW = 200
_WRONG, _RIGHT = "wrong", "right"


def error_words(
    store: SongStore, whole: Compared, name: str, genre: str, count: int = 20
) -> pd.DataFrame:
    """Words that mark the songs of a genre that a model tells wrongly against those it tells right.

    Weighted log-odds, as `engine.corpora.marking_words` has them. Where the store's words are
    measured they are looked up (of very many songs in so many as
    `engine.corpora.store.word_counts` draws), else read: of the first `MOST_SONGS` songs.

    Raises
    ------
    InputError
        If it tells all of them right, or all wrong.
    """
    import pandas as pd

    of = (whole.songs["genre"] == genre).to_numpy() & whole.judged(name)
    wrong = whole.wrong(name)[of]
    if wrong.all() or not wrong.any():
        how = _WRONG if len(wrong) and wrong.all() else _RIGHT
        raise InputError(
            f"{name} tells all {len(wrong):,} songs of '{genre}' {how}; words mark errors only "
            "where there are both."
        )
    numbers = whole.songs["row"].to_numpy()[of]
    least = 2 if len(numbers) < _FEW else 3
    if measured(store):
        index = opened_index(store)
        assert index is not None  # noqa: S101 - it is measured
        return marking(index, numbers[wrong], numbers, count, least).table
    rows = numbers.tolist()[:MOST_SONGS]
    sung: dict[int, str] = dict(
        store.rows('SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))', [rows])  # type: ignore[arg-type]
    )
    told: Any = pd.DataFrame(
        {
            "genre": [_WRONG if one else _RIGHT for one in wrong[: len(rows)]],
            "sung": [sung[int(row)] for row in rows],
        }
    )
    return marking_words(told, _WRONG, count, least)
