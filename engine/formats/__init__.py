"""Lead sheets to and from files: one module per format, imported when it is used.

Each module has ``NAME``, ``EXTENSION``, ``MIME`` and ``write(sheet) -> bytes``, ``read(data) ->
LeadSheet``, or both; ``LOSES`` is a sentence about what of a song the format cannot hold. One that
can be written in several ways names the choices it follows, ``OPTIONS``, and takes them as the
second argument, an `engine.formats.export.Export`.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from engine.errors import InputError, quoted
from engine.files import wide_encoding
from engine.formats.export import AS_IT_IS, Export

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

FORMATS: dict[str, str] = {
    "chordpro": "engine.formats.chordpro",
    "json": "engine.formats.json_format",
    "musicxml": "engine.formats.musicxml",
    "mxl": "engine.formats.mxl",
    "midi": "engine.formats.midi",
    "text": "engine.formats.text",
    "ireal": "engine.formats.ireal",
    "onsong": "engine.formats.onsong",
    "pdf": "engine.formats.pdf",
    "staff-pdf": "engine.formats.staff_pdf",
    "svg": "engine.formats.svg",
    "png": "engine.formats.png",
    "dawproject": "engine.formats.dawproject",
    "reaper": "engine.formats.reaper",
    "wav": "engine.formats.wav",
    "ogg": "engine.formats.ogg",
    "mp3": "engine.formats.mp3",
}
READ_ONLY = ("onsong",)
WRITE_ONLY = ("pdf", "staff-pdf", "svg", "png", "dawproject", "reaper", "wav", "ogg", "mp3")
READ = tuple(name for name in FORMATS if name not in WRITE_ONLY)
WRITTEN = tuple(name for name in FORMATS if name not in READ_ONLY)
BINARY = ("mxl", "midi", "pdf", "staff-pdf", "png", "dawproject", "wav", "ogg", "mp3")
_ENDINGS = {
    **dict.fromkeys((".cho", ".chordpro", ".chopro", ".crd", ".pro"), "chordpro"),
    ".json": "json",
    ".musicxml": "musicxml",
    ".xml": "musicxml",
    ".mxl": "mxl",
    **dict.fromkeys((".mid", ".midi", ".kar"), "midi"),
    ".txt": "text",
    ".text": "text",
    **dict.fromkeys((".html", ".htm", ".irealb"), "ireal"),
    ".onsong": "onsong",
}
ENDINGS = tuple(_ENDINGS)  # of files that can be read
_WRITTEN_ENDINGS = {
    ".pdf": "pdf",
    ".svg": "svg",
    ".png": "png",
    ".dawproject": "dawproject",
    ".rpp": "reaper",
    ".wav": "wav",
    ".ogg": "ogg",
    ".mp3": "mp3",
}
MAX_BYTES = 4_000_000
_SIGNS = {b"MThd": "midi", b"PK\x03\x04": "mxl", b"irealb": "ireal"} | {
    b"<?xml": "musicxml",
    b"<score-partwise": "musicxml",
}
_CHORDPRO = re.compile(
    rb"^\s*\{\w[^{}\n]*\}|\[(?:[A-H][#b]?|Do|Re|Mi|Fa|Sol|La|Si)[^\]\s]{0,8}\]\S", re.MULTILINE
)


def write(sheet: LeadSheet, format_name: str, export: Export = AS_IT_IS) -> bytes:
    """Write a lead sheet as the bytes of a file.

    Parameters
    ----------
    sheet : LeadSheet
    format_name : str
        One of `WRITTEN`.
    export : Export
        How: moved, with a capo, chords named by numbers, and so on; what a format has no choice
        about is left out.

    Raises
    ------
    InputError
        If there is no such format; the message names those there are.
    """
    module = _module(format_name)
    if not hasattr(module, "write"):
        raise InputError(f"{module.NAME} files can be read but not written.")
    moved = export.of(sheet)
    data: bytes = module.write(moved, export) if options(format_name) else module.write(moved)
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


def format_of(file_name: str, data: bytes = b"") -> str:
    """The format of a file: by its ending, or by what its first bytes say.

    Raises
    ------
    InputError
        If neither says it; the message names the endings that do.
    """
    ending = PurePath(file_name).suffix.lower()
    begin = data[:2_000]
    if wide := "utf-16" if begin[:2] in {b"\xff\xfe", b"\xfe\xff"} else wide_encoding(begin):
        begin = begin.decode(wide, errors="replace").encode()
    begin = begin.lstrip(b"\xef\xbb\xbf \r\n\t")
    for sign, format_name in _SIGNS.items():
        if begin.startswith(sign) or (sign.startswith(b"ireal") and sign in begin):
            return format_name
    if ending in _ENDINGS:
        found = _ENDINGS[ending]
        is_chordpro = found == "text" and _CHORDPRO.search(begin)
        return "chordpro" if is_chordpro else found
    if ending in _WRITTEN_ENDINGS:
        return _WRITTEN_ENDINGS[ending]
    raise InputError(
        f"{quoted(ending or file_name)} is no ending of a format; "
        f"{', '.join((*ENDINGS, *_WRITTEN_ENDINGS))} are accepted."
    )


def options(format_name: str) -> tuple[str, ...]:
    """What of an `Export`, beside the song's place and capo, the format follows: its fields."""
    names: tuple[str, ...] = getattr(_module(format_name), "OPTIONS", ())
    return names


def loses(format_name: str) -> str:
    """What of a song the format cannot hold, as a sentence; empty if it holds everything."""
    text: str = getattr(_module(format_name), "LOSES", "")
    return text


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
