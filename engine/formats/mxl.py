"""Compressed MusicXML (.mxl): the same score in a ZIP file with a container.

The layout is that of the MusicXML 4.0 "Compressed .mxl files" chapter. Times are fixed, so equal
lead sheets give equal bytes.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.files import member_bytes, opened_zip
from engine.formats import musicxml
from engine.formats.safe_xml import parsed_xml

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "Compressed MusicXML"
EXTENSION = ".mxl"
MIME = "application/vnd.recordare.musicxml"
LOSES = "It holds what sounds, in its lines and sections; genre, capo and form are not read back."

_MOST = 8_000_000  # bytes
_INDEX = "META-INF/container.xml"
_SCORE = "score.musicxml"
_CONTAINER = f"""<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="{_SCORE}" media-type="{musicxml.MIME}"/>
  </rootfiles>
</container>
"""


def write(sheet: LeadSheet) -> bytes:
    """Return the lead sheet with its piano part as compressed MusicXML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, "mimetype", MIME.encode(), zipfile.ZIP_STORED)
        _add(archive, _INDEX, _CONTAINER.encode(), zipfile.ZIP_DEFLATED)
        _add(archive, _SCORE, musicxml.write(sheet), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = compression
    archive.writestr(entry, data)


def read(data: bytes) -> LeadSheet:
    """Read the score that a compressed file holds.

    Raises
    ------
    InputError
        If it is no compressed MusicXML, or unpacks to more than any score has.
    """
    with opened_zip(data, "The compressed MusicXML") as archive:
        return musicxml.read(_member(archive, _score_name(archive)))


def _score_name(archive: zipfile.ZipFile) -> str:
    """The name of the score in a container, as its index tells it."""
    names = archive.namelist()
    if _INDEX in names:
        for element in parsed_xml(_member(archive, _INDEX), "a MusicXML container").iter():
            name = element.get("full-path")
            if str(element.tag).endswith("rootfile") and name in names:
                return name
    scores = [n for n in names if n.endswith((".musicxml", ".xml")) and not n.startswith("META-")]
    if not scores:
        raise InputError("The ZIP file holds no score; compressed MusicXML is accepted.")
    return scores[0]


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    return member_bytes(archive, name, _MOST)
