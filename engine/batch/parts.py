"""A folder of Parquet parts: its manifest, and reading the parts as one table.

``part-000000.parquet``, ``part-000001.parquet``, ... hold the rows in order; ``_manifest.json``,
written last, names them with rows, errors, size and SHA-256, and tells what was asked of which
input by which revision of which model. Programs that read a folder of Parquet files (pandas,
pyarrow, DuckDB, Spark) pass over names that begin with ``_``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from engine.batch.writing import checked_output_extension, open_writer
from engine.corpora.parquet import ParquetTable
from engine.corpora.rows import Chunk
from engine.corpora.sources import Source
from engine.errors import InputError
from engine.files import file_bytes
from engine.json_text import json_value

MANIFEST = "_manifest.json"
_KIND = "lyric-lab parts 1"
_MOST_BYTES = 2**26  # a manifest of some 400,000 parts


@dataclass(frozen=True)
class Part:
    """One file of a folder, as the manifest has it."""

    file: str
    rows: int
    errors: int
    bytes: int = 0
    sha256: str = ""

    @classmethod
    def of(cls, path: Path, name: str, rows: int, errors: int) -> Part:
        """A part that was written."""
        return cls(name, rows, errors, path.stat().st_size, _sha256(path))

    @classmethod
    def read(cls, found: Any) -> Part | None:
        """A part as JSON holds it; None where it is none."""
        of: dict[str, Any] = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        if set(of) != {entry.name for entry in fields(cls)}:
            return None
        numbers = [of[name] for name in ("rows", "errors", "bytes")]
        names = [of[name] for name in ("file", "sha256")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            return None
        return cls(**of) if all(isinstance(name, str) for name in names) else None

    def check(self, folder: Path, *, thorough: bool = True) -> None:
        """`InputError` if the file is not the one that was written; by its size, or thoroughly."""
        path = folder / self.file
        if not path.is_file():
            raise InputError(f"{path} is missing; begin anew with --restart.")
        if path.stat().st_size != self.bytes or (thorough and _sha256(path) != self.sha256):
            raise InputError(f"{path} is not as it was written; begin anew with --restart.")


@dataclass(frozen=True)
class Manifest:
    """What a folder of parts holds: rows and errors in all, what was asked, and the parts."""

    rows: int
    errors: int
    about: Mapping[str, Any]
    parts: tuple[Part, ...] = field(default=())


def part_file(number: int) -> str:
    """A part's file name; names in their order are parts in their order."""
    return f"part-{number:06d}.parquet"


def manifest_of(manifest: Manifest) -> bytes:
    """The manifest as a file holds it."""
    return json.dumps({"kind": _KIND, **asdict(manifest)}, indent=1).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises
    ------
    InputError
        If there is none: the folder is another one, or the run that writes it has not ended.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise InputError(
            f"{folder} has no {MANIFEST}: it is no folder of parts, or its run has not ended (the "
            "same command goes on)."
        )
    try:
        found: Any = json_value(file_bytes(path, _MOST_BYTES))
        parts = [Part.read(part) for part in found["parts"]]
        fits = found["kind"] == _KIND and None not in parts
        about: Any = found["about"]
        rows = sum(part.rows for part in parts if part)
    except (LookupError, TypeError, ValueError):
        fits, parts, about, rows = False, [], {}, 0
    names = [part_file(number) for number in range(len(parts))]
    if not fits or not isinstance(about, dict) or [p.file for p in parts if p] != names:
        raise InputError(f"{path} is no manifest of parts; begin the batch anew with --restart.")
    whole = [part for part in parts if part]
    errors = sum(part.errors for part in whole)
    return Manifest(rows, errors, cast("dict[str, Any]", about), tuple(whole))


class Parts:
    """A folder of parts, read as one table.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    InputError
        If it is no finished folder of parts, or a part is missing or not as it was written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        for part in self.manifest.parts:
            part.check(folder)

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        for part in self.manifest.parts:
            yield from self._table(part).chunks()

    def write(self, output: Path) -> None:
        """Write all rows as one table; the ending tells the format."""
        checked_output_extension(output)
        if not output.absolute().parent.is_dir():
            raise InputError(f"The folder of --output {output} does not exist.")
        first = self._table(self.manifest.parts[0])
        with open_writer(output, first, first.columns, {}) as writer:
            for chunk in self.chunks():
                writer.write(chunk, [[] for _ in chunk.rows])

    def _table(self, part: Part) -> ParquetTable:
        path = self.folder / part.file
        return ParquetTable(Source.of_file(path), str(self.manifest.about["column"]))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
