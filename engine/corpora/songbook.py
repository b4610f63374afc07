"""The embedded corpus: original songs, CC0, kept as ChordPro files in ``songbook/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet


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
    from engine.formats import chordpro

    sheets: list[LeadSheet] = []
    for path in sorted(songbook_folder().glob("*.cho")):
        try:
            sheets.append(chordpro.read(path.read_bytes()))
        except InputError as error:
            raise InputError(f"songbook/{path.name}: {error}") from None
    return tuple(sheets)


def example_songs(count: int = 3) -> tuple[LeadSheet, ...]:
    """Pick the first song of each genre, spread over the genres, at most `count` of them."""
    first: dict[str | None, LeadSheet] = {}
    for sheet in songbook():
        first.setdefault(sheet.genre, sheet)
    sheets = list(first.values())
    if len(sheets) <= count:
        return tuple(sheets)
    step = len(sheets) / count
    return tuple(sheets[int(index * step)] for index in range(count))
