from __future__ import annotations

from pathlib import Path

import pytest

from engine.corpora.store import lines
from engine.corpora.store.lines import blocks_of, read_ahead
from engine.corpora.store.writing import Reached


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_lines_and_their_numbers_do_not_hang_on_blocks(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.jl"
    path.write_bytes(b"one\n\ntwo longer\nthree")
    found = [line for block in blocks_of(path, Reached(), size) for line in block.lines]
    assert found == [(1, b"one"), (2, b""), (3, b"two longer"), (4, b"three")]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_reading_goes_on_behind_any_block(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.jl"
    path.write_bytes(b"one\n\ntwo longer\nthree\n")
    whole = [line for block in blocks_of(path, Reached(), size) for line in block.lines]
    before: list[tuple[int, bytes]] = []
    for block in blocks_of(path, Reached(), size):
        before += block.lines
        behind = [line for b in blocks_of(path, block.reached, size) for line in b.lines]
        assert before + behind == whole


def test_a_line_without_an_end_is_cut_and_the_next_keeps_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_RECORD", 10)
    path = tmp_path / "a.jl"
    path.write_bytes(b"one\n" + b"x" * 1000 + b"\nthree\n")
    found = [line for block in blocks_of(path, Reached(), 16) for line in block.lines]
    assert found == [(1, b"one"), (2, b"x" * 11), (3, b"three")]


def test_what_is_read_ahead_comes_in_order_and_its_errors_too() -> None:
    assert list(read_ahead(range(4), lambda n: n * n)) == [(0, 0), (1, 1), (2, 4), (3, 9)]
    with pytest.raises(ZeroDivisionError):
        list(read_ahead([1, 0], lambda n: 1 / n))
