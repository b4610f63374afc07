"""Words that go with a model's errors within one genre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.corpora import marking_words
from engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from engine.audit.comparison import Compared
    from engine.corpora.store import SongStore

MOST_SONGS = 20_000
_WRONG, _RIGHT = "wrong", "right"


def error_words(
    store: SongStore, whole: Compared, name: str, genre: str, count: int = 20
) -> pd.DataFrame:
    """Words that mark the songs of a genre that a model tells wrongly against those it tells right.

    Weighted log-odds, as `engine.corpora.marking_words` has them; of more than `MOST_SONGS` songs
    the first are read.

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
    rows = whole.songs["row"][of].tolist()[:MOST_SONGS]
    sung: dict[int, str] = dict(
        store.rows('SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))', [rows])  # type: ignore[arg-type]
    )
    told: Any = pd.DataFrame(
        {
            "genre": [_WRONG if one else _RIGHT for one in wrong[: len(rows)]],
            "sung": [sung[int(row)] for row in rows],
        }
    )
    least = 2 if len(rows) < 200 else 3
    return marking_words(told, _WRONG, count, least)
