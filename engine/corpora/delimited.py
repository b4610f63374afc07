"""CSV and TSV tables."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

from engine.corpora.columns import columns_found
from engine.corpora.encoding import encoding_of
from engine.corpora.rows import Chunk, Row
from engine.corpora.sources import Source
from engine.corpora.tables import MAX_RECORD, Table, chunked, lines_of, text_of, too_long

_DELIMITERS = ",;\t|"
_SAMPLE = 2**14
_MOST_ABOVE = 5  # rows above the heading line
# A quotation mark within a value as some databases write it; not a backslash at a value's end.
_ESCAPED_QUOTE = re.compile(r'\\"[^,;\t|\r\n]')
_TOLD = re.compile(r"sep=(.)\r?\n")


class DelimitedTable(Table):
    """CSV or TSV, with a heading line; quoted values may hold line ends."""

    def __init__(self, source: Source, text_column: str | None) -> None:
        super().__init__(source, text_column)
        self._encoding, notes = encoding_of(source)
        self.notes += notes
        csv.field_size_limit(MAX_RECORD)
        with self._opened() as file:
            sample = file.read(_SAMPLE)
        # Spreadsheets write what parts the values into a first line of its own.
        told = _TOLD.match(sample)
        self._skipped = bool(told)
        if told:
            self.delimiter = told.group(1)
        else:
            self.delimiter = "\t" if source.kind == ".tsv" else _delimiter(sample)
        heading = _heading_line(sample, self.delimiter)
        self._is_spaced = heading.count(self.delimiter) == heading.count(f"{self.delimiter} ") > 0
        self._is_escaped = '""' not in sample and bool(_ESCAPED_QUOTE.search(sample))
        with self._opened() as file:
            firsts = [values for values, _ in islice(self._records(file), _MOST_ABOVE + 1)]
        self._above = _rows_above(firsts, text_column)
        names = firsts[self._above] if firsts else []
        if self._above:
            self.notes.append(
                f"{self.name} has its heading line in row {self._above + 1}; what stands above it "
                "is left out."
            )
        self._name_columns(names)
        self.kinds = [{"str"} for _ in names]
        for row in self._rows():
            self._count(row.problem)

    def chunks(self) -> Iterator[Chunk]:
        """All rows, some at a time."""
        return chunked(self._rows())

    def _opened(self) -> TextIO:
        return text_of(self.source, self._encoding)

    def _rows(self) -> Iterator[Row]:
        with self._opened() as file:
            records = self._records(file)
            for record in islice(records, self._above + 1, None):
                yield self._row(*record)

    def _records(self, file: TextIO) -> Iterator[tuple[list[str], str]]:
        """Values of each record, and what is wrong with its quotation marks."""
        held: list[str] = []
        size = 0

        if self._skipped:
            file.readline()

        def lines() -> Iterator[str]:
            nonlocal size
            for number, text in enumerate(lines_of(file, self.name), start=1):
                line = text.replace('\\"', '""') if self._is_escaped else text
                held.append(line)
                size += len(line)
                if size > MAX_RECORD:
                    raise too_long(self.name, number - len(held) + 1)
                yield line

        form: dict[str, Any] = {"delimiter": self.delimiter, "skipinitialspace": self._is_spaced}
        reader = csv.reader(lines(), **form)
        while True:
            problem = ""
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                values, problem = ["".join(held)], f"The row cannot be read ({error})."
            if not problem and '"' in held[0] and sum(line.count('"') for line in held) % 2:
                problem = _unclosed(held, form, reader.line_num)
            held.clear()
            size = 0
            if values:
                yield values, problem

    def _row(self, values: list[str], problem: str) -> Row:
        width = len(self.columns)
        while len(values) > width and not values[-1].strip():
            values.pop()
        if len(values) != width and not problem:
            beyond = json.dumps(values[width:], ensure_ascii=False)
            problem = f"The row has {len(values)} values for {width} columns"
            problem += f"; beyond the last: {beyond}." if len(values) > width else "."
        return Row([*values[:width], *[""] * (width - len(values))], problem)


def _heading_line(sample: str, delimiters: str) -> str:
    """The line that names columns: the first that has one of lyrics, else the first."""
    lines = [line for line in sample[:_SAMPLE].splitlines() if line.strip()][: _MOST_ABOVE + 1]
    parts = re.compile(f"[{re.escape(delimiters)}]")
    for line in lines:
        if "lyrics" in columns_found([name.strip(" '\"\ufeff") for name in parts.split(line)]):
            return line
    return lines[0] if lines else ""


def _rows_above(firsts: Sequence[Sequence[str]], text_column: str | None) -> int:
    """How many rows stand above the heading line: a table's own title, notes."""
    for place, names in enumerate(firsts):
        found = columns_found(names)
        if text_column in names or ("lyrics" in found and not (place and len(found) < 2)):
            return place
    return 0


def _delimiter(sample: str) -> str:
    """What stands between the values: guessed among what the heading line has."""
    heading = _heading_line(sample, _DELIMITERS)
    there = [mark for mark in _DELIMITERS if mark in heading]
    if len(there) < 2:
        return there[0] if there else ","
    try:
        return csv.Sniffer().sniff(sample, "".join(there)).delimiter
    except csv.Error:  # its rows tell nothing, as where there are none
        return max(there, key=heading.count)


def _unclosed(record: list[str], form: dict[str, Any], line: int) -> str:
    try:
        list(csv.reader(record, **form, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            first = line - len(record) + 1
            return f"A quotation mark opened in the record of line {first} is never closed."
    return ""
