"""What music21, a program that is not ours, reads of a lead sheet's MusicXML."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import tostring

from engine.arrangement.rhythm import layout
from engine.arrangement.styles import style
from engine.music.lead_sheet import LeadSheet
from engine.notation.document import document
from engine.notation.staves import Staff


def score(sheet: LeadSheet, *, piano: bool = True, staff: Staff | None = None) -> Any:
    """The music21 `Score` of a lead sheet."""
    from music21 import converter

    staff = staff or Staff(layout(sheet), style(sheet.genre))
    data = tostring(document(sheet, staff, piano=piano), encoding="unicode")
    return converter.parseData(data, format="musicxml")
