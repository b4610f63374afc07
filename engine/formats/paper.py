"""A PDF document on A4 paper with fonts of its own: what the printed formats are drawn on.

No time of making is kept, so equal songs give equal bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.formats.fonts import font_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.music.lead_sheet import LeadSheet

WIDTH, HEIGHT = 595.28, 841.89  # points
MARGIN = 40.0
INK = (27, 22, 19)
FONT = "letters"
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


def document(sheet: LeadSheet, fonts: Mapping[str, str]) -> Any:
    """An empty `fpdf.FPDF`, measured in points; `fonts` are files of a family by their style."""
    from fpdf import FPDF

    paper: Any = FPDF(unit="pt", format="A4")
    paper.set_auto_page_break(False)
    paper.set_creation_date(_MADE)
    paper.set_title(sheet.title or "Untitled")
    if sheet.artist:
        paper.set_author(sheet.artist)
    paper.set_creator("Lyric Lab")
    for style, name in fonts.items():
        paper.add_font(FONT, style, font_folder() / name)
    paper.set_text_color(*INK)
    return paper


def set_letters(paper: Any, size: float, style: str = "") -> None:
    """Choose the size and style ("B", "I") of what is written next."""
    paper.set_font(FONT, style, size)


def number_page(paper: Any, title: str, number: int, count: int, size: float = 8) -> None:
    """Write title and page number at the foot of a page, if there are several."""
    if count < 2:
        return
    set_letters(paper, size)
    text = f"{title}, page {number} of {count}" if title else f"Page {number} of {count}"
    paper.text((WIDTH - paper.get_string_width(text)) / 2, HEIGHT - MARGIN / 2, text)


def finished(paper: Any) -> bytes:
    """The bytes of the document."""
    return bytes(paper.output())
