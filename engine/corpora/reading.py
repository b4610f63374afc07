"""A user's own file of songs: CSV, TSV, JSON lines or Parquet bytes to a table of songs.

Columns are found by their usual names (see `ALIASES`), in any case. A row that cannot be used is
left out and named in `SongTable.problems`; nothing disappears in silence.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from engine.corpora.songs import frame
from engine.errors import InputError
from engine.lyrics import MAX_CHARACTERS

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 200 * 2**20
MAX_SONGS = 100_000
_MAX_UNPACKED_BYTES = 2**30
EXTENSIONS = (".csv", ".tsv", ".jsonl", ".ndjson", ".jl", ".json", ".parquet")

ALIASES: dict[str, tuple[str, ...]] = {
    "lyrics": ("lyrics", "lyric", "song_lyrics", "lyrics_text", "text", "words", "content", "body"),
    "title": ("title", "song", "song_title", "song_name", "track", "track_name", "name"),
    "artist": ("artist", "artist_name", "primary_artist", "performer", "singer", "author", "band"),
    "genre": ("genre", "genres", "tag", "tags", "style", "label", "category", "class"),
    "year": ("year", "release_year", "release_date", "released", "date", "album_year"),
    "id": ("id", "song_id", "track_id"),
}
_GENRE_SPELLINGS = {
    "hip hop": "hip-hop",
    "hiphop": "hip-hop",
    "rnb": "r&b",
    "rhythm and blues": "r&b",
    "r and b": "r&b",
    "r & b": "r&b",
    "electronica": "electronic",
}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_Row = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True)
class SongTable:
    """What was read from a file.

    Attributes
    ----------
    songs : data frame
        A table of songs.
    problems : tuple of str
        One sentence for each row left out or value not understood, rows counted from 1.
    columns : dict
        Our column name to the name it had in the file.
    """

    songs: pd.DataFrame
    problems: tuple[str, ...]
    columns: dict[str, str]


def read_table(name: str, data: bytes) -> SongTable:
    """Read songs from the bytes of a file; its name's extension tells the format.

    Raises
    ------
    InputError
        If the format, size or encoding is not accepted, no column holds lyrics, or no song is left.
    """
    extension = PurePath(name).suffix.lower()
    if extension not in EXTENSIONS:
        raise InputError(
            f"'{name}' is not a file type that can be read; accepted are {', '.join(EXTENSIONS)}."
        )
    if len(data) > MAX_BYTES:
        raise InputError(
            f"'{name}' has {len(data) / 2**20:,.0f} MB; "
            f"at most {MAX_BYTES // 2**20} MB are accepted."
        )
    if not data.strip():
        raise InputError(f"'{name}' is empty.")
    problems: list[str] = []
    if extension == ".parquet":
        rows: Iterable[_Row] = _parquet_rows(name, data)
    elif extension in {".csv", ".tsv"}:
        rows = _delimited_rows(
            _decoded(name, data), "\t" if extension == ".tsv" else None, problems
        )
    else:
        rows = _json_rows(_decoded(name, data), problems)
    return _song_table(name, rows, problems)


def _song_table(name: str, rows: Iterable[_Row], problems: list[str]) -> SongTable:
    columns: dict[str, str] = {}
    headings: dict[str, None] = {}
    songs: list[dict[str, Any]] = []
    for seen, (number, row) in enumerate(rows, start=1):
        if seen > MAX_SONGS:
            raise InputError(f"'{name}' has too many songs; at most {MAX_SONGS:,} are accepted.")
        if not row.keys() <= headings.keys():
            headings.update(dict.fromkeys(row))
            columns = _columns_found(headings)
        if "lyrics" in columns and (song := _song(number, row, columns, problems)):
            songs.append(song)
    if headings and "lyrics" not in columns:
        raise InputError(
            f"'{name}' has no column of lyrics: name one {', '.join(ALIASES['lyrics'][:-1])} "
            f"or {ALIASES['lyrics'][-1]} (its columns are: {', '.join(list(headings)[:20])})."
        )
    if not songs:
        reason = f" ({problems[0].rstrip('.')})" if problems else ""
        raise InputError(f"'{name}' holds no song with lyrics{reason}.")
    return SongTable(frame(songs), tuple(problems), columns)


def _columns_found(headings: Iterable[str]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for heading in headings:
        by_name.setdefault(re.sub(r"[\s\-]+", "_", str(heading).strip().lower()), heading)
    found: dict[str, str] = {}
    for column, aliases in ALIASES.items():
        for alias in aliases:
            if alias in by_name and by_name[alias] not in found.values():
                found[column] = by_name[alias]
                break
    return found


def _song(
    number: int, row: Mapping[str, Any], columns: dict[str, str], problems: list[str]
) -> dict[str, Any] | None:
    lyrics = _lyrics_text(row.get(columns["lyrics"]))
    if not any(character.isalpha() for character in lyrics):
        problems.append(f"Row {number}: no lyrics; the row is left out.")
        return None
    if len(lyrics) > MAX_CHARACTERS:
        problems.append(
            f"Row {number}: the lyrics have {len(lyrics):,} characters, more than "
            f"{MAX_CHARACTERS:,}; the row is left out."
        )
        return None
    song: dict[str, Any] = {"lyrics": lyrics}
    for column in ("title", "artist", "id"):
        if column in columns:
            song[column] = _text(row.get(columns[column]))
    if "genre" in columns:
        genre = _text(row.get(columns["genre"])).lower()
        song["genre"] = _GENRE_SPELLINGS.get(genre, genre)
    if "year" in columns:
        written = _text(row.get(columns["year"]))
        match = _YEAR.search(written)
        song["year"] = int(match.group(1)) if match else None
        if written and not match:
            problems.append(f"Row {number}: '{written[:30]}' is no year; the year is left blank.")
    song["words"] = len(lyrics.split())
    song["lines"] = sum(1 for line in lyrics.split("\n") if line.strip())
    return song


def _text(value: Any) -> str:
    """One cell as text: the first of a list, "" for what is missing."""
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        value = items[0] if items else None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value).strip()


def _lyrics_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = "\n".join(_text(item) for item in cast("list[Any]", value))
    return _text(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _decoded(name: str, data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"'{name}' is not UTF-8 text (line {line} has other bytes); "
            "save it as UTF-8 and try again."
        ) from None


def _delimited_rows(text: str, delimiter: str | None, problems: list[str]) -> Iterator[_Row]:
    csv.field_size_limit(MAX_BYTES)
    if delimiter is None:
        head = text.split("\n", 1)[0]
        delimiter = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = next(reader)
    except (csv.Error, StopIteration) as error:
        raise InputError(f"The heading line cannot be read ({error}).") from None
    number = 0
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            problems.append(f"Row {number} (line {reader.line_num}): {error}; the row is left out.")
            continue
        if not values:
            continue
        number += 1
        if len(values) != len(headings):
            problems.append(
                f"Row {number} (line {reader.line_num}): {len(values)} values for "
                f"{len(headings)} columns; the row is left out."
            )
            continue
        yield number, dict(zip(headings, values, strict=True))


def _json_rows(text: str, problems: list[str]) -> Iterator[_Row]:
    """JSON lines, or one JSON array of objects."""
    if text.lstrip().startswith("["):
        try:
            items: list[Any] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"The file is not readable as a JSON array ({error}).") from None
        numbered: Iterable[tuple[int, Any]] = enumerate(items, start=1)
    else:
        numbered = _json_lines(text, problems)
    for number, item in numbered:
        if isinstance(item, dict):
            yield number, cast("dict[str, Any]", item)
        else:
            problems.append(f"Row {number}: not a JSON object; the row is left out.")


def _json_lines(text: str, problems: list[str]) -> Iterator[tuple[int, Any]]:
    number = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        number += 1
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            problems.append(f"Row {number}: not readable as JSON; the row is left out.")


def _parquet_rows(name: str, data: bytes) -> Iterator[_Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        metadata = file.metadata
        unpacked = sum(
            metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups)
        )
        if metadata.num_rows > MAX_SONGS or unpacked > _MAX_UNPACKED_BYTES:
            raise InputError(
                f"'{name}' has {metadata.num_rows:,} rows and {unpacked / 2**20:,.0f} MB unpacked; "
                f"at most {MAX_SONGS:,} rows and {_MAX_UNPACKED_BYTES // 2**20:,} MB are accepted."
            )
        headings = file.schema_arrow.names
        wanted = list(_columns_found(headings).values()) or headings
        if "lyrics" not in _columns_found(headings):
            yield 1, dict.fromkeys(headings)
            return
        table = file.read(columns=wanted)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"'{name}' is not a readable Parquet file ({error}).") from None
    number = 0
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            number += 1
            yield number, row
