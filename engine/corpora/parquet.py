"""Parquet tables; types are kept.

A small file can hold gigabytes: a page of zeros, or a long value that a dictionary repeats. Pages
that unpack to more than songs can be are refused by what their headers say
(`engine.corpora.parquet_pages`), and values are measured while a dictionary still holds each of
them once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from engine.corpora.parquet_pages import refuse_what_unpacks_to_too_much
from engine.corpora.rows import Chunk, Row
from engine.corpora.sources import Source
from engine.corpora.tables import CHUNK, MAX_RECORD, Table
from engine.errors import InputError, quoted
from engine.files import megabytes

# Bytes of the text of one column in a chunk.
_CHUNK_BYTES = 2**27
_MAX_LEVELS = 64


class ParquetTable(Table):
    """Parquet.

    Attributes
    ----------
    schema : pyarrow.Schema
        Names and types as the file has them.
    """

    def __init__(self, source: Source, text_column: str | None) -> None:
        super().__init__(source, text_column)
        with self._read() as file:
            self.schema: Any = file.schema_arrow
            names = [str(name) for name in self.schema.names]
            self.rows = int(file.metadata.num_rows)
            self._name_columns(names)
            self._refuse_what_is_nested_too_deep()
        with self.source.packed() as packed:
            refuse_what_unpacks_to_too_much(packed, self.name)

    def chunks(self) -> Iterator[Chunk]:
        """All rows, at most `CHUNK` at a time."""
        import pyarrow as pa

        words = [field.name for field in self.schema if is_text(field.type)]
        rows_read = 0
        with self._read(words) as file:
            for batch in file.iter_batches(CHUNK):
                rows_read += len(batch)
                columns = [
                    plain_column(column, field, self.name)
                    for column, field in zip(batch.columns, self.schema, strict=True)
                ]
                values = [values_of(column) for column in columns]
                rows = [Row(list(row)) for row in zip(*values, strict=True)]
                yield Chunk(rows, pa.RecordBatch.from_arrays(columns, schema=self.schema))
        if rows_read != self.rows:
            raise InputError(f"{self.name} says it has {self.rows:,} rows but has {rows_read:,}.")

    def _refuse_what_is_nested_too_deep(self) -> None:
        if any(str(field.type).count("<") > _MAX_LEVELS for field in self.schema):
            raise InputError(f"{self.name} has values nested deeper than {_MAX_LEVELS} levels.")

    @contextmanager
    def _read(self, dictionaries: list[str] | None = None) -> Generator[Any]:
        with self.source.packed() as packed, reading(packed, self.name, dictionaries) as file:
            yield file


@contextmanager
def reading(
    file: BinaryIO | Path, name: str, dictionaries: list[str] | None = None
) -> Generator[Any]:
    """A Parquet file that pyarrow has opened; what it says of damage is one sentence."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file, read_dictionary=dictionaries) as opened:
            yield opened
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{name} is not a readable Parquet file ({_first_line(error)}).") from None


def plain_column(column: Any, field: Any, name: str) -> Any:
    """A column without its dictionary; `InputError` if its text is too much to unfold."""
    import pyarrow as pa
    import pyarrow.compute

    pc: Any = pyarrow.compute
    packed = pa.types.is_dictionary(column.type)
    if not is_text(column.type.value_type if packed else column.type):
        return column
    lengths = pc.binary_length(column.dictionary if packed else column)
    longest = pc.max(lengths).as_py() or 0
    if packed:
        lengths = pc.take(lengths, column.indices)
    total = pc.sum(lengths).as_py() or 0
    if longest > 4 * MAX_RECORD or total > _CHUNK_BYTES:
        raise InputError(
            f"The column {quoted(field.name)} of {name} holds {megabytes(total)} of text "
            f"in {len(column):,} rows; no lyrics are that long."
        )
    if packed and not pa.types.is_dictionary(field.type):
        return column.dictionary_decode().cast(field.type)
    return column


def is_text(of: Any) -> bool:
    """Whether an Arrow type is one of texts or bytes."""
    import pyarrow as pa

    types = pa.types
    return any(
        holds(of)
        for holds in (
            types.is_string,
            types.is_large_string,
            types.is_binary,
            types.is_large_binary,
        )
    )


def values_of(column: Any) -> list[Any]:
    """A column's values; what Python has no value for (a date in the year 200,000) as text."""
    try:
        return column.to_pylist()
    except (OverflowError, ValueError, KeyError, OSError):
        return [_value(value) for value in column]


def _value(value: Any) -> Any:
    import pyarrow as pa

    try:
        return value.as_py()
    except UnicodeDecodeError:
        return _with_broken_text(value)
    except (OverflowError, ValueError, KeyError, OSError):
        try:
            return str(value.cast(pa.string()))
        except pa.ArrowException:
            return repr(value)


def _with_broken_text(value: Any) -> Any:
    """A value that holds bytes that are no UTF-8, which become question marks."""
    import pyarrow as pa

    if isinstance(value, pa.DictionaryScalar):
        return _value(value.value)
    if isinstance(value, pa.StructScalar):
        return {str(name): _value(value[index]) for index, name in enumerate(value.keys())}
    if isinstance(value, pa.ListScalar):
        return [_value(item) for item in value.values]
    return value.as_buffer().to_pybytes().decode("utf-8", "replace")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
