"""Lead sheets to and from files: one module per format, imported when it is used.

Each module has ``NAME``, ``EXTENSION``, ``MIME`` and ``write(sheet) -> bytes``; those that can also
read have ``read(data) -> LeadSheet``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.errors import InputError, quoted

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

FORMATS: dict[str, str] = {
    "chordpro": "engine.formats.chordpro",
    "json": "engine.formats.json_format",
    "musicxml": "engine.formats.musicxml",
    "mxl": "engine.formats.mxl",
    "midi": "engine.formats.midi",
    "text": "engine.formats.text",
}
MAX_BYTES = 2_000_000


def write(sheet: LeadSheet, format_name: str) -> bytes:
    """Write a lead sheet as the bytes of a file.

    Raises
    ------
    InputError
        If there is no such format; the message names those there are.
    """
    data: bytes = _module(format_name).write(sheet)
    return data


def read(data: bytes, format_name: str) -> LeadSheet:
    """Read a lead sheet from the bytes of a file.

    Raises
    ------
    InputError
        If there is no such format, it cannot be read, or the file is larger than `MAX_BYTES` or
        not in the format.
    """
    module = _module(format_name)
    if not hasattr(module, "read"):
        raise InputError(f"{module.NAME} files can be written but not read.")
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} bytes are accepted."
        )
    sheet: LeadSheet = module.read(data)
    return sheet


def name(format_name: str) -> str:
    """Name the format for people: ``"ChordPro"``."""
    text: str = _module(format_name).NAME
    return text


def extension(format_name: str) -> str:
    """Give the file name's ending, dot included: ``".cho"``."""
    text: str = _module(format_name).EXTENSION
    return text


def mime(format_name: str) -> str:
    """Give the media type a browser needs for a download."""
    text: str = _module(format_name).MIME
    return text


def _module(format_name: str) -> Any:
    if format_name not in FORMATS:
        raise InputError(
            f"{quoted(format_name)} is not a format; {', '.join(FORMATS)} are accepted."
        )
    return import_module(FORMATS[format_name])
