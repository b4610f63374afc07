"""What must be known of a file before its rows are read: checksum and encoding."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from engine.corpora.sources import Source
from engine.errors import InputError
from engine.files import wide_encoding

# Bytes that Windows-1252 leaves undefined; Latin-1 gives them a (control) character.
_NOT_WINDOWS = frozenset(b"\x81\x8d\x8f\x90\x9d")
_BLOCK = 2**20


def sha256_of(source: Source) -> str:
    """Checksum of the bytes as they lie there; `InputError` if there are none but blanks."""
    digest = hashlib.sha256()
    blank = True
    with source.packed() as file:
        for block in _blocks(file):
            digest.update(block)
            blank = blank and not block.strip()
    if blank:
        raise InputError(f"{source.name} is empty.")
    return digest.hexdigest()


def encoding_of(source: Source) -> tuple[str, list[str]]:
    """The encoding of a text table, and a note if that had to be guessed.

    Raises
    ------
    InputError
        If the text is empty or binary.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, windows, blank, before, fault = True, True, True, 0, 0
    start = b""
    with source.unpacked() as file:
        for block in _blocks(file):
            start = start or block[:4096]
            blank = blank and not block.strip()
            windows = windows and _NOT_WINDOWS.isdisjoint(block)
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    utf8 = False
                    fault = before + block.count(b"\n", 0, error.start) + 1
            before += block.count(b"\n")
    if blank:
        raise InputError(f"{source.name} is empty.")
    if utf8 and decoder.getstate()[0]:  # the file ends within a character
        utf8, fault = False, before + 1
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    if wide := wide_encoding(start):
        return wide, [f"{source.name} has no mark of its encoding; read as {wide.upper()}."]
    if b"\x00" in start:
        raise InputError(f"{source.name} is binary, not a text table.")
    if utf8:
        return "utf-8-sig", []
    encoding, name = ("cp1252", "Windows-1252") if windows else ("latin-1", "Latin-1")
    return encoding, [f"{source.name} is not UTF-8 (line {fault}); read as {name}."]


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_BLOCK), b"")
