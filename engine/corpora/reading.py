"""A table of any format to a table of songs, for the explorer and for evaluations.

Columns are found by their usual names (see `engine.corpora.columns`). A row that cannot be used is
left out and named in `SongTable.problems`; nothing disappears in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.columns import (
    artist_of_cell,
    columns_found,
    genre_of_cell,
    lyrics_of_cell,
    text_of_cell,
    year_in,
    year_of_cell,
)
from engine.corpora.opening import open_table
from engine.corpora.songs import frame
from engine.corpora.sources import Source
from engine.corpora.tables import Table
from engine.errors import InputError, quoted
from engine.files import megabytes
from engine.lyrics import Lyrics
from engine.plain_text import one_line

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 200 * 2**20
MAX_SONGS = 100_000
_MOST_SHOWN = 500
# All songs are held at once, as they were written and as models read them.
MAX_CHARACTERS_IN_ALL = 400_000_000


@dataclass(frozen=True)
class SongTable:
    """What was read from a file.

    Attributes
    ----------
    songs : data frame
        A table of songs.
    left_out : dict
        Why rows were left out, to the numbers of those rows, counted from 1.
    doubts : tuple of str
        One sentence for each value that was not understood.
    columns : dict
        Our column name to the name it had in the file.
    unused : tuple of str
        The file's other columns.
    notes : tuple of str
        How the file was read, where that had to be guessed.
    sha256 : str
        Checksum of the file's bytes.
    texts : dict
        Number of a row left out to what it holds, shortened.
    """

    songs: pd.DataFrame
    left_out: dict[str, tuple[int, ...]]
    doubts: tuple[str, ...]
    columns: dict[str, str]
    unused: tuple[str, ...]
    notes: tuple[str, ...]
    sha256: str
    texts: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each row left out, then for each value not understood."""
        out = sorted((row, reason) for reason, rows in self.left_out.items() for row in rows)
        return (*(f"Row {row}: {reason} The row is left out." for row, reason in out), *self.doubts)


def read_file(path: Path) -> SongTable:
    """Read songs from a file on this machine; its extension tells the format.

    Raises
    ------
    InputError
        If the format, size or content is not accepted, no column holds lyrics, or no song is left.
    """
    source = Source.of_file(path)
    with source.packed() as file:
        _refuse_more_than_is_held(source, file.seek(0, 2))
    return _songs_of(source)


def read_table(name: str, data: bytes, columns: Mapping[str, str] | None = None) -> SongTable:
    """Read songs from the bytes of an upload; its name's extension tells the format.

    Parameters
    ----------
    name : str
    data : bytes
    columns : mapping, optional
        Our names of columns to those of the table ("" for none), instead of guessing.

    Raises
    ------
    InputError
        As `read_file`.
    """
    source = Source.of_upload(name, data)
    _refuse_more_than_is_held(source, len(data))
    return _songs_of(source, columns)


def _refuse_more_than_is_held(source: Source, size: int) -> None:
    if size > MAX_BYTES:
        raise InputError(
            f"{source.name} has {megabytes(size)}; at most {megabytes(MAX_BYTES)} are accepted."
        )


def _songs_of(source: Source, columns: Mapping[str, str] | None = None) -> SongTable:
    table = open_table(source, columns.get("lyrics") if columns else None)
    if table.rows > MAX_SONGS:
        raise InputError(
            f"{source.name} has too many songs ({table.rows:,}); at most {MAX_SONGS:,} are "
            "accepted."
        )
    places = _places(table, columns) if columns else columns_found(table.columns)
    songs: list[dict[str, Any]] = []
    left_out: dict[str, list[int]] = {}
    texts: dict[int, str] = {}
    doubts: list[str] = []
    number = characters = 0
    for chunk in table.chunks():
        for row in chunk.rows:
            number += 1
            try:
                if row.problem:
                    raise InputError(row.problem)
                song = _song(row.values, places)
            except InputError as error:
                left_out.setdefault(str(error), []).append(number)
                texts[number] = _shown(row.values)
                continue
            if song["year"] is None and (written := _written_year(row.values, places)):
                doubts.append(
                    f"Row {number}: '{one_line(written, 30)}' is no year; the year is left blank."
                )
            songs.append(song)
            characters += len(song["lyrics"]) + len(song["sung"])
            if characters > MAX_CHARACTERS_IN_ALL:
                raise InputError(
                    f"The lyrics of {source.name} are too long to be held at once; split the file."
                )
    if not songs:
        reason = next((f" (row {rows[0]}: {why})" for why, rows in left_out.items()), "")
        raise InputError(f"{source.name} holds no song with lyrics{reason}.")
    return SongTable(
        frame(songs),
        {reason: tuple(rows) for reason, rows in left_out.items()},
        tuple(doubts),
        {ours: table.columns[place] for ours, place in places.items()},
        _unused(table, places),
        tuple(table.notes),
        table.sha256,
        texts,
    )


def _places(table: Table, columns: Mapping[str, str]) -> dict[str, int]:
    """Where the table has the columns that were named; `InputError` if it has not."""
    places: dict[str, int] = {}
    for ours, theirs in columns.items():
        if theirs and theirs not in table.columns:
            raise InputError(f"{table.name} has no column {quoted(theirs)}.")
        if theirs:
            places[ours] = table.columns.index(theirs)
    return places | {"lyrics": table.text}


def _shown(values: Sequence[Any]) -> str:
    """What a row holds, on one line."""
    cells = (one_line(text_of_cell(value), _MOST_SHOWN) for value in values)
    return one_line(" | ".join(cells), _MOST_SHOWN)


def _song(values: Sequence[Any], places: dict[str, int]) -> dict[str, Any]:
    """One row as a song; `InputError` if it holds no lyric."""
    lyrics = lyrics_of_cell(values[places["lyrics"]])
    lyrics = lyrics.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not lyrics:
        raise InputError("The lyric is missing.")
    parsed = Lyrics.parse(lyrics)
    song: dict[str, Any] = {
        column: text_of_cell(values[places[column]])
        for column in ("title", "id", "split")
        if column in places
    }
    if "artist" in places:
        song["artist"] = artist_of_cell(values[places["artist"]])
    if "genre" in places:
        song["genre"] = genre_of_cell(values[places["genre"]])
    return song | {
        "year": year_in(_written_year(values, places)),
        "lyrics": lyrics,
        "sung": parsed.text,
        "words": len(parsed.words),
        "lines": len(parsed.lines),
    }


def _written_year(values: Sequence[Any], places: dict[str, int]) -> str:
    return year_of_cell(values[places["year"]]) if "year" in places else ""


def _unused(table: Table, places: dict[str, int]) -> tuple[str, ...]:
    taken = set(places.values())
    return tuple(name for place, name in enumerate(table.columns) if place not in taken)
