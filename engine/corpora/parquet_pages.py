"""What a Parquet file unpacks to, told by the headers of its pages before any page is unpacked.

The end of a file says how large its columns are, but it is the header of each page (one column's
next values, packed) that a reader takes memory for: a file of some kilobytes that calls itself
small can hold pages of gigabytes of zeros. Both are Thrift structures in the compact protocol
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), with the
fields of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from engine.errors import InputError
from engine.files import megabytes

# Bytes of the description at a file's end, and of one page's header.
_MOST_TOLD = 2**23
_MOST_HEADER = 2**20
_HEADER = 512  # bytes that most headers fit in
_MOST_PAGES = 250_000
# Bytes that the largest pages of all columns may unpack to: they are in memory at one time.
_PAGES_BYTES = 2**28
# Bytes that a row group may unpack to, at least and for each value.
_GROUP_BYTES = 2**28
_VALUE_BYTES = 2**16
# Values of a column of lists, at least and for each row; bytes of a value of fixed length.
_LIST_VALUES = 2**22
_VALUES_A_ROW = 1000
_MOST_FIXED = 2**12
_DEEPEST = 32


@dataclass
class _Unpacked:
    """A column of a row group: bytes of its largest page, of all pages, and its values."""

    largest: int = 0
    whole: int = 0
    values: int = 0


def refuse_what_unpacks_to_too_much(file: BinaryIO, name: str) -> None:
    """Look at all pages of a Parquet file.

    Parameters
    ----------
    file : binary file
        Can be sought in.
    name : str
        For messages.

    Raises
    ------
    InputError
        If its pages unpack to more than songs can be, or it cannot be read.
    """
    try:
        told = _told(file, name)
        if any(_field(element, 2) > _MOST_FIXED for element in told.get(2, [])):
            raise InputError(f"{name} has values of a fixed length that no table of songs has.")
        pages = 0
        for group in told.get(4, []):
            columns = group.get(1, [])
            found = [_Unpacked() for _ in columns]
            for column, sums in zip(columns, found, strict=True):
                pages += _look_through(file, column[3], sums, _MOST_PAGES - pages)
            if pages >= _MOST_PAGES:
                raise InputError(f"{name} has more than {_MOST_PAGES:,} pages; write it anew.")
            _refuse(name, group, columns, found)
    except InputError:
        raise
    except (IndexError, KeyError, TypeError, AttributeError, OverflowError, ValueError, OSError):
        raise InputError(f"{name} is not a readable Parquet file (it is damaged).") from None


def _refuse(name: str, group: Any, columns: list[Any], found: list[_Unpacked]) -> None:
    rows = _field(group, 3)
    whole, values = sum(one.whole for one in found), rows * len(found)
    if whole > max(_GROUP_BYTES, _VALUE_BYTES * values):
        raise InputError(
            f"{name} unpacks to {megabytes(whole)} for {values:,} values; no table of songs does."
        )
    if (at_once := sum(one.largest for one in found)) > _PAGES_BYTES:
        raise InputError(
            f"{name} unpacks to {megabytes(at_once)} at one time; no table of songs does."
        )
    for column, one in zip(columns, found, strict=True):
        if len(column[3][3]) > 1 and one.values > max(_LIST_VALUES, _VALUES_A_ROW * rows):
            raise InputError(
                f"{name} has a list of {one.values:,} values in {rows:,} rows; no table of songs "
                "has."
            )


def _look_through(file: BinaryIO, column: Any, sums: _Unpacked, most: int) -> int:
    """Add up the pages of a column in a row group; how many there are, at most `most`."""
    starts = [place for field in (9, 11) if (place := _field(column, field)) > 0]
    at = min(starts)
    end = at + _field(column, 7)
    pages = largest = dictionary = 0
    while at < end and pages < most:
        header, size = _header(file, at)
        if header is None:  # behind the last page: whoever reads the values says what is missing
            break
        unpacked = max(_field(header, 2), 0)
        if 7 in header:
            dictionary = max(dictionary, unpacked)
        else:
            largest = max(largest, unpacked)
        sums.whole += unpacked
        sums.values += max(_field(header.get(5) or header.get(8) or {}, 1), 0)
        at += size + max(_field(header, 3), 0)
        pages += 1
    sums.largest = largest + dictionary
    return pages


def _told(file: BinaryIO, name: str) -> dict[int, Any]:
    """What the end of a file tells of the whole."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 8, 0))
    length = int.from_bytes(file.read(4), "little")
    if length > _MOST_TOLD:
        raise InputError(
            f"{name} needs {megabytes(length)} to describe its columns; no table of songs does."
        )
    file.seek(size - 8 - length)
    return _Compact(file.read(length)).struct()


def _header(file: BinaryIO, at: int) -> tuple[dict[int, Any] | None, int]:
    """The header of the page at a place, and its bytes; None where there is none."""
    length = _HEADER
    while length <= _MOST_HEADER:
        file.seek(at)
        reader = _Compact(file.read(length))
        try:
            return reader.struct(), reader.at
        except IndexError:
            length *= 8
        except ValueError:
            break
    return None, 0


def _field(of: dict[int, Any], field: int) -> int:
    value = of.get(field, 0)
    if not isinstance(value, int):
        raise TypeError(field)
    return value


class _Compact:
    """Reads Thrift's compact protocol: a structure is a dictionary of its fields' numbers.

    `IndexError` where the bytes end, `ValueError` where they are none of it.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The structure that begins here."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.signed()
            kind = head & 15
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if simple := _SIMPLE.get(kind):
            return simple(self)
        if depth > _DEEPEST:
            raise ValueError(depth)
        if kind in (9, 10):
            head = self.byte()
            count = head >> 4 if head >> 4 < 15 else self._unsigned()
            return [self._value(head & 15, depth + 1) for _ in range(count)]
        if kind == 11:
            count = self._unsigned()
            kinds = self.byte() if count else 0
            return [
                (self._value(kinds >> 4, depth + 1), self._value(kinds & 15, depth + 1))
                for _ in range(count)
            ]
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError(kind)

    def double(self) -> bytes:
        """A number of eight bytes, as it lies there."""
        return self._bytes(8)

    def text(self) -> bytes:
        """Bytes behind their number."""
        return self._bytes(self._unsigned())

    def byte(self) -> int:
        """The next byte."""
        byte = self._data[self.at]
        self.at += 1
        return byte

    def _bytes(self, count: int) -> bytes:
        if self.at + count > len(self._data):
            raise IndexError(count)
        self.at += count
        return self._data[self.at - count : self.at]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError(shift)

    def signed(self) -> int:
        """The next whole number."""
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)


_SIMPLE: dict[int, Callable[[_Compact], Any]] = {
    **dict.fromkeys((1, 2, 3), _Compact.byte),  # within a list a truth value is a byte
    **dict.fromkeys((4, 5, 6), _Compact.signed),
    7: _Compact.double,
    8: _Compact.text,
}
