"""PDF chord sheet: chords over words on A4 paper, on one page if that can be read.

Short songs stand in one column, longer ones in two, in letters of 12 to 9 points; what does not fit
then goes on over several pages, whose feet are numbered. In large print letters have 18 points and
songs one column. With a capo, key and chords are those of the shapes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.formats import paper
from engine.formats.export import AS_IT_IS, Export
from engine.formats.fonts import SANS
from engine.formats.sheet_layout import CHORD_HEIGHT, Row, pages, stanzas
from engine.music.chord_names import with_accidentals

if TYPE_CHECKING:
    from engine.formats.sheet_layout import Column, Measure
    from engine.music.lead_sheet import LeadSheet

NAME = "PDF chord sheet"
EXTENSION = ".pdf"
MIME = "application/pdf"
OPTIONS = ("names", "large_print")
LOSES = "It is for paper; letters beyond Latin, Greek and Cyrillic print as boxes."

_ON_ONE_PAGE = ((12.0, 1), (11.0, 1), (11.0, 2), (10.0, 2), (9.0, 2))  # points, columns
_ON_SEVERAL = (10.0, 2)
_LARGE = (18.0, 1)
_GUTTER = 26.0
_FOOT = 14.0
_ASCENT = 0.95  # of the letters' size, from the top of a row to its baseline


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the chord sheet as a PDF document."""
    shapes = sheet.shapes
    sheet_paper = paper.document(sheet, SANS)
    measure = _measure(sheet_paper)

    def laid_out(size: float, count: int) -> list[tuple[Column, ...]]:
        width = (paper.WIDTH - 2 * paper.MARGIN - _GUTTER * (count - 1)) / count
        height = paper.HEIGHT - 2 * paper.MARGIN - _FOOT
        rows = stanzas(
            shapes,
            width / size,
            measure,
            lambda chord: with_accidentals(export.name(chord, shapes.key)),
        )
        head = _head_height(sheet, large=export.large_print)
        return pages(rows, count, (height - head) / size, height / size)

    size, count = _LARGE if export.large_print else _ON_SEVERAL
    laid = laid_out(size, count)
    if not export.large_print:
        for small in _ON_ONE_PAGE:
            if len(tried := laid_out(*small)) == 1:
                (size, count), laid = small, tried
                break
    for number, page in enumerate(laid):
        sheet_paper.add_page()
        top = paper.MARGIN
        if number == 0:
            _draw_head(sheet_paper, sheet, large=export.large_print)
            top += _head_height(sheet, large=export.large_print)
        column_width = (paper.WIDTH - 2 * paper.MARGIN + _GUTTER) / count
        for index, column in enumerate(page):
            _draw_column(sheet_paper, column, paper.MARGIN + index * column_width, top, size)
        foot = 12 if export.large_print else 8
        paper.number_page(sheet_paper, sheet.title, number + 1, len(laid), foot)
    return paper.finished(sheet_paper)


def _measure(document: Any) -> Measure:
    """Width of a text in ems."""

    @lru_cache(8192)
    def measured(text: str, bold: bool) -> float:
        paper.set_letters(document, 100, "B" if bold else "")
        width: float = document.get_string_width(text)
        return width / 100

    return measured


def _head(sheet: LeadSheet, *, large: bool) -> list[tuple[str, float, str]]:
    """Text, size and style of each line over the song."""
    scale = 1.4 if large else 1.0
    lines = [(sheet.title, 20 * scale, "B"), (sheet.artist or "", 11 * scale, "")]
    lines += [(fact, 9 * scale, "") for fact in _facts(sheet)]
    return [line for line in lines if line[0]]


def _facts(sheet: LeadSheet) -> list[str]:
    facts = [f"Key: {_key(sheet)}", sheet.time_signature, f"{sheet.tempo} bpm", _genre(sheet)]
    texts = [" · ".join(filter(None, facts))]
    if sheet.capo:
        texts.append(f"Capo {sheet.capo}: play as in {_key(sheet.shapes)}")
    return texts


def _genre(sheet: LeadSheet) -> str:
    genre = sheet.genre or ""
    return genre[:1].upper() + genre[1:]


def _key(sheet: LeadSheet) -> str:
    return with_accidentals(sheet.key.name)


def _head_height(sheet: LeadSheet, *, large: bool) -> float:
    return sum(size * 1.35 for _, size, _ in _head(sheet, large=large)) + 12


def _draw_head(document: Any, sheet: LeadSheet, *, large: bool) -> None:
    y = paper.MARGIN
    for text, size, style in _head(sheet, large=large):
        paper.set_letters(document, size, style)
        room = paper.WIDTH - 2 * paper.MARGIN
        paper.set_letters(document, min(size, size * room / document.get_string_width(text)), style)
        document.text(paper.MARGIN, y + size * _ASCENT, text)
        y += size * 1.35


def _draw_column(document: Any, column: Column, left: float, top: float, size: float) -> None:
    for placed in column:
        row, y = placed.row, top + placed.y * size
        if row.heading:
            paper.set_letters(document, size * 0.85, "B")
            document.text(left, y + _ASCENT * size, row.heading.upper())
            continue
        _draw_row(document, row, left, y, size)


def _draw_row(document: Any, row: Row, left: float, y: float, size: float) -> None:
    """Draw the chords of a row and then its words, each with a blank that keeps copies apart."""
    if row.has_chords:
        paper.set_letters(document, size, "B")
        for cell in row.cells:
            if cell.chords:
                document.text(left + cell.x * size, y + _ASCENT * size, f"{cell.chords} ")
        y += CHORD_HEIGHT * size
    if row.has_words:
        paper.set_letters(document, size)
        for cell in row.cells:
            if cell.word:
                document.text(left + cell.x * size, y + _ASCENT * size, f"{cell.word} ")
