"""A song laid out for paper: chords over words in rows, rows in columns, columns on pages. Pure.

All lengths are in ems, the size of the letters, so that one layout serves every size. A word and
its chords are one cell, which never breaks; a line too long for its column goes on in a row that is
indented. A heading stays with its first row, and a stanza that fits half a column stays in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.lead_sheet import LeadSheet, Line

Measure = Callable[[str, bool], float]  # text, whether it is bold -> width

CHORD_HEIGHT = 1.2
WORD_HEIGHT = 1.3
HEADING_HEIGHT = 1.6
ROW_GAP = 0.2
STANZA_GAP = 1.0
_SPACE = 0.32
_CHORD_GAP = 0.5
_PLAYED_GAP = 1.2
_INDENT = 1.2
_KEPT_WHOLE = 0.5  # of a column


@dataclass(frozen=True)
class Cell:
    """A word and the chords over it, so far from the left edge; either may be empty."""

    x: float
    chords: str
    word: str


@dataclass(frozen=True)
class Row:
    """Cells side by side, or a heading alone."""

    cells: tuple[Cell, ...] = ()
    heading: str = ""

    @property
    def has_chords(self) -> bool:
        """Whether a chord stands over a word."""
        return any(cell.chords for cell in self.cells)

    @property
    def has_words(self) -> bool:
        """Whether anything is sung."""
        return any(cell.word for cell in self.cells)

    @property
    def height(self) -> float:
        """From its top to the top of the next."""
        if self.heading:
            return HEADING_HEIGHT
        return CHORD_HEIGHT * self.has_chords + WORD_HEIGHT * self.has_words + ROW_GAP


@dataclass(frozen=True)
class Placed:
    """A row so far below the top of its column."""

    y: float
    row: Row


Column = tuple[Placed, ...]


def stanzas(
    sheet: LeadSheet, room: float, measure: Measure, name: Callable[[Chord], str]
) -> list[list[Row]]:
    """The rows of each stanza, its heading first.

    Parameters
    ----------
    room : float
        Width of a column.
    measure : callable
        Width of a text.
    name : callable
        What a chord is called.
    """
    found: list[list[Row]] = []
    for _, group in groupby(sheet.lines, key=lambda line: line.stanza):
        lines = list(group)
        rows = [row for line in lines for row in _rows(line, room, measure, name)]
        heading = lines[0].heading
        found.append([Row(heading=heading), *rows] if heading else rows)
    return found


def pages(
    stanzas: Iterable[Sequence[Row]], count: int, first: float, height: float
) -> list[tuple[Column, ...]]:
    """Put rows on pages.

    Parameters
    ----------
    count : int
        Columns of a page.
    first, height : float
        How high the columns are on the first page, under its title, and on the others.
    """
    done: list[list[Placed]] = [[]]
    y = 0.0

    def room() -> float:
        return (first if len(done) <= count else height) - y

    for stanza in stanzas:
        whole = sum(row.height for row in stanza)
        y += STANZA_GAP if done[-1] else 0.0
        if done[-1] and room() < whole <= _KEPT_WHOLE * height:
            done.append([])
            y = 0.0
        for index, row in enumerate(stanza):
            follows = stanza[index + 1].height if row.heading and index + 1 < len(stanza) else 0.0
            if done[-1] and row.height + follows > room():
                done.append([])
                y = 0.0
            done[-1].append(Placed(y, row))
            y += row.height
    filled = [tuple(column) for column in done]
    return [tuple(filled[at : at + count]) for at in range(0, len(filled), count)]


def _rows(line: Line, room: float, measure: Measure, name: Callable[[Chord], str]) -> Iterator[Row]:
    cells: list[Cell] = []
    chords_end = words_end = 0.0
    for chords, word in _groups(line, room - _INDENT, measure, name):
        widths = measure(chords, True), measure(word, False)
        x = max(words_end, chords_end) if chords else words_end
        if cells and x + max(widths) > room:
            yield Row(tuple(cells))
            cells, x = [], _INDENT
            chords_end = words_end = x
        cells.append(Cell(x, chords, word))
        if chords:
            chords_end = x + widths[0] + (_CHORD_GAP if line.words else _PLAYED_GAP)
        words_end = x + widths[1] + _SPACE if word else words_end
    if cells:
        yield Row(tuple(cells))


def _groups(
    line: Line, room: float, measure: Measure, name: Callable[[Chord], str]
) -> Iterator[tuple[str, str]]:
    """Chords and word of each cell; of several chords on a word the first ones stand before it."""
    over: dict[int, list[str]] = {}
    for placed in line.chords:
        over.setdefault(placed.word, []).append(name(placed.chord))
    for index, word in enumerate(line.words):
        *before, chord = over.get(index, [""])
        yield from ((text, "") for text in before)
        first, *rest = _pieces(word, room, measure)
        yield chord, first
        yield from (("", piece) for piece in rest)
    yield from ((text, "") for text in over.get(len(line.words), []))


def _pieces(word: str, room: float, measure: Measure) -> list[str]:
    """The word, cut where it is wider than a column."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter, False) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
