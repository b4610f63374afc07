"""Songs with placed chords, for evaluation: the words to give, the chords to compare with."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.evaluation.tasks.data import (
    cluster_of,
    dataset_name,
    drawn_indices,
    file_bytes,
    short_hash,
    split_name,
)
from engine.lyrics import LyricLine, Lyrics
from engine.music.lead_sheet import LeadSheet, Line

if TYPE_CHECKING:
    from engine.generator.songs import HomeSong


@dataclass(frozen=True)
class ChordSong:
    """One song: what a generator is given and what its answer is compared with.

    Attributes
    ----------
    id, cluster, year, genre : str or int
        As kept in tables of predictions.
    sheet : LeadSheet
        The reference.
    lines : tuple of Line
        Its lyric lines: those with words.
    lyrics : Lyrics
        The same words.
    home : HomeSong
        The song as generators learn it, for the next-chord metrics.
    """

    id: str
    cluster: str
    year: int | None
    genre: str
    sheet: LeadSheet
    lines: tuple[Line, ...]
    lyrics: Lyrics
    home: HomeSong


@dataclass(frozen=True)
class ChordSongs:
    """All songs of a file, and what records say of it."""

    dataset: str
    split: str
    sha256: str
    songs: tuple[ChordSong, ...]
    problems: tuple[str, ...]


def chord_songs(path: Path, limit: int | None = None, seed: int = 0) -> ChordSongs:
    """Read JSON lines (``.jsonl`` or ``.jsonl.gz``) of lead sheets in the project's JSON form.

    Songs without a chord on a lyric line are left out and named in `problems`. With a `limit`
    only so many songs are taken, drawn by the seed.

    Raises
    ------
    InputError
        If the file is missing, a row is not a song, or none is left.
    """
    from engine.formats import json_format
    from engine.generator.songs import songs as home_songs

    data = file_bytes(path)
    rows = _rows(path, data)
    try:
        homes = iter(home_songs(path))
    except ValueError as error:
        raise InputError(f"'{path.name}' cannot be used: {error}") from None
    found: list[ChordSong] = []
    problems: list[str] = []
    for number, row in enumerate(rows, start=1):
        if not any(line["words"] and line["chords"] for line in row["lines"]):
            problems.append(f"Song {number}: no chord on a lyric line; it is left out.")
            continue
        home = next(homes)
        sheet = json_format.read(json.dumps(row).encode("utf-8"))
        lines = tuple(line for line in sheet.lines if line.words)
        lyrics = Lyrics(tuple(LyricLine(line.words, line.section, line.stanza) for line in lines))
        identity = str(row.get("id") or short_hash(json.dumps(row, sort_keys=True), 12))
        year = row.get("year")
        found.append(
            ChordSong(
                identity,
                cluster_of(row.get("artist"), identity),
                year if isinstance(year, int) else None,
                str(row.get("genre") or "unknown"),
                sheet,
                lines,
                lyrics,
                home,
            )
        )
    if not found:
        raise InputError(f"'{path.name}' has no song with chords on words.")
    if limit is not None:
        found = [found[index] for index in drawn_indices(len(found), limit, seed)]
    return ChordSongs(
        dataset_name(path),
        split_name(path, limit, seed),
        hashlib.sha256(data).hexdigest(),
        tuple(found),
        tuple(problems),
    )


def _rows(path: Path, data: bytes) -> list[dict[str, Any]]:
    try:
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"'{path.name}' is not readable as JSON lines ({error}).") from None
    for number, row in enumerate(rows, start=1):
        lines = row.get("lines") if isinstance(row, dict) else None
        if not isinstance(lines, list) or not all(
            isinstance(line, dict) and {"words", "chords"} <= line.keys() for line in lines
        ):
            raise InputError(
                f"Row {number} of '{path.name}' is no song with chords: it needs 'lines', each "
                "with 'words' and 'chords'."
            )
    return rows
