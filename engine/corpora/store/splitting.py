"""A store to the splits that trainings read: by artist, without doubles, stratified by genre.

Songs of one artist stand in one part, so that a model is never measured on a voice it has learnt.
Of songs with nearly the same words only the first is kept (`near_duplicates`), and of songs of one
artist and title. What is left is parted by `StratifiedGroupKFold` of scikit-learn: a tenth to test,
a tenth to validation, the rest to training. The report looks for leaks again in what was written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.store.near_duplicates import alike_pairs, groups
from engine.corpora.store.signing import Progress, signed_songs
from engine.corpora.store.tags import TOP, chosen_genres, main_genres
from engine.errors import InputError
from engine.files import write_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.corpora.store.songs import SongStore

PARTS = ("train", "validation", "test")
REPORT = "split.json"
LEAST_WORDS = 20
_FOLDS = 10
_LEAK = 0.5
"""From which estimated index on two songs of different parts are told of as a leak."""


@dataclass(frozen=True)
class SplitReport:
    """What was written, what was left out, and what still leaks.

    Attributes
    ----------
    songs : dict
        Part to songs.
    genres : dict
        Part to genre to songs.
    tags : list of str
        The commonest genres among tags, which are what ``tags`` holds, commonest first.
    passed_over : list of str
        Commoner tags that are no genre.
    left_out : dict
        Why songs were left out, to how many.
    leaks : dict
        What two parts share: ``artists``, ``texts`` (word for word) and ``near_duplicates`` (an
        estimated overlap of half or more), and for comparison ``near_duplicates_at_random``, as
        many as a split song by song of all songs would have had.
    """

    songs: dict[str, int]
    genres: dict[str, dict[str, int]]
    tags: list[str]
    passed_over: list[str]
    left_out: dict[str, int]
    leaks: dict[str, int]


def split(
    store: SongStore,
    folder: Path,
    no_genres: frozenset[str],
    *,
    top: int = TOP,
    seed: int = 0,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SplitReport:
    """Write ``train``, ``validation`` and ``test.parquet`` and a report to a folder.

    Parameters
    ----------
    store : SongStore
    folder : Path
        Made if it is not there.
    no_genres : frozenset of str
        Tags that are no genre, folded (`engine.corpora.store.tags.not_genres`).
    top : int
        How many of the commonest genres ``tags`` tells.
    seed : int
        Draws which artists go where.
    progress, cancelled : callable
        Progress counts songs.

    Raises
    ------
    InputError
        If too few songs or artists with a genre are left, or the folder cannot be written.
    CancelledError
        If it was to stop; nothing is written.
    """
    songs, left_out = _usable(store)
    stopped = "The split was cancelled; nothing is written."
    signed = signed_songs(store, songs["row"].tolist(), progress, cancelled, stopped)
    first = groups(len(songs), alike_pairs(signed))
    double = first != range(len(songs))
    left_out["nearly the same words as another song"] = int(double.sum())
    named = songs["artist"].str.lower() + "|" + songs["title"].str.lower()
    again = named.duplicated() & (songs["title"] != "") & ~double
    left_out["artist and title of another song"] = int(again.sum())
    kept = (~(double | again)).to_numpy()
    at_random = _pairs_at_random(alike_pairs(signed, _LEAK), len(songs), seed)
    songs, signed = songs[kept].reset_index(drop=True), signed[kept]
    if songs["artist"].nunique() < _FOLDS or len(songs) < 3 * _FOLDS:
        raise InputError(
            f"Only {len(songs):,} songs by {songs['artist'].nunique():,} artists have words and "
            "one of the twelve genres; a split needs more."
        )
    songs["part"] = _parts(songs, seed)
    counts = Counter(tag for tags in songs["tags"] for tag in dict.fromkeys(tags))
    chosen = chosen_genres(counts, no_genres, top)
    tags = [tag for tag, _ in chosen.genres]
    report = SplitReport(
        {part: int((songs["part"] == part).sum()) for part in PARTS},
        {part: _counts(songs.loc[songs["part"] == part, "genre"]) for part in PARTS},
        tags,
        [tag for tag, _ in chosen.passed_over],
        {reason: count for reason, count in left_out.items() if count},
        _leaks(songs, signed) | {"near_duplicates_at_random": at_random},
    )
    _write(store, songs, folder, tags, report)
    return report


def _usable(store: SongStore) -> tuple[Any, Counter[str]]:
    """Songs that can be learnt from, and why others cannot."""
    songs: Any = store.frame(
        'SELECT "row", artist, title, genre, tags, words, md5(sung) AS sum FROM songs '
        'ORDER BY "row"'
    )
    left_out = {
        "no words": songs["words"] == 0,
        f"fewer than {LEAST_WORDS} words": songs["words"].between(1, LEAST_WORDS - 1),
    }
    told = songs["words"] >= LEAST_WORDS
    left_out["none of the twelve genres"] = told & ~songs["genre"].isin(main_genres())
    kept = told & songs["genre"].isin(main_genres())
    songs = songs[kept]
    songs = songs.reset_index(drop=True)
    nameless = songs["artist"] == ""
    songs.loc[nameless, "artist"] = [f"song {row}" for row in songs.loc[nameless, "row"]]
    return songs, Counter({reason: int(there.sum()) for reason, there in left_out.items()})


def _parts(songs: Any, seed: int) -> list[str]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds: Iterator[Any] = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed).split(
        songs, songs["genre"], songs["artist"].str.lower()
    )
    parts = ["train"] * len(songs)
    for name in ("test", "validation"):
        _, rows = next(folds)
        for row in rows:
            parts[row] = name
    return parts


def _leaks(songs: Any, signed: NDArray[np.uint32]) -> dict[str, int]:
    """What parts share, looked for anew."""
    part = songs["part"].to_numpy()
    one, other = alike_pairs(signed, _LEAK)
    return {
        "artists": _shared(songs["artist"].str.lower(), songs["part"]),
        "texts": _shared(songs["sum"], songs["part"]),
        "near_duplicates": int((part[one] != part[other]).sum()),
    }


def _shared(values: Any, parts: Any) -> int:
    return int((parts.groupby(values).nunique() > 1).sum())


def _pairs_at_random(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]], songs: int, seed: int
) -> int:
    """How many alike pairs a split that draws song by song would part."""
    import numpy as np

    drawn = np.random.default_rng(seed).choice(3, songs, p=(0.8, 0.1, 0.1))
    return int((drawn[pairs[0]] != drawn[pairs[1]]).sum())


def _counts(genres: Any) -> dict[str, int]:
    return {str(genre): int(count) for genre, count in genres.value_counts().items()}


def _write(
    store: SongStore, songs: Any, folder: Path, tags: list[str], report: SplitReport
) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            chosen = songs.loc[songs["part"] == part, "row"].tolist()
            # Under its name only when it is whole: a training reads whatever is called so.
            unfinished = folder / f"{part}.parquet.unfinished"
            store.export_rows(chosen, unfinished, tags)
            unfinished.replace(folder / f"{part}.parquet")
        told = json.dumps(asdict(report), indent=2, ensure_ascii=False)
        write_file(folder / REPORT, f"{told}\n".encode())
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}.") from None
