"""The one table of songs, as DuckDB holds it and as readers fill it.

============  ============================================================================
column        what it holds
============  ============================================================================
``row``       number in the order of reading, from 0
``id``        of the data set; unique, never empty
``title``     "" where there is none, as with every text
``artist``    after aliases are applied
``year``      null where unknown
``genre``     one genre
``tags``      all tags in lower case, also those that are no genre
``key``       of the lead sheet, as ``"G major"``
``source``    which part of the data set, as MusicPile's ``src``
``notation``  what music stands beside or in the words: one of `NOTATIONS`
``words``     how many words are sung
``lines``     in how many lines
``lyrics``    as they were written
``sung``      what is sung in lower case, without headings and remarks: what is searched
``sheet``     the lead sheet as JSON (`engine.formats.json_format`)
============  ============================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

VERSION = 1
"""Of the tables; a store of another version is made anew."""

LEAD_SHEET, ABC, CHORDS = "lead sheet", "abc", "chords"
NOTATIONS = ("", LEAD_SHEET, ABC, CHORDS)

TABLES: dict[str, dict[str, str]] = {
    "about": {"name": "VARCHAR", "value": "VARCHAR"},
    "progress": {"file": "VARCHAR", "place": "BIGINT", "line": "BIGINT"},
    "bad": {"file": "VARCHAR", "line": "BIGINT", "reason": "VARCHAR", "text": "VARCHAR"},
    "songs": {
        **{"row": "INTEGER", "id": "VARCHAR", "title": "VARCHAR", "artist": "VARCHAR"},
        **{"year": "SMALLINT", "genre": "VARCHAR", "tags": "VARCHAR[]", "key": "VARCHAR"},
        **{"source": "VARCHAR", "notation": "VARCHAR", "words": "INTEGER", "lines": "INTEGER"},
        **{"lyrics": "VARCHAR", "sung": "VARCHAR", "sheet": "VARCHAR"},
    },
}
"""Every table of a store: its columns and their types in DuckDB."""
COLUMNS = tuple(TABLES["songs"])
LIGHT = COLUMNS[:12]
"""The columns that a table on screen may show: all but texts."""


def _created(table: str) -> str:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in TABLES[table].items())
    return f"CREATE TABLE {table} ({columns})"


CREATE = ";\n".join(map(_created, TABLES))
"""Makes them all."""

_EMPTY: dict[str, Any] = dict.fromkeys(COLUMNS[1:], "") | {"year": None, "tags": []}

# What sites put between the words: headings, remarks, marks of who sings.
_BRACKETED = re.compile(r"\[[^\[\]\n]{0,300}\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
_OTHER_BLANKS = ("  ", "\t", "\x1f")  # what `str.split` cuts ASCII at and `str.splitlines` does not


@dataclass(frozen=True)
class Sung:
    """What is sung of a lyric, and how much it is."""

    text: str
    words: int
    lines: int


def sung(lyrics: str) -> Sung:
    """What is sung, told in a hundredth of the time that `engine.lyrics.Lyrics.parse` takes.

    Headings and remarks in brackets are left out, blank lines too. Models read a song through
    `Lyrics.parse`; this is for counting and searching hundreds of thousands.
    """
    text = _BRACKETED.sub("", lyrics) if "[" in lyrics else lyrics
    if "<" in text:
        text = _TAG.sub("", text)
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    text = "\n".join(lines).lower().replace("’", "'")
    return Sung(text, _words(text), len(lines))


def _words(text: str) -> int:
    """How many words stand in lines without blanks at their ends.

    Where one blank stands between words, as it mostly does, blanks are counted: a fifth of the time
    that cutting takes.
    """
    if text.isascii() and not any(other in text for other in _OTHER_BLANKS):
        return text.count(" ") + text.count("\n") + 1 if text else 0
    return len(text.split())


def song_row(**values: Any) -> dict[str, Any]:
    """One song as the table holds it, but for its ``row``: what is not given is empty.

    ``sung``, ``words`` and ``lines`` are told from the lyrics where they are not given.
    """
    row: dict[str, Any] = _EMPTY | values
    if "sung" not in values:
        told = sung(str(row["lyrics"]))
        row |= {"sung": told.text, "words": told.words, "lines": told.lines}
    return row
