"""Folders made once on this machine and kept in the cache: whole, unchanged, and made by one.

A folder is made beside its place and takes it when it is whole, with a mark that has the size, the
time and the SHA-256 of every file. Whoever wants it meanwhile waits. A folder that is not as its
mark says (a disk that was full, a file that was changed) is made again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from engine.errors import WeightsError
from engine.models.card import sha256

MARK = "converted.json"
# Seconds that somebody else may take to make it: minutes on a slow disk.
_PATIENCE = 600


def made_once(folder: Path, make: Callable[[Path], None], about: dict[str, Any]) -> Path:
    """The folder, made if it is not there or not whole.

    Parameters
    ----------
    make : callable
        Fills an empty folder.
    about : dict
        What the mark says besides, as JSON can hold it.

    Raises
    ------
    WeightsError
        If it cannot be made: no room, a folder that may not be written, another process that hangs.
    """
    if is_whole(folder):
        return folder
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    lock = folder.with_name(f".{folder.name}.lock")
    advice = "make room, or name another folder with LYRICLAB_CACHE"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=_PATIENCE):
            if not is_whole(folder):  # another process may have made it meanwhile
                _make(folder, unfinished, make, about)
    except Timeout:
        raise WeightsError(
            f"Another process has been making {folder} for {_PATIENCE // 60} minutes; end it, or "
            "name another folder with LYRICLAB_CACHE."
        ) from None
    except OSError as error:
        told = error.strerror or str(error)
        raise WeightsError(f"{folder} cannot be made: {told}; {advice}.") from None
    except Exception as error:
        if "os error" not in str(error).lower():  # as safetensors tells of a full disk
            raise
        raise WeightsError(f"{folder} cannot be made: {error}; {advice}.") from None
    return folder


def is_whole(folder: Path) -> bool:
    """Whether every file is there as it was made."""
    try:
        mark: Any = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(mark, dict):
        return False
    files: Any = cast("dict[str, Any]", mark).get("files", {})  # none: made before marks had them
    try:
        return all(_is_as_made(folder / name, *told) for name, told in files.items())
    except (OSError, AttributeError, TypeError, ValueError):
        return False


def _is_as_made(path: Path, size: int, second: int, checksum: str) -> bool:
    """A file of another time may still be the same: a copy of the cache."""
    status = path.stat()
    if status.st_size != size:
        return False
    return int(status.st_mtime) == second or sha256(path) == checksum


def _make(
    folder: Path, unfinished: Path, make: Callable[[Path], None], about: dict[str, Any]
) -> None:
    shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
    try:
        unfinished.mkdir()
        make(unfinished)
        files = {
            path.name: (path.stat().st_size, int(path.stat().st_mtime), sha256(path))
            for path in sorted(unfinished.iterdir())
            if path.is_file()
        }
        (unfinished / MARK).write_text(json.dumps({**about, "files": files}), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
