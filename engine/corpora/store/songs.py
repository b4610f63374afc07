"""A finished store, read only: what passes filters, counted, shown, searched and taken along."""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from engine.corpora.store.checking import facts_of, not_a_store
from engine.corpora.store.filters import ALL, UNKNOWN, Filters, searched
from engine.corpora.store.schema import LIGHT
from engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MEMORY = "160MB"
"""What DuckDB may hold of a store: with 200 MB it is as fast over 223,000 songs."""
MOST_MEMORY = "1GB"
"""What an answer may take that does not fit into that: many songs with all their words."""
BARS = 60
"""At most so many bars in a histogram of lengths."""
_SHOWN_HITS = 20
_PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384"


@dataclass(frozen=True)
class Overview:
    """What passes some filters, in numbers.

    Attributes
    ----------
    songs, words, artists, genres : int
    missing : dict
        Column to how many of these songs have nothing there.
    """

    songs: int
    words: int
    artists: int
    genres: int
    missing: dict[str, int]


class SongStore:
    """A store on disk.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    about : dict
        Facts of the whole: ``kind``, ``name``, ``source``, and what its reader told.

    Raises
    ------
    InputError
        If there is no store, or one that this version does not read.
    """

    def __init__(self, path: Path) -> None:
        import duckdb

        self.path = path
        self._lock = threading.Lock()
        self._connection: Any = None
        settings: dict[str, Any] = {
            "memory_limit": MEMORY,
            # Of blocks that go for others: to give memory back and take it anew for each of them
            # takes a fifth of the time in which all words are read.
            "block_allocator_memory": MEMORY,
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        try:
            if not path.is_file():
                raise InputError(f"There is no store of songs at {path}.")
            self._connection = duckdb.connect(str(path), read_only=True, config=settings)
            _OPEN.add(self)
            self._connection.execute("SET enable_progress_bar = false")
            self.about = facts_of(self._connection, path)
        except InputError:
            self.close()
            raise
        except (duckdb.Error, UnicodeDecodeError) as error:
            self.close()
            raise not_a_store(path, str(error).splitlines()[0]) from None
        self.measures: Path | None = None
        """The database of the songs' measures, once it is attached."""

    def attach(self, measures: Path) -> None:
        """Let queries read the measures of each song as ``measured.songs``."""
        with self._lock:
            if self.measures is None:
                place = str(measures).replace("'", "''")
                self._connection.execute(f"ATTACH '{place}' AS measured (READ_ONLY)")
                self.measures = measures

    def close(self) -> None:
        """Give its memory back; nothing can be asked of it any more."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None  # an object that Python's end finds is told of at length

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query of ours answers; from any thread."""
        return self._answered(sql, values, lambda answer: answer.fetchall())

    def frame(self, sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """The same as a data frame."""
        return self._answered(sql, values, lambda answer: answer.df())

    def overview(self, filters: Filters = ALL) -> Overview:
        """What passes, in numbers."""
        where, values = filters.where
        texts = ("title", "artist", "genre")
        missing = ", ".join(f"count(*) FILTER ({name} = '')" for name in texts)
        ((songs, words, artists, genres, *counts),) = self.rows(
            "SELECT count(*), coalesce(sum(words), 0), count(DISTINCT nullif(artist, '')), "  # noqa: S608 - `where` holds question marks
            "count(DISTINCT nullif(genre, '')), count(*) FILTER (year IS NULL), "
            "count(*) FILTER (len(tags) = 0), "
            f"{missing} FROM songs WHERE {where}",
            values,
        )
        # Apart: the column of lyrics is read only where songs without words are.
        ((without,),) = self.rows(
            f"SELECT count(*) FROM songs WHERE words = 0 AND lyrics = '' AND {where}",  # noqa: S608
            values,
        )
        missing_of = dict(zip(("year", "tags", *texts), counts, strict=True))
        return Overview(songs, int(words), artists, genres, missing_of | {"lyrics": without})

    def row_numbers(self, filters: Filters = ALL) -> Any:
        """The numbers of the songs that pass, in their order (array of int64)."""
        where, values = filters.where
        with self._cursor() as cursor:
            cursor.execute(f'SELECT "row"::BIGINT AS "row" FROM songs WHERE {where}', values)  # noqa: S608
            found = cursor.fetchnumpy()["row"]
        found.sort()
        return found

    def table(
        self, filters: Filters, columns: Sequence[str] = LIGHT, limit: int | None = None
    ) -> pd.DataFrame:
        """The songs that pass, in the order of reading; `limit` keeps the first so many."""
        where, values = filters.where
        names = ", ".join(f'"{name}"' for name in columns)
        most = "" if limit is None else f" LIMIT {int(limit)}"
        return self.frame(
            f'SELECT {names} FROM songs WHERE {where} ORDER BY "row"{most}',  # noqa: S608
            values,
        )

    def song(self, row: int) -> dict[str, Any]:
        """One song, all its columns; `InputError` if there is none of this number."""
        found = self.frame('SELECT * FROM songs WHERE "row" = ?', [row])
        if found.empty:
            raise InputError(f"There is no song number {row} here.")
        song: dict[str, Any] = found.astype(object).where(found.notna(), None).iloc[0].to_dict()
        return song | {"tags": list(song["tags"]) if song["tags"] is not None else []}

    def genres(self, filters: Filters = ALL) -> pd.DataFrame:
        """Columns ``genre`` and ``songs``, most songs first, whatever genres are filtered for."""
        named = f"CASE genre WHEN '' THEN '{UNKNOWN}' ELSE genre END"
        return self._counted("genre", named, filters.without("genres"))

    def sources(self, filters: Filters = ALL) -> pd.DataFrame:
        """Columns ``source`` and ``songs``, most first, whatever parts are filtered for."""
        return self._counted("source", "source", filters.without("sources"), "source <> ''")

    def years(self, filters: Filters = ALL) -> pd.DataFrame:
        """Columns ``year`` and ``songs`` in year order, whatever years are filtered for."""
        told = "year IS NOT NULL"
        return self._counted("year", "year::INTEGER", filters.without("years"), told, order="1")

    def lengths(self, filters: Filters = ALL, bars: int = BARS) -> pd.DataFrame:
        """Columns ``low``, ``high`` (words, inclusive) and ``songs``, whatever words are filtered.

        The longest hundredth of all songs shares the last bar.
        """
        where, values = filters.without("words").where
        width = max(1, -(-self._usual_length // bars))
        found = self.frame(
            f"SELECT least(words // {width}, {bars}) AS bar, count(*)::INTEGER AS songs, "  # noqa: S608
            f"max(words) AS most FROM songs WHERE {where} GROUP BY 1 ORDER BY 1",
            values,
        )
        low = found["bar"].astype("int64") * width
        high = (low + width - 1).where(found["bar"] < bars, found["most"])
        return found.assign(low=low, high=high.astype("int64")).reindex(
            columns=["low", "high", "songs"]
        )

    def tags(self, filters: Filters = ALL) -> pd.DataFrame:
        """Columns ``tag`` and ``songs``: in how many songs each tag stands, most first."""
        where, values = filters.where
        return self.frame(
            "SELECT tag, count(*)::INTEGER AS songs FROM "  # noqa: S608
            f"(SELECT unnest(list_distinct(tags)) AS tag FROM songs WHERE {where}) "
            "GROUP BY 1 ORDER BY 2 DESC, 1",
            values,
        )

    def names(self, column: str) -> list[str]:
        """The values of a column of texts, commonest first, without the empty one."""
        found = self.rows(
            f'SELECT "{column}" FROM songs WHERE "{column}" <> \'\' '  # noqa: S608 - a name of ours
            "GROUP BY 1 ORDER BY count(*) DESC, 1"
        )
        return [str(name) for (name,) in found]

    def span(self, column: str) -> tuple[int, int] | None:
        """The least and the greatest value of a column of numbers; None where all are missing."""
        ((low, high),) = self.rows(f'SELECT min("{column}"), max("{column}") FROM songs')  # noqa: S608
        return None if low is None else (int(low), int(high))

    def bad(self, limit: int | None = None) -> pd.DataFrame:
        """What could not be read: ``file``, ``line``, ``reason``, ``text``."""
        most = "" if limit is None else f" LIMIT {int(limit)}"
        return self.frame(f"SELECT * FROM bad ORDER BY file, line{most}")  # noqa: S608

    def bad_counts(self) -> list[tuple[str, int]]:
        """Why lines could not be read, and how many; the commonest first."""
        return [
            (str(reason), int(count))
            for reason, count in self.rows(
                "SELECT reason, count(*) FROM bad GROUP BY 1 ORDER BY 2 DESC, 1"
            )
        ]

    def export(self, filters: Filters, path: Path) -> None:
        """Write the songs that pass to a ``.csv`` or ``.parquet`` file, all columns but one.

        ``sung`` is left out, which every reader of ``lyrics`` makes again; lists are written to CSV
        with semicolons between. Songs keep their order without being sorted, which would hold all
        lyrics at once.
        """
        tags = "array_to_string(tags, '; ')" if path.suffix == ".csv" else "tags"
        how = "FORMAT csv, HEADER" if path.suffix == ".csv" else _PARQUET
        place = str(path).replace("'", "''")
        where = filters.sql or "true"
        with self._cursor() as cursor:
            cursor.execute(
                f"COPY (SELECT * EXCLUDE (sung) REPLACE ({tags} AS tags) FROM songs WHERE {where}) "  # noqa: S608 - literals are quoted
                f"TO '{place}' ({how})"
            )

    def export_rows(self, rows: Sequence[int], path: Path, tags: Sequence[str]) -> None:
        """Write songs by their number to Parquet as trainings read them; of tags, only these."""
        import pyarrow as pa

        place = str(path).replace("'", "''")
        with self._cursor() as cursor:
            cursor.register("chosen", pa.table({"row": pa.array(rows, pa.int32())}))
            cursor.execute("SET VARIABLE told = ?", [list(tags)])
            # Not sorted: that would hold all lyrics at once, and DuckDB keeps the order anyway.
            cursor.execute(
                "COPY (SELECT id, artist, title, year, genre, 'track' AS label_level, "  # noqa: S608 - a path of ours
                "list_filter(tags, lambda tag: list_contains(getvariable('told'), tag)) AS tags, "
                f"lyrics FROM songs SEMI JOIN chosen USING (\"row\")) TO '{place}' "
                f"({_PARQUET})"
            )

    def _counted(
        self,
        column: str,
        value: str,
        filters: Filters,
        told: str = "true",
        order: str = "2 DESC, 1",
    ) -> pd.DataFrame:
        """A column of values (SQL) and ``songs``: how many that pass and are `told` have each."""
        where, values = filters.where
        return self.frame(
            f"SELECT {value} AS {column}, count(*)::INTEGER AS songs FROM songs "  # noqa: S608
            f"WHERE {told} AND {where} GROUP BY 1 ORDER BY {order}",
            values,
        )

    @property
    def _usual_length(self) -> int:
        ((length,),) = self.rows("SELECT quantile_disc(words, 0.99) FROM songs")
        return max(int(length or 0), 1)

    def _answered(self, sql: str, values: Sequence[Any], take: Callable[[Any], Any]) -> Any:
        import duckdb

        with self._cursor() as cursor:
            try:
                return take(cursor.execute(sql, list(values)))
            except duckdb.OutOfMemoryException:
                cursor.execute(f"SET memory_limit = '{MOST_MEMORY}'")
            try:
                return take(cursor.execute(sql, list(values)))
            finally:
                cursor.execute(f"SET memory_limit = '{MEMORY}'")

    @contextmanager
    def _cursor(self) -> Generator[Any]:
        """To ask one question; what DuckDB cannot read, write or hold is told in a sentence."""
        import duckdb

        with self._lock:
            if self._connection is None:
                raise InputError(f"The store {self.path.name} is closed.")
            cursor = self._connection.cursor()
        failures = (
            *(duckdb.IOException, duckdb.SerializationException, duckdb.InternalException),
            *(duckdb.FatalException, duckdb.OutOfMemoryException),
            # Text that is no UTF-8, counts that fit no array: who changed the file knew how.
            *(duckdb.InvalidInputException, UnicodeDecodeError, SystemError),
        )
        try:
            with cursor:
                # It would draw on the terminal.
                yield cursor.execute("SET enable_progress_bar = false")
        except failures as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"The store {self.path.name} gave no answer ({reason}).") from None


_OPEN: WeakSet[SongStore] = WeakSet()


@atexit.register
def _close_all() -> None:
    """Close what caches and visits still hold when Python ends."""
    for store in list(_OPEN):
        store.close()


def hits(text: str, search: str, most: int = _SHOWN_HITS) -> list[tuple[str, str, str]]:
    """Lines of a text in which a search stands: what is before it, the hit, what is behind it."""
    needle = searched(search)
    if not needle:
        return []
    pattern = re.compile(
        r"\s+".join(re.escape(word).replace("'", "['’]") for word in needle.split()), re.IGNORECASE
    )
    found: list[tuple[str, str, str]] = []
    for line in text.splitlines():
        if match := pattern.search(line):
            found.append((line[: match.start()], match.group(), line[match.end() :]))
            if len(found) == most:
                break
    return found
