"""MusicXML 4.0: the score that notation software opens (`engine.notation.document` makes it).

``end-line`` and ``end-paragraph`` (elements of MusicXML's own for this) say where lines and stanzas
of words end, so a song comes back in its lines. Reading is `engine.formats.musicxml_reading`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.arrangement.rhythm import layout
from engine.arrangement.styles import style
from engine.formats.musicxml_reading import lead_sheet
from engine.notation.document import document
from engine.notation.staves import Staff
from engine.notation.systems import system_bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.music.lead_sheet import LeadSheet

NAME = "MusicXML"
EXTENSION = ".musicxml"
MIME = "application/vnd.recordare.musicxml+xml"
LOSES = "It holds what sounds, in its lines and sections; genre, capo and form are not read back."

_PAGE_ROOM = 42.0  # ems of the lyric font that music on A4 or letter paper has beside its clefs
_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write(sheet: LeadSheet) -> bytes:
    """Return the lead sheet with its piano part as MusicXML, encoded as UTF-8."""
    staff = Staff(layout(sheet), style(sheet.genre))
    root = document(sheet, staff, system_bars=_systems(staff))
    for key in root.iter("key"):
        if key.find("mode") is None:
            SubElement(key, "mode").text = sheet.key.mode
    _end_lines(root, sheet)
    indent(root)
    return _HEADER.encode() + tostring(root, encoding="utf-8") + b"\n"


def read(data: bytes) -> LeadSheet:
    """Read the words, chords and sections of a score.

    Raises
    ------
    InputError
        If it is no MusicXML, or holds neither words nor chords.
    """
    return lead_sheet(data)


def _systems(staff: Staff) -> list[int]:
    """The bars that begin a system: of those inside a line only such as its own words are sung in.

    A system without words of its line, but maybe with the pickup of the next, is a line that is
    played when the file is read; other programs break lines that are too wide by themselves.
    """
    plan, slots = staff.layout, staff.metre.slots
    begins = system_bars(staff, _PAGE_ROOM)
    sung = {(word.line, word.start // slots) for word in plan.words}
    ends = [*begins[1:], plan.bars]

    def is_sung(begin: int, end: int) -> bool:
        line = bisect_right(plan.systems, begin) - 1
        return any((line, bar) in sung for bar in range(begin, end))

    return [
        begin
        for begin, end in zip(begins, ends, strict=True)
        if begin in plan.systems or is_sung(begin, end)
    ]


def _end_lines(root: Element, sheet: LeadSheet) -> None:
    """Mark the words with which lines and stanzas end."""
    ends = _word_ends(sheet)
    for lyric in root.iter("lyric"):
        if lyric.findtext("syllabic") in {"single", "end"}:
            for name in next(ends):
                SubElement(lyric, name)


def _word_ends(sheet: LeadSheet) -> Iterator[tuple[str, ...]]:
    """What ends with each word of the song."""
    sung = [line for line in sheet.lines if line.words]
    for index, line in enumerate(sung):
        yield from [()] * (len(line.words) - 1)
        is_last = index + 1 == len(sung) or sung[index + 1].stanza != line.stanza
        yield ("end-line", "end-paragraph") if is_last else ("end-line",)
