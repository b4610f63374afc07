"""A store being made: batch by batch, each with how far it read, so that a killed import goes on.

While it is made it lies beside its place under another name. Songs, lines that could not be read
and the place reached in the data are one transaction, so what stands there is always whole: the
next import of the same data goes on where that one broke off.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.store.schema import COLUMNS, CREATE, VERSION
from engine.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "400MB"
"""What DuckDB may hold while it writes; Python's part comes on top of it."""
THREADS = 2
ROW_GROUP = 4096
"""Songs that lie together on disk. DuckDB writes whole groups of a batch to their place at once,
compressed; fewer songs, as in groups of its usual 122,880, it writes to a log first, and the group
they come into anew with every checkpoint."""
_SHOWN = 500  # characters kept of a line that could not be read


@dataclass(frozen=True)
class Bad:
    """A line or row that could not be read: where, why, and how it begins."""

    file: str
    line: int
    reason: str
    text: str = ""


@dataclass(frozen=True)
class Reached:
    """How far a file is read: the place in it (bytes or rows) and the number of its last line."""

    place: int = 0
    line: int = 0


class StoreWriter:
    """A store that is being filled; made by `writing`."""

    def __init__(self, connection: DuckDBPyConnection, part: Path) -> None:
        self.connection = connection
        self.part = part

    def reached(self, file: str) -> Reached:
        """How far a file was read by this import or one that broke off."""
        found = self.connection.execute(
            "SELECT place, line FROM progress WHERE file = ?", [file]
        ).fetchall()
        return Reached(*found[0]) if found else Reached()

    def has_read(self, file: str) -> bool:
        """Whether this import or one that broke off has read anything of a file."""
        query = "SELECT 1 FROM progress WHERE file = ?"
        return bool(self.connection.execute(query, [file]).fetchall())

    @contextmanager
    def batch(self, file: str, reached: Reached) -> Generator[None]:
        """All that is written inside counts only together, and with how far it reaches."""
        import duckdb

        self.connection.begin()
        try:
            yield
            self.connection.execute("DELETE FROM progress WHERE file = ?", [file])
            self.connection.execute(
                "INSERT INTO progress VALUES (?, ?, ?)", [file, reached.place, reached.line]
            )
            self.connection.commit()
        except BaseException:
            with suppress(duckdb.Error):  # a commit that failed has ended the transaction
                self.connection.rollback()
            raise

    def add_songs(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put songs behind those that are there; each row as `engine.corpora.store.schema` has it.

        Ids must be new: `known` tells which are not.
        """
        if not rows:
            return
        import pyarrow as pa

        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in COLUMNS[1:]}
        start = self.songs
        columns["row"] = list(range(start, start + len(rows)))
        self.insert("songs", pa.table({name: columns[name] for name in COLUMNS}))

    @property
    def songs(self) -> int:
        """How many songs are there."""
        ((count,),) = self.connection.execute("SELECT count(*) FROM songs").fetchall()
        return int(count)

    def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these ids are songs already."""
        import pyarrow as pa

        with self.given(pa.table({"id": pa.array(ids, pa.string())})):
            found = self.connection.execute("SELECT id FROM batch SEMI JOIN songs USING (id)")
            return {str(identity) for (identity,) in found.fetchall()}

    def insert(self, table: str, rows: Any) -> None:
        """Put an Arrow table's rows into a table of the same columns."""
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        with self.given(rows):
            self.connection.execute(f'INSERT INTO "{table}" ({names}) SELECT * FROM batch')  # noqa: S608 - our own names

    @contextmanager
    def given(self, rows: Any) -> Generator[None]:
        """Let queries inside read an Arrow table as ``batch``."""
        self.connection.register("batch", rows)
        yield  # an error ends the import, and with it the connection
        self.connection.unregister("batch")

    def add_bad(self, bad: Iterable[Bad]) -> None:
        """Remember what could not be read."""
        rows = [(one.file, one.line, one.reason, one.text[:_SHOWN]) for one in bad]
        if rows:
            self.connection.executemany("INSERT INTO bad VALUES (?, ?, ?, ?)", rows)

    def tell(self, **facts: Any) -> None:
        """Write down facts of the whole store (JSON values), over those of the same name."""
        for name, value in facts.items():
            self.connection.execute("DELETE FROM about WHERE name = ?", [name])
            self.connection.execute("INSERT INTO about VALUES (?, ?)", [name, json.dumps(value)])


@contextmanager
def writing(path: Path, identity: dict[str, Any]) -> Generator[StoreWriter]:
    """Fill the store at `path`; it stands there once the block ends without an error.

    Parameters
    ----------
    path : Path
        Where the store shall lie; what lies there is replaced at the end.
    identity : dict
        What tells this data from other (JSON): an import of the same that broke off is gone on
        with, one of other data begun anew.

    Raises
    ------
    InputError
        If the folder cannot be written to, or another import writes there now.
    """
    import duckdb

    part = path.with_name(f"{path.name}.part")
    told = json.dumps({**identity, "version": VERSION}, sort_keys=True)
    try:
        connection = _opened(part, told)
    except (duckdb.IOException, OSError) as error:
        raise _not_written(part, error) from None
    try:
        connection.execute("SET enable_progress_bar = false")  # it would draw over our own
        writer = StoreWriter(connection, part)
        yield writer
        # `progress` stays: killed before the next step, an import of the same data finds all read.
        connection.execute("CHECKPOINT")
    except duckdb.Error as error:  # what is none of the disk's is a fault of ours
        if not isinstance(error, duckdb.IOException) and "write file" not in str(error).lower():
            raise
        raise _not_written(part, error) from None
    finally:
        connection.close()
    try:
        part.replace(path)
    except OSError as error:
        raise _not_written(path, error) from None


def _opened(part: Path, identity: str) -> DuckDBPyConnection:
    import duckdb

    if part.exists():
        connection: DuckDBPyConnection | None = None
        try:
            connection = _connected(part)
            if connection.execute(
                "SELECT value = ? FROM about WHERE name = 'identity'", [identity]
            ).fetchall() == [(True,)]:
                return connection
        except (duckdb.CatalogException, duckdb.SerializationException, duckdb.InternalException):
            pass  # another version's, or broken off before its first batch: it is made anew
        except duckdb.IOException as error:
            if "lock" in str(error).lower() or not part.is_file():
                raise
            # Broken off while DuckDB wrote its first page, or cut since: no database, made anew.
        if connection is not None:
            connection.close()
        part.unlink()
    part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
    connection = _connected(part)
    connection.begin()
    connection.execute(CREATE)
    connection.execute("INSERT INTO about VALUES ('identity', ?)", [identity])
    connection.commit()
    return connection


def _connected(part: Path) -> DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": f"{part}.tmp",
            # What is in the log is written to its place as well; rarer is faster.
            "checkpoint_threshold": "128MB",
            # A checkpoint would join the last group of every batch with its neighbours, all anew.
            "max_vacuum_tasks": 0,
        }
    )
    try:
        place = str(part).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS store (ROW_GROUP_SIZE {ROW_GROUP})")
        connection.execute("USE store")
    except BaseException:
        connection.close()
        raise
    return connection


def _not_written(part: Path, error: Exception) -> InputError:
    if "lock" in str(error).lower():
        return InputError(f"Another import is writing {part.name} now; wait for it to end.")
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return InputError(f"No store can be written at {part}: {reason}; name another place.")
