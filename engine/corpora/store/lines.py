"""The lines of a file of any size, some megabytes at a time, from any place in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.corpora.store.writing import Reached
from engine.corpora.tables import MAX_RECORD
from engine.files import open_file

BLOCK = 2**24

T = TypeVar("T")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Block:
    """Some whole lines of a file.

    Attributes
    ----------
    lines : list of (int, bytes)
        Number, counted from 1, and the line without its end; one that has more bytes than a row
        may have is cut there.
    reached : Reached
        The place behind them.
    """

    lines: list[tuple[int, bytes]]
    reached: Reached


def blocks_of(path: Path, start: Reached, size: int = BLOCK) -> Iterator[Block]:
    """The file's lines from a place where a line begins.

    Raises
    ------
    InputError
        If the file is missing, or none.
    """
    with open_file(path) as file:
        file.seek(start.place)
        place, number, rest = start.place, start.line, b""
        while data := file.read(size):
            place += len(data)
            *whole, rest = (rest + data).split(b"\n")
            if len(rest) > MAX_RECORD:
                whole.append(rest[: MAX_RECORD + 1])
                rest = b""
                while data := file.read(size):  # the rest of that line is no line of its own
                    place += len(data)
                    _, found, rest = data.partition(b"\n")
                    if found:
                        break
            lines = list(enumerate(whole, start=number + 1))
            number += len(whole)
            yield Block(lines, Reached(place - len(rest), number))
        if rest.strip():
            yield Block([(number + 1, rest)], Reached(place, number + 1))


def read_ahead(blocks: Iterable[T], read: Callable[[T], Read]) -> Iterator[tuple[T, Read]]:
    """Each block with what `read` makes of it, the next one being read meanwhile."""
    with ThreadPoolExecutor(1, "lyric-lab-reading") as pool:
        before: tuple[T, Future[Read]] | None = None
        for block in blocks:
            coming = block, pool.submit(read, block)
            if before:
                yield before[0], before[1].result()
            before = coming
        if before:
            yield before[0], before[1].result()
