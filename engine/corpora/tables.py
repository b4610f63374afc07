"""A table of rows, read in chunks: what all formats share, and within which bounds.

Nothing is left out: a row that cannot be read as its neighbours are is a `Row` with a ``problem``,
and holds what the file has. A file is read twice: once when it is opened, for its checksum,
encoding, columns and number of rows, then chunk by chunk. Memory is that of one chunk. A blank line
is no row.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TextIO

from engine.corpora.columns import columns_found, lyrics_names
from engine.corpora.encoding import sha256_of
from engine.corpora.rows import Chunk, Row, unique
from engine.corpora.sources import Source
from engine.errors import InputError, quoted

CHUNK = 512
MAX_COLUMNS = 2000
# Characters of one row, or of one line of text: a hundred lyrics.
MAX_RECORD = 2**22
# Rows that may be unreadable where most are: more is a file of another kind.
MAX_UNREADABLE = 10_000


class Table(ABC):
    """A file of rows.

    Parameters
    ----------
    source : Source
    text_column : str, optional
        Which column holds the lyrics; without a name, the one that is usually called so.

    Attributes
    ----------
    name, extension : str
        Of the source.
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

    def __init__(self, source: Source, text_column: str | None) -> None:
        self.source = source
        self.name = source.name
        self.extension = source.extension
        self.sha256 = sha256_of(source)
        self.columns: tuple[str, ...] = ()
        self.text = 0
        self.rows = 0
        self.kinds: list[set[str]] = []
        self.notes: list[str] = []
        self.delimiter = ""
        self._asked_for = text_column
        self._unreadable = 0

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """All rows, from the first."""

    def _name_columns(self, names: Sequence[str]) -> None:
        if len(names) > MAX_COLUMNS:
            raise InputError(
                f"{self.name} has {len(names):,} columns; at most {MAX_COLUMNS:,} are accepted."
            )
        # Half characters, which JSON can name, are no column's name in any other format.
        names = [name.encode("utf-8", "replace").decode() for name in names]
        self.text = _lyrics_column(self._asked_for, names, self.name)
        self.columns = unique(names)
        for old, new in zip(names, self.columns, strict=True):
            if old != new:
                self.notes.append(
                    f"{self.name} has more than one column {quoted(old)}; another is called "
                    f"{quoted(new)} here."
                )

    def _count(self, problem: str) -> None:
        """Count a row; `InputError` where so many are unreadable that the file is no table."""
        self.rows += 1
        self._unreadable += bool(problem)
        if self._unreadable > MAX_UNREADABLE and self._unreadable > self.rows / 2:
            raise InputError(
                f"{self.name} is no table: of its first {self.rows:,} rows {self._unreadable:,} "
                f"cannot be read (the last: {problem.rstrip('.')})."
            )


def text_of(source: Source, encoding: str) -> TextIO:
    """A text table's characters, its line ends as they are."""
    return io.TextIOWrapper(source.unpacked(), encoding, newline="")


def lines_of(file: TextIO, name: str) -> Iterator[str]:
    """The lines of a file; `InputError` at one that is longer than any row."""
    for number, line in enumerate(iter(partial(file.readline, MAX_RECORD + 1), ""), start=1):
        if len(line) > MAX_RECORD:
            raise too_long(name, number)
        yield line


def too_long(name: str, line: int) -> InputError:
    """What is said of a row without an end."""
    return InputError(
        f"The row of {name} that begins in line {line:,} has more than {MAX_RECORD:,} characters; "
        "is a quotation mark or a line end missing?"
    )


def chunked(rows: Iterable[Row]) -> Iterator[Chunk]:
    """Rows, `CHUNK` at a time."""
    current: list[Row] = []
    for row in rows:
        current.append(row)
        if len(current) == CHUNK:
            yield Chunk(current)
            current = []
    if current:
        yield Chunk(current)


def _lyrics_column(asked_for: str | None, names: Sequence[str], table: str) -> int:
    there = ", ".join(quoted(other) for other in names[:20]) or "none"
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    if asked_for is None:
        found = columns_found(names)
        if "lyrics" in found:
            return found["lyrics"]
        raise InputError(
            f"{table} has no column of lyrics: name one {lyrics_names()} "
            f"(its columns are {there}{more})."
        )
    if asked_for in names:
        return list(names).index(asked_for)
    lower = asked_for.lower()
    alike = [index for index, other in enumerate(names) if other.strip().lower() == lower]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        f"{table} has no column {quoted(asked_for)}; name the lyrics' column with --text-column "
        f"(its columns are {there}{more})."
    )
