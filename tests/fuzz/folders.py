"""Folders for readers that read files: in memory where there is such a place, gone at the end."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own within it


@cache
def folder(name: str) -> Path:
    """A folder of this process for a target."""
    place = _own() / name
    place.mkdir()
    return place


def fresh(name: str) -> Path:
    """The same, emptied."""
    place = folder(name)
    shutil.rmtree(place)
    place.mkdir()
    return place


def written(name: str, file: str, data: bytes) -> Path:
    """A file of a target's folder that holds the bytes."""
    path = folder(name) / file
    path.write_bytes(data)
    return path


@cache
def _own() -> Path:
    where = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    place = Path(tempfile.mkdtemp(prefix="lyric-lab-fuzz-", dir=where))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place
