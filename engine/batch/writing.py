"""The answered table: every column of the input as it was, and the answers beside them.

`open_writer` takes the names of the new columns, each with whether it holds numbers (`float`) or
text (`str`). The file appears under its name only when it is whole. CSV and TSV are UTF-8; a nested
value becomes JSON text there and, where the input has no types, in Parquet. A row without an answer
has the reason in ``error`` and nothing in the other new columns.
"""

from __future__ import annotations

import base64
import csv
import json
import math
import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, cast

from engine.corpora.parquet import ParquetTable
from engine.corpora.rows import ABSENT, Chunk, unique
from engine.corpora.tables import Table
from engine.errors import InputError

OUTPUT_EXTENSIONS = (".csv", ".tsv", ".jsonl", ".ndjson", ".jl", ".parquet")
_CHUNKS_IN_A_ROW_GROUP = 16
Added = Sequence[Sequence[Any]]


class Writer(Protocol):
    """Takes a chunk of the input and as many rows of new values."""

    def write(self, chunk: Chunk, added: Added) -> None:
        """Append the rows."""
        ...


def checked_output_extension(path: Path) -> str:
    """The extension in lower case; `InputError` unless it is one of `OUTPUT_EXTENSIONS`."""
    extension = path.suffix.lower()
    if extension not in OUTPUT_EXTENSIONS:
        raise InputError(
            f"{path} is no table that can be written; accepted are {', '.join(OUTPUT_EXTENSIONS)}."
        )
    return extension


def kept_columns(columns: Sequence[str], added: Iterable[str]) -> tuple[str, ...]:
    """Names of the input's columns beside the new ones: of two alike the input's is renamed."""
    clash = set(added)
    wanted = [f"input_{name}" if name in clash else name for name in columns]
    return unique(wanted, clash)


@contextmanager
def open_writer(
    path: Path, table: Table, columns: Sequence[str], added: Mapping[str, type]
) -> Generator[Writer]:
    """A writer for the format of the path's extension; on leaving, the file is in place."""
    extension = path.suffix.lower()
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        try:
            with unfinished.open("wb") as file:
                if extension == ".parquet":
                    writer = _ParquetWriter(file, table, columns, added)
                    yield writer
                    writer.close()
                elif extension in {".csv", ".tsv"}:
                    own = table.delimiter if extension == table.source.kind else ""
                    delimiter = own or ("\t" if extension == ".tsv" else ",")
                    yield _DelimitedWriter(file, (*columns, *added), delimiter)
                else:
                    yield _JsonWriter(file, (*columns, *added))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None


class _DelimitedWriter:
    def __init__(self, file: IO[bytes], columns: Sequence[str], delimiter: str) -> None:
        self._file = file
        self._lines: list[str] = []
        self._csv = csv.writer(_Lines(self._lines), delimiter=delimiter, lineterminator="\n")
        self._csv.writerow(columns)
        self._flush()

    def write(self, chunk: Chunk, added: Added) -> None:
        for row, new in zip(chunk.rows, added, strict=True):
            self._csv.writerow([_as_text(value) for value in (*row.values, *new)])
        self._flush()

    def _flush(self) -> None:
        self._file.write("".join(self._lines).encode("utf-8", "backslashreplace"))
        self._lines.clear()


class _Lines:
    """What `csv.writer` writes to."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


class _JsonWriter:
    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns

    def write(self, chunk: Chunk, added: Added) -> None:
        for row, new in zip(chunk.rows, added, strict=True):
            values = zip(self._columns, (*row.values, *new), strict=True)
            line = _as_json({name: value for name, value in values if value is not ABSENT})
            self._file.write(line.encode() + b"\n")


class _ParquetWriter:
    def __init__(
        self, file: IO[bytes], table: Table, columns: Sequence[str], added: Mapping[str, type]
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._typed = isinstance(table, ParquetTable)
        if isinstance(table, ParquetTable):
            fields = [
                table.schema.field(index).with_name(name) for index, name in enumerate(columns)
            ]
        else:
            fields = [
                pa.field(name, _arrow_type(kinds))
                for name, kinds in zip(columns, table.kinds, strict=True)
            ]
        self._types = [field.type for field in fields]
        fields += [
            pa.field(name, pa.float64() if holds is float else pa.string())
            for name, holds in added.items()
        ]
        self._schema = pa.schema(fields)
        self._writer: Any = pq.ParquetWriter(file, self._schema)
        self._waiting: list[Any] = []

    def write(self, chunk: Chunk, added: Added) -> None:
        import pyarrow as pa

        if self._typed:
            arrays = list(chunk.batch.columns)
        else:
            arrays = [
                pa.array([_as_typed(row.values[index], of) for row in chunk.rows], type=of)
                for index, of in enumerate(self._types)
            ]
        news = [list(column) for column in zip(*added, strict=True)]
        types = [field.type for field in self._schema][len(arrays) :]
        arrays += [pa.array(new, type=of) for new, of in zip(news, types, strict=True)]
        self._waiting.append(pa.Table.from_arrays(arrays, schema=self._schema))
        if len(self._waiting) == _CHUNKS_IN_A_ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting.clear()


def _arrow_type(kinds: set[str]) -> Any:
    """The type that holds every value of a column; text where no narrower one does."""
    import pyarrow as pa

    kinds = kinds - {"null"}
    if kinds == {"bool"}:
        return pa.bool_()
    if kinds == {"int"}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {"int", "float"} else pa.string()


def _as_typed(value: Any, of: Any) -> Any:
    import pyarrow as pa

    if value is None or value is ABSENT:
        return None
    if of == pa.string():
        return _as_text(value).encode("utf-8", "backslashreplace").decode()
    return float(value) if of == pa.float64() else value


def _as_text(value: Any) -> str:
    """A value as CSV holds it."""
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    plain = _plain(value)
    return plain if isinstance(plain, str) else _as_json(plain)


def _as_json(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which UTF-8 cannot hold
        return json.dumps(_plain(value))
    return text


def _plain(value: Any) -> Any:
    """A value as JSON knows it; what it has no type for (dates, decimals) as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value).items()
        return {str(key): _plain(item) for key, item in items}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[Any]", value)]
    return _bytes_text(value) if isinstance(value, bytes) else str(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode("ascii")
