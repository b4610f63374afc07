"""The embedded corpus: original songs, CC0, kept as ChordPro files in ``songbook/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

EXAMPLES = (
    "Ghostwriter's Receipt",
    "Daddy's Tailgate",
    "Wolves at the Reactor",
    "The Drover's Last Penny",
)
"""Songs to try the app with: of four genres that words tell, and told right by the models."""


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


def example_songs(count: int = len(EXAMPLES)) -> tuple[LeadSheet, ...]:
    """The first `count` of the songs that `EXAMPLES` names."""
    of_title = {sheet.title: sheet for sheet in songbook()}
    return tuple(of_title[title] for title in EXAMPLES[:count])
