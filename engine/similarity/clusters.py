"""Groups of songs on a map, and the words that name them.

k-means over the vectors' main directions, not over the map: places on a map by UMAP are pulled
apart and together. HDBSCAN, which looks for dense places between empty ones, leaves songs without a
group where there are none; here every song is to have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.corpora.log_odds import log_odds_table
from engine.lyrics.prosody import WEAK_WORDS
from engine.similarity.layout import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore

MOST_COUNTED = 20_000
"""Of more songs the words of so many, drawn by seed, are counted."""
WORDS = 6
_NAMED_BY = 3
_WORD = r"(?u)[^\W\d_]+(?:'[^\W\d_]+)*"


@dataclass(frozen=True)
class Cluster:
    """One group.

    Attributes
    ----------
    name : str
        Its three most marking words, as "love · heart · baby".
    words : tuple of str
        The words that mark it against all others, the strongest first.
    songs : int
    x, y : float
        Its middle on the map, by medians.
    """

    name: str
    words: tuple[str, ...]
    songs: int
    x: float
    y: float


def usual_count(songs: int) -> int:
    """How many groups a map of so many songs has unless other is asked: 4 to 16."""
    return max(min(round((songs / 30) ** 0.5) + 2, 16), 4)


def groups_of(directions: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """The group of each song, 0 the largest; fewer than `count` where songs are fewer."""
    import numpy as np
    from sklearn.cluster import KMeans

    distinct = len(np.unique(directions, axis=0))
    means: Any = KMeans(max(min(count, distinct), 1), random_state=SEED)
    found: NDArray[np.int32] = means.set_params(n_init=3).fit_predict(directions)
    counts = np.bincount(found)
    places = np.empty(len(counts), np.int32)
    places[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return places[found]


def named(
    store: SongStore,
    rows: NDArray[np.int32],
    groups: NDArray[np.int32],
    points: NDArray[np.float32],
) -> tuple[Cluster, ...]:
    """The groups with their names, in their order.

    Words are compared by weighted log-odds with an informative prior (`log_odds_table`), each group
    with all others; a word must stand in three songs of the group, or all of a smaller one, and be
    no function word.
    """
    import numpy as np

    words = _marking(store, rows, groups)
    found: list[Cluster] = []
    for number, of_group in enumerate(words):
        inside = groups == number
        x, y = np.median(points[inside], axis=0)
        name = " · ".join(of_group[:_NAMED_BY]) or f"group {number + 1}"
        found.append(Cluster(name, tuple(of_group), int(inside.sum()), float(x), float(y)))
    return tuple(found)


def _marking(
    store: SongStore, rows: NDArray[np.int32], groups: NDArray[np.int32]
) -> Sequence[list[str]]:
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counted = np.arange(len(rows))
    if len(rows) > MOST_COUNTED:
        counted = np.random.default_rng(SEED).choice(len(rows), MOST_COUNTED, replace=False)
    texts = dict(
        store.rows(
            'SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))',
            [rows[counted].tolist()],
        )
    )
    kinds = int(groups.max()) + 1
    try:
        counter = CountVectorizer(token_pattern=_WORD, lowercase=False)
        uses: Any = counter.fit_transform([str(texts[int(row)]) for row in rows[counted]])
    except ValueError:  # no word in any of them
        return [[] for _ in range(kinds)]
    known = counter.get_feature_names_out()
    tells = np.array([word not in WEAK_WORDS for word in known], bool)
    total = np.asarray(uses.sum(0)).ravel()
    found: list[list[str]] = []
    for number in range(kinds):
        own = uses[groups[counted] == number]
        here = np.asarray(own.sum(0)).ravel()
        songs_with = np.asarray((own > 0).sum(0)).ravel()
        kept = np.flatnonzero((here > 0) & tells & (songs_with >= min(3, own.shape[0])))
        there = total - here
        table = log_odds_table(here[kept], there[kept], int(here.sum()), int(there.sum()))
        best = table.loc[table["z"] > 0, "z"].nlargest(WORDS).index
        found.append([str(known[kept[place]]) for place in best])
    return found
