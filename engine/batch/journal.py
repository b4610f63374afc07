"""What a long run has done so far: a file that is only ever appended to.

Its first line says what was asked, every further line is one entry; each line begins with the
CRC-32 of its rest. A line cut short by a kill, or changed by anybody, is dropped with all behind it
when the file is opened again, so that a run does at most its last entry twice and never goes on
from what it did not write. A run keeps the file locked while it is open: two never write one.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from filelock import FileLock, Timeout

from engine.errors import InputError
from engine.files import opened, write_whole
from engine.json_text import json_value

_LONGEST_LINE = 2**24


class Journal:
    """Entries kept so far; a context manager that keeps the file open and locked.

    Parameters
    ----------
    path : Path
        The file; ``<path>.lock`` beside it is there while it is open.
    head : dict
        What is asked, as JSON can hold it; a file that was begun for something else is refused.
    restart : bool
        Begin anew, whatever the file holds.
    advice : str
        What a user can do about a file that was begun for something else, or is being written.

    Attributes
    ----------
    resumed : bool
        Whether an earlier run began it.

    Raises
    ------
    InputError
        If the file belongs to another question, another run is writing it, or it cannot be written.
    """

    def __init__(
        self, path: Path, head: Mapping[str, Any], *, restart: bool = False, advice: str = ""
    ) -> None:
        self.path = path
        self._advice = advice
        try:
            # No "a": a cut line is taken off first.
            self._file = os.fdopen(opened(path, os.O_RDWR | os.O_CREAT), "r+b", buffering=0)
        except InputError as error:
            raise InputError(str(error).replace("cannot be read", "cannot be written")) from None
        self._lock_file = FileLock(
            path.with_name(path.name + ".lock"), timeout=0, thread_local=False
        )
        try:
            self._lock()
        except BaseException:
            self._file.close()
            raise
        try:
            self.resumed = not restart and self._resumed(head)
            if not self.resumed:
                self._file.seek(0)
                self._file.truncate()
                self.add(head)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, entry: Any) -> None:
        """Keep an entry, a value that JSON can hold; on return it survives a kill."""
        text = json.dumps(entry, separators=(",", ":")).encode()
        try:
            # One write: what a kill leaves is a line or the beginning of one.
            write_whole(self._file, b"%08x %b\n" % (zlib.crc32(text), text))
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error.strerror}.") from None

    def entries(self) -> Iterator[Any]:
        """All entries from the first, read anew from the file."""
        with self.path.open("rb") as file:
            file.readline()
            for line in file:
                yield json.loads(line[9:])

    def unfit(self, why: str) -> InputError:
        """What is said of entries that no run of this question wrote."""
        return InputError(f"{self.path} holds {why}{self._tip}")

    def remove(self) -> None:
        """Delete the file: what it holds is elsewhere."""
        self.path.unlink(missing_ok=True)

    def close(self, *, remove: bool = False) -> None:
        """Let the file go, and delete it if what it holds is elsewhere; a second time is none."""
        if self._file.closed:
            return
        if remove:
            self.remove()
        self._file.close()
        # While it is held: who opens it in this moment finds it gone and makes another. Windows
        # does not delete what is open; there the empty file stays.
        with suppress(OSError):
            Path(self._lock_file.lock_file).unlink(missing_ok=True)
        self._lock_file.release()

    def _resumed(self, head: Mapping[str, Any]) -> bool:
        """Whether the file holds entries of this question; False if it holds nothing."""
        with self.path.open("rb") as file:
            return self._read(file, head)

    def _read(self, file: IO[bytes], head: Mapping[str, Any]) -> bool:
        line = file.readline(_LONGEST_LINE)
        if not line.strip() or (not line.endswith(b"\n") and _is_beginning(line)):
            return False  # killed before its first line was whole
        found = _entry(line)
        if not isinstance(found, dict):
            raise InputError(f"{self.path} is there already and was not begun by a run{self._tip}")
        asked = json.loads(json.dumps(head))
        if found != asked:
            others = cast("dict[str, Any]", found)
            names = dict.fromkeys([*asked, *others])
            differs = [name for name in names if others.get(name) != asked.get(name)]
            raise InputError(f"{self.path} was begun with another {', '.join(differs)}{self._tip}")
        end = file.tell()
        while (line := file.readline(_LONGEST_LINE)) and _entry(line) is not None:
            end += len(line)
        self._file.seek(end)
        self._file.truncate()
        return True

    @property
    def _tip(self) -> str:
        return f": {self._advice}." if self._advice else "."

    def _lock(self) -> None:
        try:
            self._lock_file.acquire()
        except Timeout:
            raise InputError(f"Another run is writing {self.path}{self._tip}") from None
        except (OSError, NotImplementedError) as error:
            raise InputError(f"{self.path} cannot be locked: {error}.") from None


def _entry(line: bytes) -> Any:
    """What a line holds; None where it is cut or not as it was written."""
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
        return None
    try:
        return json_value(text)
    except ValueError:
        return None


def _is_beginning(line: bytes) -> bool:
    """Whether these may be the first bytes of a first line."""
    checksum, _, text = line.partition(b" ")
    return set(checksum) <= set(b"0123456789abcdef") and text[:1] in {b"", b"{"}
