"""The embedded corpus: original songs, CC0, kept as ChordPro files in ``songbook/``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.files import file_bytes

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

EXAMPLES = (
    "Ghostwriter's Receipt",
    "Daddy's Tailgate",
    "Wolves at the Reactor",
    "The Drover's Last Penny",
)
"""Songs to try the app with: of four genres that words tell, and told right by the models."""
_MAX_BYTES = 2**20  # of one song


def songbook_folder() -> Path:
    """Where the songs lie."""
    return Path(__file__).parent.parent.parent / "songbook"


@cache
def songbook() -> tuple[LeadSheet, ...]:
    """Every song of the songbook, in file-name order.

    Raises
    ------
    InputError
        If a file is not readable as ChordPro; the message names the file.
    """
    return sheets_of(songbook_folder())


def song_files(folder: Path) -> list[Path]:
    """The ChordPro files of a folder, in the order of their names."""
    return sorted(path for path in folder.glob("*.cho") if path.is_file())


def sheets_of(folder: Path) -> tuple[LeadSheet, ...]:
    """Every song of a folder of ChordPro files, in file-name order.

    Raises
    ------
    InputError
        If a file is too large or not readable as ChordPro; the message names the file.
    """
    from engine.formats import chordpro

    sheets: list[LeadSheet] = []
    for path in song_files(folder):
        try:
            sheets.append(chordpro.read(file_bytes(path, _MAX_BYTES)))
        except InputError as error:
            raise InputError(f"{folder.name}/{path.name}: {error}") from None
    return tuple(sheets)


def folder_sha256(folder: Path) -> str:
    """Checksum of a folder of ChordPro files: of every file's name and bytes, in order."""
    digest = hashlib.sha256()
    for path in song_files(folder):
        data = file_bytes(path, _MAX_BYTES)
        digest.update(f"{path.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def example_songs(count: int = len(EXAMPLES)) -> tuple[LeadSheet, ...]:
    """The first `count` of the songs that `EXAMPLES` names."""
    of_title = {sheet.title: sheet for sheet in songbook()}
    return tuple(of_title[title] for title in EXAMPLES[:count])
