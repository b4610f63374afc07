"""Which column of a stranger's table holds what, and what a cell of it says."""

from __future__ import annotations

import html
import math
import re
import unicodedata
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
# The same in other languages, and as programs join the names of nested fields.
_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "lyrics": (
        *("full_lyrics", "plain_lyrics", "track_lyrics", "lyrics_body", "lyrics_full"),
        *("songtexte", "liedtext", "paroles", "letra", "letras", "testo", "texto", "tekst"),
    ),
    "title": (
        *("track_title", "songtitle", "titel", "titre", "titulo", "titolo", "lied", "cancion"),
        *("chanson", "canzone", "tytul"),
    ),
    "artist": (
        *("artist_names", "primary_artist_name", "artists_name", "band_name", "singer_name"),
        *("performed_by", "performers", "artiste", "artista", "interpret", "interprete"),
    ),
    "genre": ("primary_genre", "genre_name", "genre_top", "genero", "genere", "gatunek", "stil"),
    "year": (
        *("release_date_components", "year_released", "date_released", "publish_date"),
        *("published", "jahr", "annee", "ano", "anio", "anno", "rok"),
    ),
}
_OF_A_SONG = re.compile(r"(?:songs?|tracks?|data|result|fields|record)[._]+(?=\w)")
_GENRE_SPELLINGS = {
    "hip hop": "hip-hop",
    "hiphop": "hip-hop",
    "rnb": "r&b",
    "rhythm and blues": "r&b",
    "r and b": "r&b",
    "r & b": "r&b",
    "electronica": "electronic",
}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?:[01]\d[0-3]\d)?(?!\d)")
_MILLISECONDS = re.compile(r"-?\d{11,13}(?:\.0)?")  # since 1970, as pandas writes dates in JSON
_A_YEAR = 365.2425 * 86_400_000
_PLAIN = ("plain", "line", "value")  # of objects that hold a lyric
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LISTED = re.compile(r"[\[({]\s*(['\"])(.*?)\1\s*[,\])}]")
_SEPARATOR = re.compile(r"[,;|/]")


def columns_found(headings: Sequence[str]) -> dict[str, int]:
    """Our name of each column that is there to its place, by the names it usually has.

    Case, blanks, accents and humps do not matter: ``Track Name``, ``track_name`` and ``trackName``
    are one; ``song.title`` is the title.
    """
    places: dict[str, int] = {}
    within: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _plain_name(heading)
        places.setdefault(name, place)
        within.setdefault(_OF_A_SONG.sub("", name, count=1), place)
    places = within | places
    found: dict[str, int] = {}
    for column, aliases in ALIASES.items():
        for alias in (*aliases, *_OTHER_NAMES.get(column, ())):
            if alias in places and places[alias] not in found.values():
                found[column] = places[alias]
                break
    return found


def _plain_name(heading: str) -> str:
    name = _HUMP.sub("_", unicodedata.normalize("NFKD", heading.strip()))
    name = "".join(c for c in name.lower() if not unicodedata.combining(c))
    return re.sub(r"[\s\-.]+", "_", name.replace("(s)", "s"))


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
    """The lyric in a cell: text, a list of lines, or an object that holds either."""
    if isinstance(value, list | tuple):
        return "\n".join(lyrics_of_cell(item) for item in cast("list[Any]", value))
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        place = columns_found(list(fields)).get("lyrics")
        names = [name for name in _PLAIN if name in fields]
        name = names[0] if names else "" if place is None else list(fields)[place]
        return lyrics_of_cell(fields[name]) if name else text_of_cell(value)
    return text_of_cell(value)


def artist_of_cell(value: Any) -> str:
    """One artist: the first where a cell lists several, as a list or as a list's text."""
    text = text_of_cell(value)
    listed = _LISTED.match(text)
    return listed.group(2) if listed else text


def genre_of_cell(value: Any) -> str:
    """One genre in lower case: the first where a cell lists several."""
    text = html.unescape(artist_of_cell(value))
    genre = _SEPARATOR.split(text.strip("[](){} "), maxsplit=1)[0].strip(" []'\"").lower()
    return _GENRE_SPELLINGS.get(genre.replace("_", " "), genre)


def year_of_cell(value: Any) -> str:
    """What a cell says of a year: text, or the year of an object of year, month and day."""
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("year")
    return text_of_cell(value)


def year_in(written: str) -> int | None:
    """The year in a date however it is written; None without one."""
    if _MILLISECONDS.fullmatch(written):
        return 1970 + math.floor(float(written) / _A_YEAR)
    match = _YEAR.search(written)
    return int(match.group(1)) if match else None
