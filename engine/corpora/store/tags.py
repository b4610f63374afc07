"""What a song's tags say: which of them are genres, and which of the twelve genres they speak for.

Lyric sites mix genres with places, languages and kinds of text. What is no genre stands in
``not_genres.toml``, which a user may replace; which genre a tag speaks for in ``main_genres.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from engine.corpora.columns import text_of_cell
from engine.errors import InputError
from engine.files import file_bytes

NOT_GENRES = Path(__file__).parent / "not_genres.toml"
MAIN_GENRES = Path(__file__).parent / "main_genres.toml"
TOP = 100
"""How many genres the study told."""
_MOST_BYTES = 2**20
_BLANKS = re.compile(r"[\s\-–_]+")


def folded(tag: str) -> str:
    """A tag as tags are compared: no case, no accents, blanks for hyphens."""
    bare = unicodedata.normalize("NFKD", tag.casefold())
    bare = "".join(mark for mark in bare if not unicodedata.combining(mark))
    return _BLANKS.sub(" ", bare).strip()


def tags_of(value: Any) -> list[str]:
    """The tags in a cell: a list of texts or named objects, each once, in lower case."""
    items = cast("list[Any]", value) if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(tag for item in items if (tag := _tag_of(item))))


def not_genres(path: Path | None = None) -> frozenset[str]:
    """Tags that are no genre, folded; of our list, or of a file of the same form.

    Raises
    ------
    InputError
        If the file is missing or has no table ``[not_genres]`` of lists.
    """
    path = path or NOT_GENRES
    return not_genres_in(file_bytes(path, _MOST_BYTES).decode("utf-8", "replace"), path.name)


def not_genres_in(text: str, name: str) -> frozenset[str]:
    """The same of a text; `name` is what a message calls it."""
    try:
        groups = tomllib.loads(text)["not_genres"]
        return frozenset(folded(tag) for group in groups.values() for tag in group)
    except (tomllib.TOMLDecodeError, RecursionError, KeyError, AttributeError, TypeError) as error:
        raise InputError(
            f"{name} is no list of what is no genre ({error}); it needs a table [not_genres] of "
            'lists, as in: places = ["uk", "east coast"].'
        ) from None


def main_genre(tags: Iterable[str]) -> str:
    """The first of the twelve genres that the tags speak for; "" where none does."""
    known = _main_genres()
    for tag in tags:
        whole = folded(tag)
        if found := known.get(whole) or known.get(whole.rpartition(" ")[2]):
            return found
    return ""


@dataclass(frozen=True)
class ChosenGenres:
    """The commonest tags that are genres, and what was passed over.

    Attributes
    ----------
    genres : tuple of (str, int)
        Tag and songs, most songs first.
    passed_over : tuple of (str, int)
        The tags commoner than the last of them that are no genre.
    """

    genres: tuple[tuple[str, int], ...]
    passed_over: tuple[tuple[str, int], ...]


def chosen_genres(
    counts: Mapping[str, int], no_genres: frozenset[str], count: int = TOP
) -> ChosenGenres:
    """The `count` commonest genres among tags that so many songs have; ties by the alphabet."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    genres: list[tuple[str, int]] = []
    passed_over: list[tuple[str, int]] = []
    for tag, songs in ranked:
        if len(genres) == count:
            break
        (passed_over if folded(tag) in no_genres else genres).append((tag, songs))
    return ChosenGenres(tuple(genres), tuple(passed_over))


def main_genres() -> tuple[str, ...]:
    """The twelve genres."""
    return tuple(dict.fromkeys(_main_genres().values()))


def _tag_of(item: Any) -> str:
    return _lower(item) if isinstance(item, str) else text_of_cell(item).lower()


@lru_cache(maxsize=2**14)
def _lower(text: str) -> str:
    return text_of_cell(text).lower()


@cache
def _main_genres() -> dict[str, str]:
    groups = tomllib.loads(MAIN_GENRES.read_text("utf-8"))["main_genres"]
    return {folded(tag): genre for genre, tags in groups.items() for tag in tags}
