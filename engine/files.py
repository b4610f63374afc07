"""Files of strangers: opened only where they are files, read and unpacked only within bounds.

Whoever reads a file that somebody named or uploaded reads it through here, so that a device, a pipe
nobody writes to, or a small file that unpacks to gigabytes ends in one sentence and in bounded
memory.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from engine.errors import InputError

# A folder, a pipe, a device: what a name may lead to instead of a file.
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
_BLOCK = 2**20


def opened(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open a regular file; the descriptor, without waiting for anything.

    Raises
    ------
    InputError
        If the file is not there, may not be read, or is a folder, a pipe or a device.
    """
    try:
        # Non-blocking: the end of a pipe nobody writes to would be waited for, and for good.
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        found = os.open(path, flags, 0o666)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, IsADirectoryError):
            raise InputError(f"{_shown(path)} is a folder; a file is accepted.") from None
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{_shown(path)} cannot be read: {reason}.") from None
    mode = os.fstat(found).st_mode
    if stat.S_ISREG(mode):
        return found
    os.close(found)
    kind = next((name for holds, name in _KINDS if holds(mode)), "no file")
    raise InputError(f"{_shown(path)} is {kind}; a file is accepted.")


def open_file(path: Path, most: int | None = None) -> BinaryIO:
    """A regular file for reading; `InputError` if it is none, or has more than `most` bytes."""
    file = os.fdopen(opened(path), "rb")
    size = os.fstat(file.fileno()).st_size
    if most is not None and size > most:
        file.close()
        raise InputError(
            f"{_shown(path)} has {megabytes(size)}; at most {megabytes(most)} are read."
        )
    return file


def file_bytes(path: Path, most: int) -> bytes:
    """All bytes of a regular file; `InputError` if it is none, or has more than `most`."""
    with open_file(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it grew meanwhile
        raise InputError(f"{_shown(path)} has more than {megabytes(most)}, which is the most read.")
    return data


class Unpacking(io.RawIOBase):
    """The unpacked bytes of a gzip file, counted as they are read.

    Reading raises `InputError` once there are more than `most`, or where the file is damaged.
    """

    def __init__(self, packed: IO[bytes], name: str, most: int) -> None:
        self._file: Any = gzip.GzipFile(fileobj=packed, mode="rb")
        self._name = name
        self._most = most
        self._read = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        try:
            data: bytes = self._file.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{self._name} is no whole gzip file ({error}).") from None
        self._read += len(data)
        if self._read > self._most:
            raise InputError(
                f"{self._name} unpacks to more than {megabytes(self._most)}, the most read."
            )
        buffer[: len(data)] = data
        return len(data)


def unpacked(data: bytes, name: str, most: int) -> bytes:
    """What gzip bytes hold; `InputError` if they are damaged or unpack to more than `most`."""
    return io.BufferedReader(Unpacking(io.BytesIO(data), name, most), _BLOCK).read()


DAMAGED_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError),
    *(NotImplementedError, RuntimeError, KeyError, IndexError, OverflowError, AttributeError),
)
"""What `zipfile` raises of an archive that was damaged, or made to be odd."""


def opened_zip(data: bytes, name: str) -> zipfile.ZipFile:
    """The zip that bytes are; `InputError` if they are none."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED_ZIP as error:
        raise InputError(f"{name} is no readable zip; a whole one is accepted ({error}).") from None


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, most: int) -> bytes:
    """What a zip holds under a name; `InputError` if it is damaged or unpacks to too much."""
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except DAMAGED_ZIP as error:
        raise InputError(f"A file in the zip cannot be unpacked ({error}).") from None
    if len(data) > most:
        raise InputError(
            f"A file in the zip unpacks to more than {megabytes(most)}; no more is accepted."
        )
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a file that is there whole or as it was, whenever the writing ends.

    Raises
    ------
    InputError
        If it cannot be written: a full disk, a folder that is missing or may not be written.
    """
    try:
        # Beside it: only within one disk does a name pass from file to file at once.
        unfinished = path.with_name(f".{path.name[:100]}.unfinished")
        with _own_file(unfinished) as file:
            try:
                write_whole(file, data)
                os.fsync(file.fileno())
                unfinished.chmod(_mode_of(path))
                unfinished.replace(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{_shown(path)} cannot be written: {reason}.") from None


def made_folder(path: Path) -> Path:
    """A folder, made where it is missing; `InputError` if it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The folder {_shown(path)} cannot be made: {reason}.") from None
    return path


def append_line(path: Path, line: bytes) -> None:
    """Put a whole line behind a file's last; if that was cut short, on a line of its own.

    One write: lines of two processes do not mix. Where the disk is full, what was written of it is
    taken back.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            file.seek(max(before - 1, 0))
            text = b"\n" * (file.read(1) not in {b"", b"\n"}) + line
            write_whole(file, text)
    except OSError as error:
        raise InputError(f"{_shown(path)} cannot be written: {error.strerror or error}.") from None


def write_whole(file: IO[bytes], data: bytes) -> None:
    """Write to the end of an unbuffered file; if that fails, take back what was written of it.

    Raises
    ------
    OSError
        As the system says it, a full disk mostly.
    """
    before = os.fstat(file.fileno()).st_size
    written = 0
    try:
        while written < len(data):
            written += file.write(data[written:])
    except OSError:
        # Unless somebody else has written behind it meanwhile.
        if os.fstat(file.fileno()).st_size == before + written:
            file.truncate(before)
            file.seek(before)
        raise


def _own_file(path: Path) -> BinaryIO:
    """An empty file of a name that a killed process may have left; who else writes it is awaited.

    A file that is locked and still has its name is nobody else's.
    """
    while True:
        file = os.fdopen(opened(path, os.O_WRONLY | os.O_CREAT), "wb", buffering=0)
        try:
            _lock(file)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    file.truncate(0)
                    return file
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: IO[bytes]) -> None:
    """Wait until nobody else has the file; it is let go when it is closed."""
    try:
        import fcntl
    except ImportError:  # Windows, where who opens a file for writing is alone with it
        return
    fcntl.flock(file, fcntl.LOCK_EX)


def _mode_of(path: Path) -> int:
    """The permissions a file has, or those that a new one gets."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def wide_encoding(start: bytes) -> str:
    """UTF-16 without its mark: nearly every second byte is zero, as Latin letters are written."""
    even, odd = start[0::2], start[1::2]
    for name, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(zeros) > 3 and zeros.count(0) > 0.7 * len(zeros) and 0 not in letters:
            return name
    return ""


def megabytes(size: int) -> str:
    """A size for people: ``"50 MB"``, ``"0.2 MB"``."""
    return f"{size / 2**20:,.0f} MB" if size >= 2**20 else f"{size / 2**20:.1g} MB"


def _shown(path: Path) -> str:
    """A path for a message; what is endless is cut, what cannot be printed is escaped."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    text = text.replace("\x00", "\\0")
    return text if len(text) <= 200 else f"{text[:200]}..."
