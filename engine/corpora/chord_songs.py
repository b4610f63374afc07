"""Songs with placed chords: the one reader of such files, for training and for evaluation alike.

A row of ``train.jsonl.gz`` and its siblings is the JSON form of a lead sheet
(`engine.formats.json_format`) with a few fields more: ``id``, ``year``, ``key_source``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.columns import text_of_cell
from engine.corpora.opening import open_table
from engine.corpora.rows import ABSENT
from engine.corpora.sources import Source
from engine.errors import InputError, quoted
from engine.formats import json_format
from engine.lyrics import LyricLine, Lyrics

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet, Line

EXTENSIONS = (".jsonl.gz", ".jsonl")


@dataclass(frozen=True)
class ChordSong:
    """One song with at least one chord on a line with words.

    Attributes
    ----------
    id : str
        Its own, or the first digits of a hash of the row.
    year : int, optional
    sheet : LeadSheet
        All its lines.
    key_given : bool
        Whether the key is the source's own and not an estimate.
    time_signature : str, optional
        Where the source tells it (the sheet's is 4/4 where it does not).
    """

    id: str
    year: int | None
    sheet: LeadSheet
    key_given: bool
    time_signature: str | None

    @property
    def genre(self) -> str:
        """Its genre, "unknown" without one."""
        return self.sheet.genre or "unknown"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Its lyric lines: those with words."""
        return tuple(line for line in self.sheet.lines if line.words)

    @cached_property
    def lyrics(self) -> Lyrics:
        """Its words, as a generator is given them."""
        return Lyrics(
            tuple(
                LyricLine(line.words, line.section, line.stanza, line.number) for line in self.lines
            )
        )


@dataclass(frozen=True)
class ChordSongFile:
    """All songs of a file.

    Attributes
    ----------
    songs : tuple of ChordSong
    problems : tuple of str
        One sentence for each song left out.
    sha256 : str
        Checksum of the file's bytes.
    """

    songs: tuple[ChordSong, ...]
    problems: tuple[str, ...]
    sha256: str


def read_chord_songs(path: Path) -> ChordSongFile:
    """Read JSON lines (``.jsonl`` or ``.jsonl.gz``) of lead sheets.

    Songs without a chord on a line with words are left out and named in `problems`.

    Raises
    ------
    InputError
        If the file is missing or damaged, a row is not a song (naming the row), or none is left.
    """
    if not path.name.lower().endswith(EXTENSIONS):
        raise InputError(
            f"{quoted(path.name)} is no file of songs with chords; accepted are "
            f"{' and '.join(EXTENSIONS)}."
        )
    table = open_table(Source.of_file(path), "lines")
    songs: list[ChordSong] = []
    problems: list[str] = []
    number = 0
    for chunk in table.chunks():
        for row in chunk.rows:
            number += 1
            fields = dict(zip(table.columns, row.values, strict=True))
            fields = {name: value for name, value in fields.items() if value is not ABSENT}
            try:
                if row.problem:
                    raise InputError(row.problem)
                song = _song(fields)
            except InputError as error:
                raise InputError(
                    f"Row {number} of {path.name} is no song with chords: {error}"
                ) from None
            if any(line.chords for line in song.lines):
                songs.append(song)
            else:
                problems.append(f"Song {number}: no chord on a lyric line; it is left out.")
    if not songs:
        raise InputError(f"'{path.name}' has no song with chords on words.")
    return ChordSongFile(tuple(songs), tuple(problems), table.sha256)


def _song(fields: dict[str, Any]) -> ChordSong:
    sheet = json_format.lead_sheet(fields)
    year = fields.get("year")
    own = text_of_cell(fields.get("id"))
    return ChordSong(
        own or hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12],
        year if isinstance(year, int) and not isinstance(year, bool) else None,
        sheet,
        bool(fields.get("key")) and fields.get("key_source") != "estimated",
        sheet.time_signature if fields.get("time_signature") else None,
    )
