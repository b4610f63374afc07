"""PNG: the SVG picture of the staff in pixels, on white, drawn by resvg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats import svg
from engine.formats.export import AS_IT_IS, Export
from engine.formats.fonts import SERIF, font_folder

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "PNG picture"
EXTENSION = ".png"
MIME = "image/png"
OPTIONS = svg.OPTIONS
LOSES = svg.LOSES

_SCALE = 2.0  # pixels for one of the SVG's: sharp on paper and on fine screens


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the staff as a PNG picture."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg.write(sheet, export).decode(),
            background="#ffffff",
            zoom=_SCALE,
            skip_system_fonts=True,
            font_files=[str(font_folder() / name) for name in SERIF.values()],
            serif_family="STIXGeneral",
            font_family="STIXGeneral",
        )
    )
