"""Which column of a stranger's table holds what, and what a cell of it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from engine.corpora.rows import is_missing

ALIASES: dict[str, tuple[str, ...]] = {
    "lyrics": (
        *("lyrics", "lyric", "song_lyrics", "lyrics_text", "lyric_text", "song_text", "songtext"),
        *("text", "words", "content", "body"),
    ),
    "title": (
        *("title", "song", "song_title", "song_name", "songname", "sname", "track", "track_name"),
        "name",
    ),
    "artist": (
        *("artist", "artist_name", "primary_artist", "artists", "track_artist", "performer"),
        *("singer", "author", "band"),
    ),
    "genre": (
        *("genre", "genres", "music_genre", "main_genre", "track_genre", "playlist_genre"),
        *("top_genre", "tag", "tags", "style", "label", "category", "class"),
    ),
    "year": ("year", "release_year", "release_date", "released", "date", "album_year"),
    "id": ("id", "song_id", "track_id"),
    "split": ("split", "subset", "partition"),
}
_GENRE_SPELLINGS = {
    "hip hop": "hip-hop",
    "hiphop": "hip-hop",
    "rnb": "r&b",
    "rhythm and blues": "r&b",
    "r and b": "r&b",
    "r & b": "r&b",
    "electronica": "electronic",
}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LISTED = re.compile(r"\[\s*(['\"])(.*?)\1\s*[,\]]")
_SEPARATOR = re.compile(r"[,;|]")


def columns_found(headings: Sequence[str]) -> dict[str, int]:
    """Our name of each column that is there to its place, by the names it usually has.

    Case, blanks and humps do not matter: ``Track Name``, ``track_name`` and ``trackName`` are one.
    """
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _HUMP.sub("_", heading.strip())
        places.setdefault(re.sub(r"[\s\-]+", "_", name.lower()), place)
    found: dict[str, int] = {}
    for column, aliases in ALIASES.items():
        for alias in aliases:
            if alias in places and places[alias] not in found.values():
                found[column] = places[alias]
                break
    return found


def lyrics_names() -> str:
    """The names a column of lyrics is found by, for a message."""
    return f"{', '.join(ALIASES['lyrics'][:-1])} or {ALIASES['lyrics'][-1]}"


def text_of_cell(value: Any) -> str:
    """One cell as text: the first of a list, the name of an object, "" for what is missing.

    Half characters, which JSON can hold and UTF-8 cannot, become question marks.
    """
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        value = items[0] if items else None
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        value = fields.get("name", fields.get("title"))
    if is_missing(value) or isinstance(value, list | tuple | dict):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(value).strip().encode("utf-8", "replace").decode()


def lyrics_of_cell(value: Any) -> str:
    """The lyric in a cell: text, or a list of lines."""
    if isinstance(value, list | tuple):
        return "\n".join(text_of_cell(item) for item in cast("list[Any]", value))
    return text_of_cell(value)


def genre_of_cell(value: Any) -> str:
    """One genre in lower case: the first where a cell lists several."""
    text = text_of_cell(value)
    if listed := _LISTED.match(text):
        text = listed.group(2)
    genre = _SEPARATOR.split(text, maxsplit=1)[0].strip(" []'\"").lower()
    return _GENRE_SPELLINGS.get(genre, genre)


def year_in(written: str) -> int | None:
    """The year in a date however it is written; None without one."""
    match = _YEAR.search(written)
    return int(match.group(1)) if match else None
