"""Data of any kind to a store: what a path holds is told by what lies there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.reading import SongTable, read_file
from engine.corpora.store.genius import GeniusFiles, import_genius, is_genius
from engine.corpora.store.musicpile import import_musicpile, is_musicpile, local_shards
from engine.corpora.store.schema import Sung, song_row
from engine.corpora.store.song_files import (
    MAX_BYTES,
    files_in_folder,
    files_in_zip,
    sheet_row,
    store_of_files,
)
from engine.corpora.store.writing import Bad, Reached, writing
from engine.errors import CancelledError, InputError
from engine.files import file_bytes

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

STORE = "songs.duckdb"
_AT_ONCE = 5000

Progress = Callable[[int, int], None]


def store_beside(source: Path) -> Path:
    """Where the store of a data set lies if nothing else is said: beside the data."""
    if source.is_dir():
        return source / STORE
    return source.with_name(f"{source.name.split('.', 1)[0]}.{STORE}")


def import_songs(
    source: Path,
    store: Path | None = None,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    sources: Collection[str] = (),
    limit: int | None = None,
) -> Path:
    """Make a store of a data set on this machine; gives where it lies.

    Parameters
    ----------
    source : Path
        A folder with Genius Expertise, MusicPile (a Parquet file or a folder of them), a folder or
        zip of ChordPro and text files, or a table of songs.
    store : Path, optional
        Where it shall lie; by default beside the data (`store_beside`).
    sources : collection of str
        Of MusicPile: which values of ``src`` are taken (all by default).
    limit : int, optional
        Of MusicPile: how many rows are looked through.
    progress, cancelled : callable
        See `engine.corpora.store.genius.import_genius`.

    Raises
    ------
    CancelledError
        If it was to stop.
    InputError
        If nothing that can be read lies there, or the store cannot be written.
    """
    place = store or store_beside(source)
    if not source.exists():
        raise InputError(f"There is no '{source}'; a folder or a table of songs is accepted.")
    if source.is_dir() and is_genius(source):
        import_genius(GeniusFiles.of_folder(source), place, progress, cancelled)
    elif is_musicpile(source):
        shards = local_shards(source)
        import_musicpile(shards, place, source.name, sources, limit, progress, cancelled)
    elif source.is_dir():
        files = files_in_folder(source)
        if not files:
            raise InputError(
                f"{source} holds no data set that can be read: neither Genius Expertise (lyrics.jl "
                "and song_info.jl), nor MusicPile (Parquet with text and src), nor ChordPro or "
                "text files."
            )
        store_of_files(files, place, source.name)
    elif source.suffix.lower() == ".zip":
        data = file_bytes(source, MAX_BYTES)
        store_of_files(files_in_zip(source.name, data), place, source.name)
    else:
        store_of_table(read_file(source), place, source.name, cancelled)
    return place


def store_of_table(
    table: SongTable, store: Path, name: str, cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Make a store of a file that is read; rows left out are among what could not be read."""
    songs = table.songs.to_dict("records")
    seen: set[str] = set()
    with writing(store, {"kind": "table", "sha256": table.sha256}) as writer:
        if not writer.has_read(name):
            # One batch: a table is small enough to be read anew.
            with writer.batch(name, Reached(0, len(songs))):
                for at in range(0, len(songs), _AT_ONCE):
                    if cancelled():
                        raise CancelledError("Reading the table was cancelled.")
                    writer.add_songs([_table_row(*song, seen) for song in _numbered(songs, at)])
                writer.add_bad(
                    Bad(name, row, reason, table.texts.get(row, ""))
                    for reason, numbers in table.left_out.items()
                    for row in numbers
                )
        writer.tell(kind="table", name=name, source=name)


def store_of_sheets(sheets: Iterable[LeadSheet], store: Path, name: str, sha256: str) -> None:
    """Make a store of lead sheets, which songs keep."""
    with writing(store, {"kind": "sheets", "sha256": sha256}) as writer:
        seen: set[str] = set()
        rows = [
            sheet_row(sheet, _unique(sheet.title or str(number), seen))
            for number, sheet in enumerate(sheets)
        ]
        if not writer.has_read(name):
            with writer.batch(name, Reached(0, len(rows))):
                writer.add_songs(rows)
        writer.tell(kind="sheets", name=name, source=name)


def _numbered(songs: list[dict[str, Any]], start: int) -> Iterable[tuple[int, dict[str, Any]]]:
    return enumerate(songs[start : start + _AT_ONCE], start=start)


def _table_row(number: int, song: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    year = song["year"]
    told = Sung(str(song["sung"]).lower().replace("’", "'"), int(song["words"]), int(song["lines"]))
    genre = str(song["genre"])
    return song_row(
        id=_unique(_known(song.get("id")) or str(number), seen),
        title=song["title"],
        artist=song["artist"],
        year=year if isinstance(year, int) else None,
        genre=genre,
        tags=[genre] if genre else [],
        source=_known(song.get("split")),
        lyrics=song["lyrics"],
        sung=told.text,
        words=told.words,
        lines=told.lines,
    )


def _known(value: Any) -> str:
    """A cell of a column that not every song has; "" for what pandas puts there instead."""
    return value if isinstance(value, str) else ""


def _unique(identity: str, seen: set[str]) -> str:
    """The id, or with a number behind it if a song before has it."""
    new, number = identity, 1
    while new in seen:
        number += 1
        new = f"{identity} ({number})"
    seen.add(new)
    return new
