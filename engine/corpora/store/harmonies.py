"""The harmony of a store's songs, told once beside their other measures and read from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.corpora.harmony import (
    SongHarmony,
    harmony_of_run,
    harmony_of_sheet,
    harmony_of_tune,
)
from engine.corpora.store.filters import ALL, UNKNOWN, Filters
from engine.corpora.store.music_text import chord_runs_in, tunes_in
from engine.music.key import Key

if TYPE_CHECKING:
    from engine.corpora.store.songs import SongStore

MOST_READ = 5000
"""Pieces that are counted at most; of more, so many are drawn."""

TYPES = {
    **{"row": "INTEGER", "key": "VARCHAR", "steps": "VARCHAR[]", "chords": "VARCHAR[]"},
    **{"a_line": "SMALLINT[]", "bars": "INTEGER"},
}
"""Columns of the table ``harmony``, and their types in DuckDB."""
COLUMNS = tuple(TYPES)
_TYPED = ", ".join(f'"{name}" {kind}' for name, kind in TYPES.items())
CREATE = f"CREATE TABLE harmony ({_TYPED})"


@dataclass(frozen=True)
class Harmonies:
    """Pieces with chords, and of how many that pass they were drawn.

    A song is one piece; a text may hold several tunes and runs of chords, a piece each.
    """

    songs: tuple[SongHarmony, ...]
    passing: int


def harmony_rows(row: int, text: str, sheet: str) -> Iterator[tuple[Any, ...]]:
    """What a song or text has of chords, as the table holds it: of its sheet, else of its text."""
    for found in _harmonies(row, text, sheet):
        if found is not None:
            key = str(found.key)
            yield row, key, list(found.steps), list(found.chords), list(found.a_line), found.bars


def read_harmonies(store: SongStore, filters: Filters = ALL, most: int = MOST_READ) -> Harmonies:
    """The harmony of the songs that pass; the store's measures must be attached."""
    where, values = filters.where
    ((passing,),) = store.rows(
        'SELECT count(*) FROM measured.harmony WHERE "row" IN '  # noqa: S608 - question marks
        f'(SELECT "row" FROM songs WHERE {where})',
        values,
    )
    rows = store.rows(
        'SELECT h."row", genre, h.key, h.steps, h.chords, h.a_line, h.bars FROM '  # noqa: S608
        f'(SELECT "row", genre FROM songs WHERE {where}) JOIN measured.harmony h USING ("row") '
        'ORDER BY hash(h."row"), h."row" LIMIT ?',
        [*values, most],
    )
    songs = [
        SongHarmony(
            int(row),
            genre or UNKNOWN,
            Key.parse(key),
            tuple(steps),
            tuple(chords),
            tuple(a_line),
            bars,
        )
        for row, genre, key, steps, chords, a_line, bars in rows
    ]
    return Harmonies(tuple(sorted(songs, key=lambda song: song.row)), int(passing))


def _harmonies(row: int, text: str, sheet: str) -> Iterator[SongHarmony | None]:
    if sheet:
        from engine.formats import json_format

        yield harmony_of_sheet(json_format.read(sheet.encode()), row)
    elif tunes := tunes_in(text):
        for tune in tunes:
            yield harmony_of_tune(tune, row)
    else:
        for run in chord_runs_in(text):
            yield harmony_of_run(run, row)
