"""MusicXML 4.0: the score that notation software opens (`engine.notation.document` makes it)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import indent, tostring

from engine.arrangement.rhythm import layout
from engine.notation.document import document
from engine.notation.staves import Staff
from engine.notation.systems import system_bars

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "MusicXML"
EXTENSION = ".musicxml"
MIME = "application/vnd.recordare.musicxml+xml"

_PAGE_ROOM = 42.0  # ems of the lyric font that music on A4 or letter paper has beside its clefs
_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write(sheet: LeadSheet) -> bytes:
    """Return the lead sheet with its piano part as MusicXML, encoded as UTF-8."""
    staff = Staff(layout(sheet))
    root = document(sheet, staff, system_bars=system_bars(staff, _PAGE_ROOM))
    indent(root)
    return _HEADER.encode() + tostring(root, encoding="utf-8") + b"\n"
