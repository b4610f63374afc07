"""The songs an evaluation is made on, and tables of predictions on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.corpora import read_file, songs_table
from engine.corpora.songbook import folder_sha256, sheets_of
from engine.errors import InputError
from engine.files import made_folder, write_file
from engine.json_text import json_value
from engine.lyrics import Lyrics

if TYPE_CHECKING:
    import pandas as pd

WHOLE = "whole"
"""The split of a data set that is measured in one piece, such as the songbook."""
_METADATA = b"lyric-lab"


@dataclass(frozen=True)
class GenreSongs:
    """Songs with a genre each, ready to be predicted.

    Attributes
    ----------
    dataset, split, sha256 : str
        What records say of them.
    table : data frame
        ``id``, ``reference``, ``words``, ``year``, ``cluster``: what is kept of a song.
    lyrics : list of Lyrics
        In the table's order.
    problems : tuple of str
        Songs left out, and why.
    """

    dataset: str
    split: str
    sha256: str
    table: pd.DataFrame
    lyrics: list[Lyrics]
    problems: tuple[str, ...]


def genre_songs(path: Path, limit: int | None = None, seed: int = 0) -> GenreSongs:
    """Read a file of songs with genres (any format `engine.corpora.read_file` reads).

    The dataset is called after the file's folder, the split after the file; with a `limit` only
    so many songs are taken, drawn by the seed, and the split says so. A folder of ChordPro files,
    as the songbook is, is taken whole and gives the dataset its own name.

    Songs of one artist share a ``cluster`` and are resampled together, unless all are of one
    artist: then each song stands for itself.

    Raises
    ------
    InputError
        If the file is missing or has no songs with genres.
    """
    table, sha256, problems = _songs_at(path)
    rows: list[dict[str, Any]] = []
    lyrics: list[Lyrics] = []
    for index, song in enumerate(table.to_dict("records"), start=1):
        if not song["genre"]:
            problems.append(f"Song {index}: no genre; it is left out.")
            continue
        try:
            parsed = Lyrics.parse(song["lyrics"])
        except InputError as error:
            problems.append(f"Song {index}: {error}")
            continue
        identity = song_id(song)
        rows.append(
            {
                "id": identity,
                "reference": song["genre"],
                "words": len(parsed.words),
                "year": song["year"],
                "cluster": cluster_of(song["artist"], identity),
            }
        )
        lyrics.append(parsed)
    if not rows:
        raise InputError(f"'{path.name}' has no song with a genre; a column 'genre' is needed.")
    import pandas as pd

    table = pd.DataFrame(rows)
    if len(set(table["cluster"].tolist())) == 1:
        table["cluster"] = [cluster_of(None, identity) for identity in table["id"]]
    repeated = table["id"].duplicated()
    if repeated.any():
        problems.append(f"{int(repeated.sum())} songs repeat an id; they are left out.")
        lyrics = [lyric for lyric, again in zip(lyrics, repeated, strict=True) if not again]
        table = table.drop_duplicates("id", ignore_index=True)
    table["year"] = table["year"].astype("Int64")
    if limit is not None:
        drawn = drawn_indices(len(table), limit, seed)
        table = table.iloc[drawn].reset_index(drop=True)
        lyrics = [lyrics[index] for index in drawn]
    return GenreSongs(
        dataset_name(path),
        split_name(path, limit, seed),
        sha256,
        table,
        lyrics,
        tuple(problems),
    )


def _songs_at(path: Path) -> tuple[pd.DataFrame, str, list[str]]:
    """A table of songs, the checksum of where they lie, and what was left out."""
    if path.is_dir():
        sheets = sheets_of(path)
        return songs_table(sheets), folder_sha256(path), []
    read = read_file(path)
    return read.songs, read.sha256, list(read.problems)


def song_id(song: Mapping[str, Any]) -> str:
    """The id of a row of a table of songs: its own, or a hash of artist and title, or of words."""
    own = song.get("id")
    if own and own == own:  # noqa: PLR0124 - a missing value of a column of ids is NaN
        return str(own)
    named = f"{song['artist']}|{song['title']}"
    return short_hash(named if len(named) > 1 else str(song["lyrics"]), 12)


def dataset_name(path: Path) -> str:
    """The name of the folder a data file lies in, or of the folder that is the data."""
    found = path.resolve()
    return (found if found.is_dir() else found.parent).name or "data"


def split_name(path: Path, limit: int | None, seed: int) -> str:
    """The file's name without endings, `WHOLE` for a folder; with a limit, how songs were drawn."""
    stem = WHOLE if path.is_dir() else path.name.split(".", 1)[0]
    return stem if limit is None else f"{stem} ({limit} songs drawn, seed {seed})"


def drawn_indices(songs: int, limit: int, seed: int) -> list[int]:
    """At most `limit` of the numbers below `songs`, drawn by the seed, in order.

    Raises
    ------
    InputError
        If the limit is below 1.
    """
    if limit < 1:
        raise InputError(f"A limit of {limit} songs leaves none; at least 1 is needed.")
    import numpy as np

    generator = np.random.default_rng(seed)
    drawn = generator.choice(songs, size=min(limit, songs), replace=False)
    return sorted(int(index) for index in drawn)


def cluster_of(artist: str | None, identity: str) -> str:
    """Eight hex digits that songs of one artist share, and that do not tell the artist's name."""
    name = " ".join((artist or "").lower().split())
    return short_hash(f"artist|{name}" if name else f"song|{identity}", 8)


def short_hash(text: str, digits: int) -> str:
    """The first hex digits of a text's sha256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:digits]


def write_predictions(table: pd.DataFrame, about: dict[str, Any], path: Path) -> None:
    """Write a table of predictions as Parquet, with what it is about in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow: Any = pa.Table.from_pandas(table, preserve_index=False)
    arrow = arrow.replace_schema_metadata(
        {**(arrow.schema.metadata or {}), _METADATA: json.dumps(about).encode("utf-8")}
    )
    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink, compression="zstd", compression_level=19)
    made_folder(path.parent)
    write_file(path, sink.getvalue().to_pybytes())


def read_predictions(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A table of predictions and what it is about.

    Raises
    ------
    InputError
        If the file is missing or is not such a table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        arrow: Any = pq.read_table(path)
        about = json_value((arrow.schema.metadata or {})[_METADATA])
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise InputError(
            f"The predictions {path.name} are not readable ({type(error).__name__})."
        ) from None
    table = cast("pd.DataFrame", arrow.to_pandas())
    if "year" in table:
        table["year"] = table["year"].astype("Int64")
    return table, cast("dict[str, Any]", about)
