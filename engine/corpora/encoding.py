"""What must be known of a file before its rows are read: checksum and encoding."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path

from engine.errors import InputError

# Bytes that Windows-1252 leaves undefined; Latin-1 gives them a (control) character.
_NOT_WINDOWS = frozenset(b"\x81\x8d\x8f\x90\x9d")
_BLOCK = 2**20


def surveyed(path: Path) -> tuple[str, str, list[str]]:
    """Checksum, encoding, and a note if that had to be guessed; `InputError` if it is empty."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, windows, blank, before, fault = True, True, True, 0, 0
    text = path.suffix.lower() != ".parquet"
    start = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            start = start or block[:4096]
            digest.update(block)
            blank = blank and not block.strip()
            if not text:
                continue
            windows = windows and _NOT_WINDOWS.isdisjoint(block)
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    utf8 = False
                    fault = before + block.count(b"\n", 0, error.start) + 1
            before += block.count(b"\n")
    if blank:
        raise InputError(f"{path} is empty.")
    if not text:
        return digest.hexdigest(), "", []
    if utf8 and decoder.getstate()[0]:  # the file ends within a character
        utf8, fault = False, before + 1
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return digest.hexdigest(), "utf-16", []
    if b"\x00" in start:
        raise InputError(f"{path} is binary, not a text table.")
    if utf8:
        return digest.hexdigest(), "utf-8-sig", []
    encoding, name = ("cp1252", "Windows-1252") if windows else ("latin-1", "Latin-1")
    return digest.hexdigest(), encoding, [f"{path} is not UTF-8 (line {fault}); read as {name}."]
