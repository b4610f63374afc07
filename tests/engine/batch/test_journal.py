"""A run that is killed, disturbed or doubled never goes on from what it did not write."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any

import pytest

from engine.batch.journal import Journal
from engine.errors import InputError

HEAD = {"input": "ab", "model": "llama", "revision": "12"}
ENTRIES: list[Any] = [["a", {"p": 0.25}], [3, None, "The lyric is missing."], {"é": [1e-9]}]


def begun(path: Path) -> Path:
    with Journal(path, HEAD) as journal:
        for entry in ENTRIES:
            journal.add(entry)
    return path


def test_entries_come_back_as_they_were(tmp_path: Path) -> None:
    with Journal(begun(tmp_path / "j"), HEAD) as journal:
        assert list(journal.entries()) == ENTRIES
        journal.add("more")
        assert list(journal.entries()) == [*ENTRIES, "more"]


def test_a_file_cut_anywhere_goes_on_from_its_last_whole_line(tmp_path: Path) -> None:
    whole = begun(tmp_path / "j").read_bytes()
    ends = [index for index, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole)):
        (tmp_path / "j").write_bytes(whole[:size])
        with Journal(tmp_path / "j", HEAD) as journal:
            kept = max(sum(end < size for end in ends) - 1, 0)
            assert list(journal.entries()) == ENTRIES[:kept]
            journal.add("again")
        with Journal(tmp_path / "j", HEAD) as journal:
            assert list(journal.entries()) == [*ENTRIES[:kept], "again"]


def test_another_question_is_refused_and_restart_begins_anew(tmp_path: Path) -> None:
    path = begun(tmp_path / "j")
    other = {**HEAD, "model": "roberta", "revision": "34"}
    with pytest.raises(InputError, match=r"begun with another model, revision: use --restart\."):
        Journal(path, other, advice="use --restart")
    assert path.read_bytes() == begun(tmp_path / "k").read_bytes()
    with Journal(path, other, restart=True) as journal:
        assert list(journal.entries()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"my own notes\n",
        b"null\n",
        b"99\n",
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b'{"input": "ab", "model": "llama", "revision": "12"}\n',
        b"%08x [1]\n" % zlib.crc32(b"[1]"),
    ],
)
def test_a_strangers_file_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j").write_bytes(content)
    with pytest.raises(InputError, match="not begun by a run"):
        Journal(tmp_path / "j", HEAD)
    assert (tmp_path / "j").read_bytes() == content


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"99",
        b'[["text", [0.5, 0.5], ""]]',
        b'[[99, [0.5, 0.5], ""]]',
        b"[" * 100_000 + b"]" * 100_000,
        b"%08x %b" % (zlib.crc32(b"[" * 100_000), b"[" * 100_000),
        b"\xff\xfe\x00",
        b"",
        b"9" * 5000,
    ],
)
def test_a_line_no_run_wrote_is_dropped_with_all_behind_it(tmp_path: Path, line: bytes) -> None:
    lines = begun(tmp_path / "j").read_bytes().splitlines(keepends=True)
    (tmp_path / "j").write_bytes(b"".join([*lines[:2], line, b"\n", *lines[2:]]))
    with Journal(tmp_path / "j", HEAD) as journal:
        assert list(journal.entries()) == ENTRIES[:1]


def test_two_runs_never_write_one_file(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", HEAD), pytest.raises(InputError, match="Another run is writing"):
        Journal(tmp_path / "j", HEAD, restart=True)
    with Journal(tmp_path / "j", HEAD) as journal:
        journal.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero", "", "no/such", "x" * 300):
        with pytest.raises(InputError):
            Journal(tmp_path / name, HEAD)


def test_the_head_may_hold_what_json_turns_into_something_else(tmp_path: Path) -> None:
    head = {"models": ("a", "b")}
    with Journal(tmp_path / "j", head):
        pass
    with Journal(tmp_path / "j", json.loads(json.dumps(head))) as journal:
        assert list(journal.entries()) == []
