"""Songs that are open: a store with a name and an identity that caches can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from ui import resources

if TYPE_CHECKING:
    from engine.corpora import SongTable
    from engine.corpora.store import SongStore


@dataclass(frozen=True)
class Source:
    """The songs being explored, with an identity that caches can use.

    `read` is what was understood of a user's table; `folder` holds the store of a user's file and
    goes when nobody has the source any more; `file` tells which upload it was.
    """

    name: str
    identity: str
    store: SongStore
    read: SongTable | None = None
    folder: TemporaryDirectory[str] | None = None
    file: str = ""

    @property
    def is_songbook(self) -> bool:
        """Whether these are our own songs."""
        return self.identity == "songbook"


def source_of(
    name: str, data: bytes, file: str, columns: Mapping[str, str] | None = None
) -> Source:
    """A user's file as a store that only this visit knows; `columns` put right what is guessed.

    Raises
    ------
    EngineError
        If it cannot be read.
    """
    from engine.corpora.store import SongStore, files_in_zip, store_of_files, store_of_table

    identity = uuid4().hex
    folder = TemporaryDirectory(prefix="lyric-lab-songs-")
    place = Path(folder.name) / "songs.duckdb"
    if name.lower().endswith(".zip"):
        store_of_files(files_in_zip(name, data), place, name)
        return Source(name, identity, SongStore(place), None, folder, file)
    table = resources.read_table(name, data, columns)
    store_of_table(table, place, name)
    # The songs are in the store; the page needs only what was understood of the file.
    return Source(
        name, identity, SongStore(place), replace(table, songs=table.songs.head(0)), folder, file
    )


def source_of_folder(path: Path, file: str) -> Source:
    """The ChordPro and text files of a folder on this machine, as `source_of` makes a zip's.

    Raises
    ------
    EngineError
        If there is no song in it.
    """
    from engine.corpora.store import SongStore, store_of_files
    from engine.corpora.store.song_files import files_in_folder

    folder = TemporaryDirectory(prefix="lyric-lab-songs-")
    place = Path(folder.name) / "songs.duckdb"
    store_of_files(files_in_folder(path), place, path.name)
    return Source(path.name, uuid4().hex, SongStore(place), None, folder, file)
