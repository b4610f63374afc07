"""What a stranger names or uploads ends in one sentence, soon, and in bounded memory."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from engine import files
from engine.errors import InputError

ZEROS = gzip.compress(b"0" * 10_000_000)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pipe", "is a pipe; a file is accepted"),
        ("zero", "is a device; a file is accepted"),
        ("folder", "is a folder; a file is accepted"),
        ("missing", "cannot be read: No such file"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("a\x00b", "cannot be read: embedded null"),
    ],
)
def test_what_is_no_file_is_said_at_once(tmp_path: Path, name: str, said: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=said) as caught:
        files.file_bytes(tmp_path / name, 10)
    assert len(str(caught.value)) < 400


def test_a_file_is_read_up_to_the_limit_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    assert files.file_bytes(tmp_path / "a", 10) == b"0123456789"
    with pytest.raises(InputError, match="at most"):
        files.file_bytes(tmp_path / "a", 9)


def test_gzip_is_unpacked_up_to_the_limit_and_no_further() -> None:
    assert files.unpacked(ZEROS, "a.gz", 10_000_000) == b"0" * 10_000_000
    with pytest.raises(InputError, match=r"a\.gz unpacks to more than"):
        files.unpacked(ZEROS, "a.gz", 9_999_999)


def test_unpacking_stops_where_the_limit_is_passed() -> None:
    source = io.BytesIO(gzip.compress(b"0" * 50_000_000))
    reader = io.BufferedReader(files.Unpacking(source, "a.gz", 1_000))
    with pytest.raises(InputError):
        while reader.read(100):
            pass
    assert source.tell() <= 2**16


@pytest.mark.parametrize("data", [b"no gzip", ZEROS[:-9], ZEROS[:50] + b"\xff" * 50, ZEROS + b"x"])
def test_damaged_gzip_is_one_sentence(data: bytes) -> None:
    with pytest.raises(InputError, match="no whole gzip file"):
        files.unpacked(data, "a.gz", 2**30)


@pytest.mark.parametrize(("size", "shown"), [(50 * 2**20, "50 MB"), (200_000, "0.2 MB")])
def test_sizes_are_for_people(size: int, shown: str) -> None:
    assert files.megabytes(size) == shown


def test_a_damaged_zip_is_refused_wherever_it_is_damaged() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"rain on the road " * 40)
    whole = buffer.getvalue()
    kept = 0
    for at in range(len(whole)):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            archive = files.opened_zip(damaged, "songs.zip")
            for member in archive.infolist():
                kept += len(files.member_bytes(archive, member, 10_000)) > 0
        except InputError as error:
            assert str(error).endswith(").")
    assert kept


def test_a_zip_unpacks_up_to_the_limit() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(2**21))
    with pytest.raises(InputError, match="more than 1 MB"):
        files.member_bytes(files.opened_zip(buffer.getvalue(), "a.zip"), "a", 2**20)
