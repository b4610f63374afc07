"""Tables of any length, read in chunks: CSV, TSV, JSON lines, Parquet; all rows and columns kept.

`engine.corpora.reading` makes a table of songs out of a user's file: it picks the columns it knows
and leaves out rows it cannot use. Here nothing is left out. A row that cannot be read as its
neighbours are is a `Row` with a ``problem``, and holds what the file has.

A file is read twice: once by `open_table` for its checksum, encoding, columns and number of rows,
then chunk by chunk. Memory is that of one chunk. A blank line is no row.
"""

from __future__ import annotations

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from engine.corpora.encoding import surveyed
from engine.corpora.rows import ABSENT, Chunk, Row, kind, unique
from engine.errors import InputError, quoted

CHUNK = 512
MAX_COLUMNS = 2000
EXTENSIONS = (".csv", ".tsv", ".jsonl", ".ndjson", ".jl", ".parquet")


class Table(ABC):
    """A file of rows.

    Attributes
    ----------
    path : Path
    sha256 : str
        Checksum of the file's bytes.
    columns : tuple of str
        Names, no two alike: a second ``genre`` is called ``genre.1``.
    text : int
        Which column holds the lyrics.
    rows : int
        How many rows there are.
    kinds : list of set of str
        For each column the kinds of its values (see `kind`); empty for Parquet, which has types.
    notes : list of str
        What a user should know of how the file was read, one sentence each.
    delimiter : str
        Between the values of a CSV file; "" elsewhere.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self.path = path
        self.sha256 = sha256
        self.columns: tuple[str, ...] = ()
        self.text = 0
        self.rows = 0
        self.kinds: list[set[str]] = []
        self.notes: list[str] = []
        self.delimiter = ""

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """All rows, from the first."""

    def _name_columns(self, names: Sequence[str], text_column: str) -> None:
        if len(names) > MAX_COLUMNS:
            raise InputError(
                f"{self.path} has {len(names):,} columns; at most {MAX_COLUMNS:,} are accepted."
            )
        self.text = _column_called(text_column, names, self.path)
        self.columns = unique(names)
        for old, new in zip(names, self.columns, strict=True):
            if old != new:
                self.notes.append(
                    f"{self.path} has more than one column '{old}'; another is called '{new}' here."
                )


class DelimitedTable(Table):
    """CSV or TSV, with a heading line; quoted values may hold line ends."""

    def __init__(self, path: Path, text_column: str) -> None:
        sha256, self._encoding, note = surveyed(path)
        super().__init__(path, sha256)
        self.notes += note
        csv.field_size_limit(2**31 - 1)
        with self._opened() as file:
            head = file.readline()
        self.delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=head.count)
        with self._opened() as file:
            names = next((values for values, _ in self._records(file)), [])
        self._name_columns(names, text_column)
        self.kinds = [{"str"} for _ in names]
        self.rows = sum(len(chunk.rows) for chunk in self.chunks())

    def chunks(self) -> Iterator[Chunk]:
        """All rows, `CHUNK` at a time."""
        with self._opened() as file:
            records = self._records(file)
            next(records, None)
            yield from _chunked(self._row(*record) for record in records)

    def _opened(self) -> TextIO:
        return self.path.open(encoding=self._encoding, newline="")

    def _records(self, file: TextIO) -> Iterator[tuple[list[str], str]]:
        """Values of each record, and what is wrong with its quotation marks."""
        held: list[str] = []

        def lines() -> Iterator[str]:
            for line in file:
                held.append(line)
                yield line

        reader = csv.reader(lines(), delimiter=self.delimiter)
        for values in reader:
            problem = ""
            if '"' in held[0] and sum(line.count('"') for line in held) % 2:
                problem = _unclosed(held, self.delimiter, reader.line_num)
            held.clear()
            if values:
                yield values, problem

    def _row(self, values: list[str], problem: str) -> Row:
        width = len(self.columns)
        if len(values) != width and not problem:
            beyond = json.dumps(values[width:], ensure_ascii=False)
            problem = f"The row has {len(values)} values for {width} columns"
            problem += f"; beyond the last: {beyond}." if len(values) > width else "."
        return Row([*values[:width], *[""] * (width - len(values))], problem)


class JsonTable(Table):
    """JSON lines: one object a line; keys may differ from line to line."""

    def __init__(self, path: Path, text_column: str) -> None:
        sha256, self._encoding, note = surveyed(path)
        super().__init__(path, sha256)
        self.notes += note
        kinds: dict[str, set[str]] = {}
        for item in self._items():
            self.rows += 1
            if isinstance(item, str):
                if self.rows == 1 and item.lstrip().startswith("["):
                    raise InputError(f"{path} is a JSON array; one JSON object a line is accepted.")
                continue
            for key, value in item.items():
                kinds.setdefault(key, set()).add(kind(value))
            if len(kinds) > MAX_COLUMNS:
                break
        self._name_columns(list(kinds), text_column)
        self.kinds = list(kinds.values())
        self._keys = list(kinds)

    def chunks(self) -> Iterator[Chunk]:
        """All rows, `CHUNK` at a time."""
        yield from _chunked(self._row(item) for item in self._items())

    def _items(self) -> Iterator[dict[str, Any] | str]:
        """Each line's object, or the line itself where it holds none."""
        with self.path.open(encoding=self._encoding) as file:
            for line in file:
                if not line.strip():
                    continue
                try:
                    item = json.loads(line, object_pairs_hook=_object)
                except (ValueError, RecursionError):
                    item = None
                yield (
                    cast("dict[str, Any]", item) if isinstance(item, dict) else line.rstrip("\r\n")
                )

    def _row(self, item: dict[str, Any] | str) -> Row:
        values: list[Any] = [ABSENT] * len(self.columns)
        if isinstance(item, str):
            values[self.text] = item
            return Row(values, "The line is not a JSON object.")
        for index, key in enumerate(self._keys):
            if key in item:
                values[index] = item[key]
        return Row(values)


class ParquetTable(Table):
    """Parquet; types are kept."""

    def __init__(self, path: Path, text_column: str) -> None:
        super().__init__(path, surveyed(path)[0])
        with self._read() as file:
            names = [str(name) for name in file.schema_arrow.names]
            self.rows = int(file.metadata.num_rows)
            self.schema: Any = file.schema_arrow
        self._name_columns(names, text_column)

    def chunks(self) -> Iterator[Chunk]:
        """All rows, at most `CHUNK` at a time."""
        with self._read() as file:
            for batch in file.iter_batches(CHUNK):
                columns = [column.to_pylist() for column in batch.columns]
                yield Chunk([Row(list(values)) for values in zip(*columns, strict=True)], batch)

    @contextmanager
    def _read(self) -> Generator[Any]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{self.path} is not a readable Parquet file ({error}).") from None


def open_table(path: Path, text_column: str) -> Table:
    """Look through a file; its extension tells the format.

    Raises
    ------
    InputError
        If the file is missing, empty, of another format, or has no column of that name.
    """
    extension = checked_extension(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder; a file is accepted.")
    try:
        if extension == ".parquet":
            return ParquetTable(path, text_column)
        if extension in {".csv", ".tsv"}:
            return DelimitedTable(path, text_column)
        return JsonTable(path, text_column)
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not readable as {error.encoding} text.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def checked_extension(path: Path) -> str:
    """The file's extension in lower case; `InputError` unless it is one of `EXTENSIONS`."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise InputError(f"{path} is no table; accepted are {', '.join(EXTENSIONS)}.")
    return extension


def _column_called(name: str, names: Sequence[str], path: Path) -> int:
    if name in names:
        return list(names).index(name)
    alike = [index for index, other in enumerate(names) if other.strip().lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(quoted(other) for other in names[:20]) or "none"
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    raise InputError(
        f"{path} has no column '{name}'; name the lyrics' column with --text-column "
        f"(its columns are {there}{more})."
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of two keys alike, both are kept."""
    if len({key for key, _ in pairs}) == len(pairs):
        return dict(pairs)
    return dict(zip(unique(key for key, _ in pairs), (value for _, value in pairs), strict=True))


def _unclosed(record: list[str], delimiter: str, line: int) -> str:
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            first = line - len(record) + 1
            return f"A quotation mark opened in the record of line {first} is never closed."
    return ""


def _chunked(rows: Iterable[Row]) -> Iterator[Chunk]:
    current: list[Row] = []
    for row in rows:
        current.append(row)
        if len(current) == CHUNK:
            yield Chunk(current)
            current = []
    if current:
        yield Chunk(current)
