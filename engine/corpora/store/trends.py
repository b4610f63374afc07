"""Measures of songs, and chosen words, by year and by genre: means and shares with intervals.

Songs count as if each were written on its own; songs of one artist are more alike than that, so the
true intervals are wider. Columns of every table: the group (``year`` or ``genre``), ``songs``,
``value``, ``low``, ``high`` (95%), and ``few``: whether there are fewer than `FEW` songs.

Means have Student's interval, shares Wilson's (`engine.intervals.wilson`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from engine.corpora.store.filters import ALL, UNKNOWN, Filters
from engine.corpora.store.word_counts import songs_with
from engine.corpora.word_measures import MEASURES
from engine.errors import InputError, quoted
from engine.intervals import LEVEL, wilson

if TYPE_CHECKING:
    import pandas as pd

    from engine.corpora.store.songs import SongStore
    from engine.corpora.store.word_index import WordIndex

Group = Literal["year", "genre"]

FEW = 30
"""Songs under which a group's figure is called uncertain."""
_GROUPS = {
    "year": ("year::INTEGER", "year IS NOT NULL"),
    "genre": (f"CASE genre WHEN '' THEN '{UNKNOWN}' ELSE genre END", "true"),
}


def measure_by(
    store: SongStore, measure: str, group: Group, filters: Filters = ALL
) -> pd.DataFrame:
    """The mean of a measure for every year or genre of the songs that pass and have it.

    The store's measures must be attached (`engine.corpora.store.word_index.opened_index`).
    """
    if measure not in MEASURES:
        raise InputError(
            f"There is no measure {quoted(measure)}; measures are {', '.join(MEASURES)}."
        )
    named, known = _GROUPS[group]
    where, values = filters.where
    found = store.frame(
        f'SELECT {named} AS "{group}", count(*)::INTEGER AS songs, avg(measure) AS value, '  # noqa: S608 - names of ours
        "coalesce(stddev_samp(measure), 0) AS spread FROM (SELECT * FROM songs JOIN "
        f'(SELECT "row", {measure}::DOUBLE AS measure FROM measured.songs) USING ("row")) '
        f"WHERE measure IS NOT NULL AND {known} AND {where} GROUP BY 1 ORDER BY 1",
        values,
    )
    means = _with_means(found).drop(columns="spread")
    if MEASURES[measure].share:  # an interval of few songs would reach beyond what there can be
        means = means.assign(low=means["low"].clip(0, 1), high=means["high"].clip(0, 1))
    return means


def measured_songs(store: SongStore, measure: str, filters: Filters = ALL) -> tuple[int, int]:
    """How many of the songs that pass have a measure, and how many pass."""
    where, values = filters.where
    ((have, passing),) = store.rows(
        f'SELECT count(measure), count(*) FROM (SELECT * FROM songs JOIN (SELECT "row", '  # noqa: S608
        f'{measure} AS measure FROM measured.songs) USING ("row")) WHERE {where}',
        values,
    )
    return int(have), int(passing)


def phrase_by(
    store: SongStore, index: WordIndex, phrase: str, group: Group, filters: Filters = ALL
) -> pd.DataFrame:
    """The share of songs with words that have a word or phrase, for every year or genre.

    Raises
    ------
    InputError
        See `engine.corpora.store.word_counts.songs_with`.
    """
    import numpy as np
    import pandas as pd

    has = songs_with(index, phrase)
    named, known = _GROUPS[group]
    where, values = filters.where
    songs = store.frame(
        f'SELECT "row", {named} AS "{group}" FROM songs WHERE words > 0 AND {known} AND {where}',  # noqa: S608
        values,
    )
    of = np.asarray(has[songs["row"].to_numpy()])
    grouped: Any = pd.DataFrame({group: songs[group], "has": of}).groupby(group)["has"]
    found = grouped.agg(songs="size", hits="sum").reset_index()
    return _with_shares(found).drop(columns="hits")


def _with_means(found: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    from scipy.special import stdtrit

    count = found["songs"].to_numpy().astype(float)
    # One song alone says nothing of how far songs differ: it has no interval.
    times = np.where(count > 1, stdtrit(np.maximum(count - 1, 1), (1 + LEVEL) / 2), np.nan)
    half = times * found["spread"].to_numpy() / np.sqrt(np.maximum(count, 1))
    value = found["value"].to_numpy()
    return found.assign(low=value - half, high=value + half, few=count < FEW)


def _with_shares(found: pd.DataFrame) -> pd.DataFrame:
    count, hits = found["songs"].to_numpy(), found["hits"].to_numpy()
    low, high = wilson(hits, count)
    return found.assign(value=hits / count, low=low, high=high, few=count < FEW)
