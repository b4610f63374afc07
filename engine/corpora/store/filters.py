"""Which songs of a store are meant, as one value: as SQL, and as a sentence of SQL to edit."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, cast

UNKNOWN = "unknown"
"""How songs without a genre are called."""

Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Filters:
    """What a song must pass; an empty filter passes all.

    Attributes
    ----------
    genres : tuple of str
        Any of these; `UNKNOWN` stands for none.
    tags : tuple of str
        Each of these.
    sources : tuple of str
        Any of these parts of the data set.
    notation : tuple of str
        Any of these (see `engine.corpora.store.schema`).
    years, words : (int, int) or None
        Inclusive ranges. A song without a year passes no filter of years.
    languages : tuple of str
        Any of these; "" stands for songs whose language is not sure. Needs the store's measures
        (`engine.corpora.store.word_index`).
    rows : tuple of int
        Any of these songs by their numbers, as they were chosen on a map.
    search : str
        Stands in title, artist or words, in any case; plain text, not a pattern.
    """

    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notation: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    words: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    search: str = ""

    def without(self, name: str) -> Filters:
        """The same but for one filter: what a chart shows that sets it."""
        default = next(field.default for field in fields(self) if field.name == name)
        return replace(self, **{name: default})

    @property
    def where(self) -> Condition:
        """A condition for ``WHERE``, and the values of its question marks."""
        conditions = self._conditions()
        sql = " AND ".join(sql for sql, _ in conditions)
        return sql or "true", [value for _, values in conditions for value in values]

    @property
    def sql(self) -> str:
        """The same condition with its values written out."""
        return " AND ".join(_written(*condition) for condition in self._conditions())

    def _conditions(self) -> list[Condition]:
        found: list[Condition] = []
        if self.genres:
            names = ["" if name == UNKNOWN else name for name in self.genres]
            found.append(_one_of("genre", names))
        found += [("list_contains(tags, ?)", [tag]) for tag in self.tags]
        if self.sources:
            found.append(_one_of("source", list(self.sources)))
        if self.notation:
            found.append(_one_of("notation", list(self.notation)))
        if self.years:
            found.append(("year BETWEEN ? AND ?", list(self.years)))
        if self.words:
            found.append(("words BETWEEN ? AND ?", list(self.words)))
        if self.languages:
            one_of, codes = _one_of("language", list(self.languages))
            sql = f'"row" IN (SELECT "row" FROM measured.songs WHERE {one_of})'  # noqa: S608
            found.append((sql, codes))
        if self.rows:
            found.append(('"row" IN (SELECT unnest(?))', [list(self.rows)]))
        if needle := searched(self.search):
            # The words first: they are in lower case already, and hold most hits.
            places = ("sung", "lower(title)", "lower(artist)")
            sql = " OR ".join(f"contains({place}, ?)" for place in places)
            found.append((f"({sql})", [needle] * len(places)))
        return found


ALL = Filters()
"""Every song passes."""


def searched(text: str) -> str:
    """A search as words are stored: lower case, straight apostrophes, single blanks."""
    return " ".join(text.lower().replace("’", "'").split())


def _one_of(column: str, values: list[Any]) -> Condition:
    return f"{column} IN ({', '.join('?' * len(values))})", values


def _written(sql: str, values: list[Any]) -> str:
    parts = sql.split("?")
    shown = [*map(_literal, values), ""]
    return "".join(part + value for part, value in zip(parts, shown, strict=True))


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, cast('list[int]', value)))}]"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
