"""What parts of a data set share and should not: songs, artists, words, nearly the same words.

A model that learns from one part is measured too kindly on another that shares an artist's voice or
a song's words with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from engine.corpora.store.doubles import sung_rows
from engine.corpora.store.filters import ALL, Filters
from engine.corpora.store.near_duplicates import alike_between
from engine.corpora.store.signing import Progress, signed_songs
from engine.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.corpora.store.songs import SongStore

HALF = 0.5
"""From which estimated likeness on two songs of different parts are told of as a leak."""
SAME, NEAR = "the same words", "nearly the same words"


@dataclass(frozen=True)
class Part:
    """Songs of a store that pass filters, under a name."""

    name: str
    store: SongStore
    filters: Filters = ALL


@dataclass(frozen=True)
class Leaks:
    """What parts share.

    Attributes
    ----------
    songs : dict
        Part to songs.
    artists : data frame
        ``artist``, ``one``, ``other`` (parts), ``songs_one``, ``songs_other``; most songs first.
    pairs : data frame
        ``kind`` (`SAME` or `NEAR`), ``one``, ``other``, ``likeness``, and of both songs
        ``row_``, ``title_`` and ``artist_`` with ``one`` and ``other``; the likest first.
    in_both : int
        Songs of one store that are in two parts; they are among no pairs.
    """

    songs: dict[str, int]
    artists: pd.DataFrame
    pairs: pd.DataFrame
    in_both: int

    @property
    def report(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        return {
            "songs": self.songs,
            "songs_in_two_parts": self.in_both,
            "artists_in_two_parts": self.artists.to_dict("records"),
            "pairs": self.pairs.to_dict("records"),
        }


def leaks(
    parts: Sequence[Part],
    least: float = HALF,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Leaks:
    """Compare each part with each other one.

    Parameters
    ----------
    parts : sequence of Part
        Two or more, of different names.
    progress, cancelled : callable
        Progress counts songs.

    Raises
    ------
    CancelledError
        If it was to stop.
    InputError
        If there are fewer than two parts, two of a name, or one is empty.
    """
    import pandas as pd

    names = [part.name for part in parts]
    if len(parts) < 2 or len(set(names)) < len(names):
        raise InputError("Leaks are looked for between two or more parts of different names.")
    rows = [sung_rows(part.store, part.filters) for part in parts]
    if empty := [part.name for part, of in zip(parts, rows, strict=True) if not of]:
        raise InputError(f"The part '{empty[0]}' holds no song with words.")
    total, done = sum(map(len, rows)), 0
    sides: list[_Side] = []
    for part, of in zip(parts, rows, strict=True):
        before = done
        signed = signed_songs(
            part.store,
            of,
            lambda step, _of, before=before: progress(before + step, total),
            cancelled,
            "The look for leaks was cancelled.",
        )
        sides.append(_Side(part, _facts(part.store, of), signed))
        done += len(of)
    artists: list[Any] = []
    pairs: list[Any] = []
    in_both = 0
    for one, other in combinations(sides, 2):
        artists.append(_artists(one, other))
        found, both = _pairs(one, other, least)
        pairs.append(found)
        in_both += both
    shared: Any = pd.concat(artists, ignore_index=True)
    order = (shared["songs_one"] + shared["songs_other"]).sort_values(
        ascending=False, kind="stable"
    )
    found = pd.concat(pairs, ignore_index=True)
    found = found.sort_values("likeness", ascending=False, kind="stable", ignore_index=True)
    songs = {part.name: len(of) for part, of in zip(parts, rows, strict=True)}
    return Leaks(songs, shared.loc[order.index].reset_index(drop=True), found, in_both)


@dataclass(frozen=True)
class _Side:
    part: Part
    songs: Any
    signed: NDArray[np.uint32]


def _facts(store: SongStore, rows: list[int]) -> Any:
    found: Any = store.frame(
        'SELECT "row", title, artist, md5(sung) AS text FROM songs WHERE "row" IN '
        '(SELECT unnest(?)) ORDER BY "row"',
        [rows],
    )
    return found.assign(name=found["artist"].str.lower().str.strip())


def _artists(one: _Side, other: _Side) -> Any:
    import pandas as pd

    counts = [
        side.songs.loc[side.songs["name"] != "", "name"].value_counts() for side in (one, other)
    ]
    names = sorted(set(counts[0].index) & set(counts[1].index))
    spelt = one.songs.drop_duplicates("name").set_index("name")["artist"]
    return pd.DataFrame(
        {
            "artist": [spelt[name] for name in names],
            "one": one.part.name,
            "other": other.part.name,
            "songs_one": [int(counts[0][name]) for name in names],
            "songs_other": [int(counts[1][name]) for name in names],
        }
    )


def _pairs(one: _Side, other: _Side, least: float) -> tuple[Any, int]:
    """Songs alike between two parts, and how many songs are in both."""
    import numpy as np
    import pandas as pd

    first, second = alike_between(one.signed, other.signed, least)
    of, to = one.songs.iloc[first], other.songs.iloc[second]
    likeness = (one.signed[first] == other.signed[second]).mean(1)
    same = of["text"].to_numpy() == to["text"].to_numpy()
    table = pd.DataFrame(
        {
            "kind": np.where(same, SAME, NEAR),
            "one": one.part.name,
            "other": other.part.name,
            "likeness": np.where(same, 1.0, likeness),
        }
    )
    for side, songs in (("one", of), ("other", to)):
        for column in ("row", "title", "artist"):
            table[f"{column}_{side}"] = songs[column].to_numpy()
    if one.part.store.path != other.part.store.path:
        return table, 0
    itself = (table["row_one"] == table["row_other"]).to_numpy()
    both = len(set(one.songs["row"]) & set(other.songs["row"]))
    return table[~itself], both
