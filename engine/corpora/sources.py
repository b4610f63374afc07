"""Where a table's bytes come from: a file that is named, or an upload; packed with gzip or not."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from engine.errors import InputError, quoted
from engine.files import Unpacking, open_file

# What a gzip file may unpack to: far more than any upload holds, far less than zeros can.
MAX_UNPACKED_BYTES = 2**30

_TEXT = (".csv", ".tsv", ".jsonl", ".ndjson", ".jl", ".json")
EXTENSIONS = (*_TEXT, ".parquet", *(f"{extension}.gz" for extension in _TEXT))


@dataclass(frozen=True)
class Source:
    """A table's bytes, which can be read as often as needed.

    Attributes
    ----------
    name : str
        For messages.
    extension : str
        One of `EXTENSIONS`.
    path : Path, optional
        The file; without one, `data` are the bytes.
    """

    name: str
    extension: str
    path: Path | None = None
    data: bytes = b""

    @classmethod
    def of_file(cls, path: Path) -> Source:
        """A file on this machine; `InputError` if its extension is not one of `EXTENSIONS`."""
        return cls(str(path), checked_extension(path), path)

    @classmethod
    def of_upload(cls, name: str, data: bytes) -> Source:
        """Bytes that somebody sent; `InputError` as `of_file`."""
        return cls(quoted(name), checked_extension(PurePath(name)), None, data)

    @property
    def kind(self) -> str:
        """The extension without ``.gz``: what is read once the bytes are unpacked."""
        return self.extension.removesuffix(".gz")

    def packed(self) -> BinaryIO:
        """The bytes as they lie there."""
        return io.BytesIO(self.data) if self.path is None else open_file(self.path)

    def unpacked(self) -> BinaryIO:
        """The bytes a table is read from; reading more than the bound raises `InputError`."""
        if not self.extension.endswith(".gz"):
            return self.packed()
        return io.BufferedReader(Unpacking(self.packed(), self.name, MAX_UNPACKED_BYTES))


def checked_extension(path: PurePath) -> str:
    """The name's extension in lower case; `InputError` unless it is one of `EXTENSIONS`."""
    name = path.name.lower()
    found = max((end for end in EXTENSIONS if name.endswith(end)), key=len, default="")
    if not found:
        raise InputError(
            f"{quoted(str(path))} is no table that can be read; accepted are "
            f"{', '.join(EXTENSIONS)}."
        )
    return found
