"""Whether a database is a store of songs: what must be so before anything is asked of it.

A store may have been cut, made by another program, or made to do harm: a view named ``songs`` that
reads other files or never ends, a macro in the place of a function, one title of a gigabyte, a
million rows of it in a few kilobytes. So its catalogue is looked at first, which runs nothing of
it; then every column is read through once, inside the database and within its memory, which finds
damaged blocks too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.corpora.store.schema import TABLES, VERSION
from engine.errors import InputError, quoted
from engine.files import megabytes
from engine.json_text import json_value

if TYPE_CHECKING:
    from pathlib import Path

MOST_SONGS = 20_000_000
_MOST_FACTS = 1000
_FACT_BYTES = 2**20
# Bytes of a title or a name, of a text, and of a lyric.
_SHORT, _LONG = 2**16, 2**24
# Bytes that all texts may unpack to, at least and for each byte of the file.
_WHOLE_BYTES = 2**28
_BYTES_A_BYTE = 64
_MOST_TAGS = 10_000
_OWN = "database_name = current_database() AND NOT internal"
_LONG_TEXTS = ("lyrics", "sung", "sheet")


def facts_of(connection: Any, path: Path) -> dict[str, Any]:
    """What a store tells of itself, once all of it has been found to be a store.

    Raises
    ------
    InputError
        If it is none, was made by another version, or holds more than songs can be.
    duckdb.Error
        If it is damaged.
    """
    if problem := foreign_code(connection) or wrong_columns(connection, "about", TABLES["about"]):
        raise not_a_store(path, problem)
    if problem := _too_long(connection, "about", _FACT_BYTES):
        raise not_a_store(path, problem)
    told = connection.execute(f"SELECT name, value FROM about LIMIT {_MOST_FACTS}").fetchall()  # noqa: S608
    try:
        facts = {str(name): json_value(value or "null") for name, value in told}
    except ValueError:
        raise not_a_store(path, "what it tells of itself is no JSON") from None
    identity = facts.get("identity")
    if not isinstance(identity, dict) or identity.get("version") != VERSION:
        raise InputError(f"The store {path} was made by another version; import it again.")
    if problem := (
        wrong_columns(connection, "bad", TABLES["bad"])
        or wrong_columns(connection, "songs", TABLES["songs"])
        or _too_long(connection, "bad", _SHORT)
        or _wrong_songs(connection, path.stat().st_size)
    ):
        raise not_a_store(path, problem)
    return facts


def not_a_store(path: Path, reason: str) -> InputError:
    """What is said of a file that is no store."""
    return InputError(f"{path} is no store of songs that can be read ({reason}).")


def foreign_code(connection: Any) -> str:
    """What of a database would run instead of being read; nothing of it runs by asking."""
    for kind, what in (("views", "views"), ("functions", "functions of its own")):
        if connection.execute(f"SELECT 1 FROM duckdb_{kind}() WHERE {_OWN} LIMIT 1").fetchall():  # noqa: S608
            return f"it holds {what}"
    return ""


def wrong_columns(connection: Any, table: str, columns: Mapping[str, str]) -> str:
    """What is wrong with a table's columns, which shall be these and of these types."""
    found: dict[str, str] = dict(
        connection.execute(
            f"SELECT column_name, data_type FROM duckdb_columns() WHERE {_OWN} "  # noqa: S608
            "AND schema_name = 'main' AND table_name = ?",
            [table],
        ).fetchall()
    )
    if not found:
        return f"it has no table '{table}'"
    for column, kind in columns.items():
        there = found.get(column)
        if there != kind:
            is_there = f"is {quoted(there)}, not {kind}" if there else "is missing"
            return f"the column '{column}' of its table '{table}' {is_there}"
    if len(found) > len(columns):
        return f"its table '{table}' has more columns than a store's"
    return ""


def _too_long(connection: Any, table: str, most: int) -> str:
    """Whether a row has more text than such a row can have."""
    texts = [name for name, kind in TABLES[table].items() if kind == "VARCHAR"]
    length = " + ".join(f'coalesce(strlen("{name}"), 0)' for name in texts)
    ((longest,),) = connection.execute(
        f"SELECT coalesce(max({length}), 0) FROM {table}"  # noqa: S608 - names of ours
    ).fetchall()
    return f"its table '{table}' has {megabytes(longest)} in a row" if longest > most else ""


def _wrong_songs(connection: Any, size: int) -> str:
    """What is wrong with the rows."""
    columns = TABLES["songs"]
    texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
    asked = {
        "songs": "count(*)",
        "different": 'count(DISTINCT "row")',
        "first": 'coalesce(min("row"), 0)',
        "last": 'coalesce(max("row"), -1)',
        "without": " + ".join(
            f'count(*) FILTER ("{name}" IS NULL)' for name in columns if name != "year"
        ),
        "tags": "coalesce(max(len(tags)), 0)",
        "tag": "coalesce(max(list_max(list_transform(tags, lambda tag: coalesce(strlen(tag), "
        f"{_SHORT + 1})))), 0)",
        "least": "coalesce(least(min(words), min(lines)), 0)",
        "whole": " + ".join(f'coalesce(sum(strlen("{name}")), 0)' for name in texts)
        + " + coalesce(sum(list_sum(list_transform(tags, lambda tag: strlen(tag)))), 0)",
        **{f"longest {name}": f'coalesce(max(strlen("{name}")), 0)' for name in texts},
    }
    selected = ", ".join(f'{value} AS "{name}"' for name, value in asked.items())
    found = connection.execute("SELECT count(*) FROM songs").fetchone()
    if found[0] > MOST_SONGS:
        return f"it holds {found[0]:,} songs; at most {MOST_SONGS:,} are read"
    values = connection.execute(f"SELECT {selected} FROM songs").fetchone()  # noqa: S608
    told = dict(zip(asked, map(int, values), strict=True))
    numbered = told["last"] + 1 == told["different"] == told["songs"] and not told["first"]
    problems = [
        (not numbered, "its songs are not numbered from 0"),
        (
            told["without"] or told["least"] < 0,
            "its songs have no values where every song has some",
        ),
        *(
            (
                told[f"longest {name}"] > (_LONG if name in _LONG_TEXTS else _SHORT),
                f"'{name}' of a song has {megabytes(told[f'longest {name}'])}",
            )
            for name in texts
        ),
        (
            told["tags"] > _MOST_TAGS or told["tag"] > _SHORT,
            "a song has too many tags, or tags without an end",
        ),
        (
            told["whole"] > max(_WHOLE_BYTES, _BYTES_A_BYTE * size),
            f"its {megabytes(size)} unpack to {megabytes(told['whole'])}",
        ),
    ]
    return next((reason for wrong, reason in problems if wrong), "")
