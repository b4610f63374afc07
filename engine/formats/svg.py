"""SVG: the staff as one tall picture of lines and letters (`engine.notation.engraving`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats.export import AS_IT_IS, Export
from engine.notation.engraving import staff_svg

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "SVG picture"
EXTENSION = ".svg"
MIME = "image/svg+xml"
OPTIONS = ("parts",)
LOSES = "It is a picture of the staff, of what sounds, with chord symbols."

_WIDTH = 1000  # pixels
_INK = "#1b1613"


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the staff as an SVG document."""
    (picture,) = staff_svg(sheet, _WIDTH, parts=export.parts, colour=_INK)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture}\n'.encode()
