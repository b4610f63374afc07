"""PDF staff: the notation on A4 paper, drawn in lines and letters, so it prints sharp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats import paper
from engine.formats.export import AS_IT_IS, Export
from engine.formats.fonts import SERIF
from engine.formats.svg_drawing import drawing
from engine.notation.engraving import staff_svg

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "PDF staff"
EXTENSION = ".staff.pdf"
MIME = "application/pdf"
OPTIONS = ("parts", "large_print")
LOSES = "It is for paper, shows what sounds, and names chords by symbols."

_WIDTH, _LARGE_WIDTH = 920, 640  # pixels that the engraving has for the width of the paper
_HEAD = 90  # pixels that title and tempo take on the first page
_FOOT = 14.0


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the staff as a PDF document."""
    from fpdf.drawing_primitives import Transform

    width = _LARGE_WIDTH if export.large_print else _WIDTH
    points = (paper.WIDTH - 2 * paper.MARGIN) / width
    height = (paper.HEIGHT - 2 * paper.MARGIN - _FOOT) / points - _HEAD
    ink = "#{:02x}{:02x}{:02x}".format(*paper.INK)
    pictures = staff_svg(
        sheet, width, parts=export.parts, colour=ink, page_height=round(height), repeats=True
    )
    document = paper.document(sheet, SERIF)
    for number, picture in enumerate(pictures, start=1):
        document.add_page()
        drawn = drawing(picture, paper.FONT)
        _, _, path = drawn.transform_to_rect_viewport(
            1, drawn.width * points, drawn.height * points, ignore_svg_top_attrs=True
        )
        path.transform = path.transform @ Transform.translation(paper.MARGIN, paper.MARGIN)
        document.draw_path(path, copy=False)
        paper.number_page(document, sheet.title, number, len(pictures))
    return paper.finished(document)
