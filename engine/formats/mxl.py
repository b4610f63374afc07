"""Compressed MusicXML (.mxl): the same score in a ZIP file with a container.

The layout is that of the MusicXML 4.0 "Compressed .mxl files" chapter. Times are fixed, so equal
lead sheets give equal bytes.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from engine.formats import musicxml

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "Compressed MusicXML"
EXTENSION = ".mxl"
MIME = "application/vnd.recordare.musicxml"

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
        _add(archive, "META-INF/container.xml", _CONTAINER.encode(), zipfile.ZIP_DEFLATED)
        _add(archive, _SCORE, musicxml.write(sheet), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = compression
    archive.writestr(entry, data)
