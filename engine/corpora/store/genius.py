"""Genius Expertise (Lim and Benson 2020): three files to one store of songs.

``lyrics.jl`` has the words of annotated songs, ``song_info.jl`` (or ``.json``) what is known of all
songs, ``map_artist_names.csv`` other spellings of artists' names in links (first column) and the
names of their pages (second). A song's ``song`` in the first is its ``url_name`` in the second.

Both big files are read once, in blocks; what is known of songs is kept on disk and looked up for
the songs of each block. Songs without words follow at the end, so that nothing is dropped.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from engine.corpora.columns import text_of_cell, year_in
from engine.corpora.rows import is_missing
from engine.corpora.store.lines import Block, blocks_of, read_ahead
from engine.corpora.store.schema import Sung, song_row, sung
from engine.corpora.store.tags import main_genre, tags_of
from engine.corpora.store.writing import Bad, Reached, StoreWriter, writing
from engine.corpora.tables import MAX_RECORD
from engine.errors import CancelledError, InputError
from engine.files import file_bytes

GENIUS = "genius"
"""What a store of it is told to be."""
LYRICS = "lyrics.jl"
INFO = ("song_info.jl", "song_info.json")
ALIASES = "map_artist_names.csv"
_MOST_ALIAS_BYTES = 2**26
_ENDING = "-lyrics"
_WORDLESS = "songs without words"
_WORDLESS_AT_ONCE = 20_000

Progress = Callable[[int, int], None]
Read = TypeVar("Read")
Add = Callable[[StoreWriter, str, Read], None]

_INFO_TABLE = """
CREATE TABLE IF NOT EXISTS info (
    id VARCHAR, artist VARCHAR, title VARCHAR, year SMALLINT, genre VARCHAR, tags VARCHAR[]
)"""
_INFO_COLUMNS = ("id", "artist", "title", "year", "genre", "tags")
_WAY = 2
"""Of reading; what another version left half read is begun anew."""
# Joined and put in its place by DuckDB, so that Python takes no song twice in its hands.
_ADD_SUNG = """
INSERT INTO songs BY NAME
SELECT "row", id, coalesce(info.title, batch.title) AS title,
    coalesce(artist, '') AS artist, year, coalesce(genre, '') AS genre, coalesce(tags, []) AS tags,
    '' AS key, '' AS source, '' AS notation, words, lines, lyrics, sung, '' AS sheet
FROM batch LEFT JOIN info USING (id) ORDER BY "row"
"""

_CANCELLED = (
    "The import was cancelled; what is read is kept, and the next import of these files goes on "
    "there."
)
_TWICE = "The song stands there twice; the first counts."


@dataclass
class _Info:
    """What a block of ``song_info.jl`` tells: rows of `_INFO_TABLE` by their id."""

    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    bad: list[Bad] = field(default_factory=list[Bad])


@dataclass
class _Words:
    """What a block of ``lyrics.jl`` holds: lyrics and what of them is sung, by the song's id."""

    rows: dict[str, tuple[str, Sung]] = field(default_factory=dict[str, tuple[str, Sung]])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    bad: list[Bad] = field(default_factory=list[Bad])


@dataclass(frozen=True)
class GeniusFiles:
    """Where the files lie; only the first two are needed."""

    lyrics: Path
    info: Path
    aliases: Path | None = None

    @classmethod
    def of_folder(cls, folder: Path) -> GeniusFiles:
        """The files of a folder by their names; `InputError` naming what is missing."""
        info = next((folder / name for name in INFO if (folder / name).is_file()), None)
        lyrics = folder / LYRICS
        missing = [
            name
            for name, there in ((LYRICS, lyrics.is_file()), (INFO[0], info is not None))
            if not there
        ]
        if missing or info is None:
            raise InputError(
                f"{folder} has no {' and no '.join(missing)}; Genius Expertise is a folder with "
                f"{LYRICS} and {INFO[0]} (or {INFO[1]})."
            )
        aliases = folder / ALIASES
        return cls(lyrics, info, aliases if aliases.is_file() else None)

    @classmethod
    def of_paths(cls, paths: Sequence[Path]) -> GeniusFiles:
        """Files picked one by one, told apart by their names."""
        named = {path.name.lower(): path for path in paths}
        info = next((named[name] for name in INFO if name in named), None)
        lyrics = named.get(LYRICS)
        if lyrics is None or info is None:
            there = ", ".join(named) or "none"
            raise InputError(
                f"Genius Expertise needs {LYRICS} and {INFO[0]} (or {INFO[1]}); picked were: "
                f"{there}."
            )
        return cls(lyrics, info, named.get(ALIASES))

    @property
    def identity(self) -> dict[str, Any]:
        """What tells these files from others, without reading them."""
        there = [path for path in (self.lyrics, self.info, self.aliases) if path]
        return {"kind": GENIUS, "way": _WAY, "files": [_stamp(path) for path in there]}


def is_genius(folder: Path) -> bool:
    """Whether a folder looks like Genius Expertise."""
    return any((folder / name).is_file() for name in (LYRICS, *INFO))


def import_genius(
    files: GeniusFiles,
    store: Path,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Make a store of the data set.

    Parameters
    ----------
    files : GeniusFiles
    store : Path
        Where it shall lie.
    progress : callable
        Told how many bytes of how many are read.
    cancelled : callable
        Whether to stop.

    Raises
    ------
    CancelledError
        If it was to stop; what is read stays, and the next call goes on there.
    InputError
        If a file is missing or the store cannot be written.
    """
    aliases = aliases_in(files.aliases)
    told, total = (
        files.info.stat().st_size,
        sum(path.stat().st_size for path in (files.info, files.lyrics)),
    )
    with writing(store, files.identity) as writer:
        writer.connection.execute(_INFO_TABLE)

        def add(path: Path, before: int, read: Callable[[Block], Read], add: Add[Read]) -> None:
            for block, found in read_ahead(blocks_of(path, writer.reached(path.name)), read):
                with writer.batch(path.name, block.reached):
                    add(writer, path.name, found)
                progress(before + block.reached.place, total)
                if cancelled():
                    raise CancelledError(_CANCELLED)

        add(files.info, 0, _read_info(files.info.name, aliases), _add_info)
        add(files.lyrics, told, _read_lyrics(files.lyrics.name), _add_lyrics)
        _add_wordless(writer, cancelled)
        writer.connection.execute("DROP TABLE info")
        writer.tell(kind=GENIUS, name="Genius Expertise", source=str(files.lyrics.parent))


def aliases_in(path: Path | None) -> dict[str, str]:
    """Other spellings of artists' names to the names of their pages; empty without a file."""
    if path is None:
        return {}
    text = file_bytes(path, _MOST_ALIAS_BYTES).decode("utf-8-sig", "replace")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row[1:]]
    except csv.Error as error:
        raise InputError(f"{path.name} is not readable as CSV ({error}).") from None
    found = {row[0].strip(): row[1].strip() for row in rows}
    return {alias: name for alias, name in found.items() if alias and name and alias != name}


def title_from(url_name: str, artist: str) -> str:
    """A title from the name of a song's page: what stands between artist and "-lyrics".

    >>> title_from("Ann-nobody-low-moon-lyrics", "Ann-nobody")
    'Low moon'
    """
    name = url_name.removesuffix(_ENDING)
    if artist and name.lower().startswith(f"{artist.lower()}-"):
        name = name[len(artist) + 1 :]
    words = " ".join(name.split("-")).strip()
    return words[:1].upper() + words[1:]


def _read_info(file: str, aliases: dict[str, str]) -> Callable[[Block], _Info]:
    def read(block: Block) -> _Info:
        info = _Info()
        for number, item in _objects(file, block, info.bad):
            identity = _text(item, "url_name")
            if not identity:
                reason = "The song has no url_name."
                info.bad.append(Bad(file, number, reason, json.dumps(item)))
                continue
            if identity in info.rows:
                info.bad.append(Bad(file, number, _TWICE, identity))
                continue
            # An object has a name and an address; a text is the name of the artist's page.
            slug = _text(item, "primary_artist")
            tags = tags_of(item.get("tags"))
            info.rows[identity] = (
                identity,
                aliases.get(slug, slug).replace("-", " ").strip(),
                _text(item, "title") or title_from(identity, slug),
                year_in(_text(item, "release_date")),
                _main_genre(tuple(tags)),
                tags,
            )
            info.numbers[identity] = number
        return info

    return read


def _add_info(writer: StoreWriter, file: str, info: _Info) -> None:
    import pyarrow as pa

    for identity in _found(writer, list(info.rows), "SEMI"):
        del info.rows[identity]
        info.bad.append(Bad(file, info.numbers[identity], _TWICE, identity))
    if info.rows:
        text = pa.string()
        types = (text, text, text, pa.int16(), text, pa.list_(text))
        columns = zip(_INFO_COLUMNS, zip(*info.rows.values(), strict=True), types, strict=True)
        writer.insert("info", pa.table({name: pa.array(c, of) for name, c, of in columns}))
    writer.add_bad(info.bad)


def _read_lyrics(file: str) -> Callable[[Block], _Words]:
    def read(block: Block) -> _Words:
        words = _Words()
        for number, item in _objects(file, block, words.bad):
            identity = _text(item, "song")
            if not identity or not isinstance(item.get("lyrics"), str):
                reason = "The line has no song and lyrics."
                words.bad.append(Bad(file, number, reason, json.dumps(item)))
            elif identity in words.rows:
                words.bad.append(Bad(file, number, _TWICE, identity))
            else:
                lyrics = _text(item, "lyrics")
                words.rows[identity] = lyrics, sung(lyrics)
                words.numbers[identity] = number
        return words

    return read


def _add_lyrics(writer: StoreWriter, file: str, words: _Words) -> None:
    for identity in writer.known(list(words.rows)):
        del words.rows[identity]
        words.bad.append(Bad(file, words.numbers[identity], _TWICE, identity))
    for identity in _found(writer, list(words.rows), "ANTI"):
        reason = f"{INFO[0]} does not tell of the song; it is kept."
        words.bad.append(Bad(file, words.numbers[identity], reason, identity))
    if words.rows:
        _add_sung(writer, words.rows)
    writer.add_bad(words.bad)


def _add_sung(writer: StoreWriter, rows: dict[str, tuple[str, Sung]]) -> None:
    import pyarrow as pa

    start = writer.songs
    lyrics, told = zip(*rows.values(), strict=True)
    columns: dict[str, Any] = {
        "row": range(start, start + len(rows)),
        "id": rows,
        "title": (title_from(identity, "") for identity in rows),
        "lyrics": lyrics,
        "sung": (one.text for one in told),
        "words": (one.words for one in told),
        "lines": (one.lines for one in told),
    }
    with writer.given(pa.table({name: list(values) for name, values in columns.items()})):
        writer.connection.execute(_ADD_SUNG)


def _add_wordless(writer: StoreWriter, cancelled: Callable[[], bool]) -> None:
    names = ", ".join(_INFO_COLUMNS)
    query = f"SELECT {names} FROM info ANTI JOIN songs USING (id) LIMIT ?"  # noqa: S608 - ours
    while found := writer.connection.execute(query, [_WORDLESS_AT_ONCE]).fetchall():
        if cancelled():
            raise CancelledError(_CANCELLED)
        songs = [song_row(**dict(zip(_INFO_COLUMNS, info, strict=True))) for info in found]
        with writer.batch(_WORDLESS, Reached()):
            writer.add_songs(songs)


@lru_cache(maxsize=2**14)
def _main_genre(tags: tuple[str, ...]) -> str:
    return main_genre(tags)


def _objects(file: str, block: Block, bad: list[Bad]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of the lines; what is none is remembered as bad."""
    for number, line in block.lines:
        if len(line) > MAX_RECORD:
            bad.append(Bad(file, number, f"The line has more than {MAX_RECORD:,} bytes."))
            continue
        if not line.strip():
            continue
        try:
            item: Any = json.loads(line.decode())
        except UnicodeDecodeError:
            bad.append(Bad(file, number, "The line is not UTF-8.", line.decode("utf-8", "replace")))
            continue
        except (ValueError, RecursionError):
            shown = line.decode("utf-8", "replace")
            bad.append(Bad(file, number, "The line is not a JSON object.", shown))
            continue
        if isinstance(item, dict):
            yield number, cast("dict[str, Any]", item)
        else:
            reason = "The line is not a JSON object."
            bad.append(Bad(file, number, reason, line.decode("utf-8", "replace")))


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, str) and value.isascii():  # nearly all of a million cells
        return "" if is_missing(value) else value.strip()
    return text_of_cell(value)


def _found(writer: StoreWriter, ids: list[str], join: str) -> list[str]:
    """Which of some ids ``song_info.jl`` tells of ("SEMI"), or does not ("ANTI")."""
    import pyarrow as pa

    with writer.given(pa.table({"id": pa.array(ids, pa.string())})):
        query = f"SELECT id FROM batch {join} JOIN info USING (id)"  # noqa: S608 - ours
        return [str(identity) for (identity,) in writer.connection.execute(query).fetchall()]


def _stamp(path: Path) -> list[Any]:
    state = path.stat()
    return [path.name, state.st_size, state.st_mtime_ns]
