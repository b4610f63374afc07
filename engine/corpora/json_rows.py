"""JSON tables: an object a line, an array of objects, or an array within an object.

Arrays are read item by item. What is nested deeper than any table of songs, or is longer than a row
may be, is told before it is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, TextIO, cast

from engine.corpora.columns import columns_found
from engine.corpora.encoding import encoding_of
from engine.corpora.rows import ABSENT, Chunk, Row, kind, unique
from engine.corpora.sources import Source
from engine.corpora.tables import MAX_COLUMNS, MAX_RECORD, Table, chunked, lines_of, text_of
from engine.errors import InputError, quoted
from engine.json_text import MAX_DEPTH, is_deep

# Characters of a file that is one JSON value; a line-by-line file may have any length.
MAX_DOCUMENT = 200 * 2**20
# Where programs that save songs put them: {"songs": [...]}.
WRAPPERS = ("songs", "tracks", "rows", "data", "items", "results", "hits", "records")

_TOO_DEEP = f"A row is nested deeper than {MAX_DEPTH} levels."
_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class _Broken:
    """What stands where a row should: its text, and what is wrong."""

    text: str
    problem: str


class JsonTable(Table):
    """Objects; keys may differ from row to row."""

    def __init__(self, source: Source, text_column: str | None) -> None:
        super().__init__(source, text_column)
        self._encoding, notes = encoding_of(source)
        self.notes += notes
        self._is_document = self._holds_one_value()
        kinds: dict[str, set[str]] = {}
        for item in self._items():
            self._count(item.problem if isinstance(item, _Broken) else "")
            if isinstance(item, _Broken):
                continue
            for key, value in item.items():
                kinds.setdefault(key, set()).add(kind(value))
            if len(kinds) > MAX_COLUMNS:
                break
        if not kinds:
            raise InputError(f"{self.name} holds no song: no row of it is a JSON object with keys.")
        self._name_columns(list(kinds))
        self.kinds = list(kinds.values())
        self._keys = list(kinds)

    def chunks(self) -> Iterator[Chunk]:
        """All rows, some at a time."""
        return chunked(self._row(item) for item in self._items())

    def _opened(self) -> TextIO:
        return text_of(self.source, self._encoding)

    def _holds_one_value(self) -> bool:
        """Whether the file is one array or object, and not an object a line."""
        with self._opened() as file:
            start = file.read(MAX_RECORD).lstrip()
        if start[:1] != "{":
            return start[:1] == "["
        first, _, others = start.partition("\n")
        item = _object_in(first)
        if isinstance(item, _Broken):
            return self.source.kind == ".json"
        wraps = any(isinstance(item.get(name), list) for name in WRAPPERS)
        return (wraps or rows_in(item) is not None) and not others.strip()

    def _items(self) -> Iterator[dict[str, Any] | _Broken]:
        with self._opened() as file:
            if not self._is_document:
                for line in lines_of(file, self.name):
                    if line.strip():
                        yield _object_in(line.rstrip("\r\n"))
                return
            text = file.read(MAX_DOCUMENT + 1)
        if len(text) > MAX_DOCUMENT:
            raise InputError(
                f"{self.name} is one JSON value of more than {MAX_DOCUMENT:,} characters; songs "
                "with one JSON object a line may be of any length."
            )
        try:
            yield from map(_as_item, _document_items(text))
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{self.name} is not readable as a JSON array of songs ({error})."
            ) from None

    def _row(self, item: dict[str, Any] | _Broken) -> Row:
        values: list[Any] = [ABSENT] * len(self.columns)
        if isinstance(item, _Broken):
            values[self.text] = item.text
            return Row(values, item.problem)
        for index, key in enumerate(self._keys):
            if key in item:
                values[index] = item[key]
        return Row(values)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of two keys alike, both are kept."""
    if len({key for key, _ in pairs}) == len(pairs):
        return dict(pairs)
    return dict(zip(unique(key for key, _ in pairs), (value for _, value in pairs), strict=True))


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _object_in(line: str) -> dict[str, Any] | _Broken:
    try:
        item = _as_item(_DECODER.decode(line.rstrip().removesuffix(",")))
    except ValueError:
        return _Broken(line, "The line is not a JSON object.")
    except RecursionError:
        return _Broken(line, _TOO_DEEP)
    return _Broken(line, _TOO_DEEP) if is_deep(item) else item


def _as_item(value: Any) -> dict[str, Any] | _Broken:
    if isinstance(value, dict):
        return _unwrapped(cast("dict[str, Any]", value))
    return _Broken(json.dumps(value, ensure_ascii=False), "The line is not a JSON object.")


def _unwrapped(fields: dict[str, Any]) -> dict[str, Any]:
    """A row whose song is an object within it, ``{"song": {...}}``, as one level of fields."""
    if _tells_lyrics(fields):
        return fields
    within = [name for name, value in fields.items() if _tells_lyrics(value)]
    if len(within) != 1:
        return fields
    return fields[within[0]] | {
        name: value
        for name, value in fields.items()
        if name != within[0] and name not in fields[within[0]]
    }


def _document_items(text: str) -> Iterator[Any]:
    """The rows of a file that is one JSON value; `ValueError` where it is broken."""
    start = _skipped(text, 0)
    if text[start : start + 1] == "[":
        end = yield from _array_items(text, start + 1)
    else:
        end = yield from _wrapped_items(text, start)
    if _skipped(text, end) != len(text):
        raise ValueError(f"there is more behind its end, at character {end:,}")


def _array_items(text: str, at: int) -> Generator[Any, None, int]:
    """The items of an array whose bracket was opened; returns where it ends."""
    at = _skipped(text, at)
    while text[at : at + 1] != "]":
        value, at = _value(text, at)
        yield value
        at = _skipped(text, at)
        if text[at : at + 1] == ",":
            at = _skipped(text, at + 1)
        elif text[at : at + 1] != "]":
            raise ValueError(f"',' or ']' is missing at character {at:,}")
    return at + 1


def _wrapped_items(text: str, start: int) -> Generator[Any, None, int]:
    """The items of the first array under one of `WRAPPERS`, else the object itself."""
    at = _skipped(text, start + 1)
    found = False
    names: list[str] = []
    while text[at : at + 1] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _skipped(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(f"':' is missing at character {at:,}")
        at = _skipped(text, at + 1)
        if not found and key in WRAPPERS and text[at : at + 1] == "[":
            found = True
            items = _array_items(text, at + 1)
            at = yield from _named(items, names) if names else items
        elif key == "columns" and text[at : at + 1] == "[":
            value, at = _value(text, at)
            names = [str(name) for name in value]
        else:
            at = _end(text, at, len(text))
        at = _skipped(text, at)
        if text[at : at + 1] == ",":
            at = _skipped(text, at + 1)
        elif text[at : at + 1] != "}":
            raise ValueError(f"',' or '}}' is missing at character {at:,}")
    if not found:
        whole = _DECODER.raw_decode(text, start)[0]
        rows = rows_in(whole)
        if rows is None:  # one song, which is no longer than a row may be
            rows = [_value(text, start)[0]]
        yield from rows
    return at + 1


def _named(items: Generator[Any, None, int], names: list[str]) -> Generator[Any, None, int]:
    """Rows that are lists of values, with the names of their columns (pandas: orient="split")."""
    while True:
        try:
            item = next(items)
        except StopIteration as end:
            return end.value
        named = isinstance(item, list) and len(cast("list[Any]", item)) == len(names)
        yield dict(zip(names, item, strict=True)) if named else item


def rows_in(item: Any) -> list[Any] | None:
    """The rows of an object that is a table of another shape; None where it is none.

    Column by column (each name with a list of values, or with an object from row to value), row by
    row under ids, or any of these, or a list of songs, one or more objects further in.
    """
    if not isinstance(item, dict) or not item:
        return None
    fields = cast("dict[str, Any]", item)
    found = _columns_in(fields)
    for name, value in fields.items() if found is None else ():
        within = rows_in(value)
        if within is None and name in WRAPPERS and isinstance(value, list) and value:
            within = cast("list[Any]", value)
        if within is not None:
            return within
    if found is None and all(_tells_lyrics(value) for value in fields.values()):
        return list(fields.values())
    return found


def _columns_in(fields: dict[str, Any]) -> list[Any] | None:
    """The rows of an object that goes from columns to their values."""
    values = list(fields.values())
    if len(fields) < 2 or not _tells_lyrics(fields):
        return None
    if all(isinstance(value, list) for value in values):
        # Words and tags of one song may be lists, too; but a song has one title.
        names_songs = columns_found(list(fields)).keys() & {"title", "artist", "id"}
        if not names_songs or len({len(value) for value in values}) > 1:
            return None
        return [dict(zip(fields, row, strict=True)) for row in zip(*values, strict=True)]
    if all(isinstance(value, dict) for value in values):
        places = dict.fromkeys(place for value in values for place in value)
        return [{name: of[place] for name, of in fields.items() if place in of} for place in places]
    return None


def _tells_lyrics(fields: Any) -> bool:
    return isinstance(fields, dict) and "lyrics" in columns_found(
        list(cast("dict[str, Any]", fields))
    )


def _value(text: str, at: int) -> tuple[Any, int]:
    end = _end(text, at)
    value, decoded = _DECODER.raw_decode(text[at:end])
    if decoded != end - at:
        raise ValueError(f"a value is broken at character {at + decoded:,}")
    return value, end


def _end(text: str, at: int, most: int = MAX_RECORD) -> int:
    """Where the value that begins here ends; `InputError` if it is too deep or too long."""
    if text[at : at + 1] not in {"[", "{"}:
        return _DECODER.raw_decode(text, at)[1]
    depth = 0
    for mark in _MARK.finditer(text, at):
        symbol = mark.group()[0]
        depth += (symbol in "[{") - (symbol in "]}")
        if depth > MAX_DEPTH:
            raise InputError(_TOO_DEEP)
        if mark.end() - at > most:
            raise InputError(f"A row has more than {MAX_RECORD:,} characters.")
        if not depth:
            return mark.end()
    raise ValueError(f"{quoted(text[at : at + 20])} is not closed")


def _skipped(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
