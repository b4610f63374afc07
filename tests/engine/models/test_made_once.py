"""What is kept in the cache is as it was made, or is made again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.models.made_once import MARK, made_once


@pytest.fixture
def made(tmp_path: Path) -> Callable[[], int]:
    times = 0

    def fill(folder: Path) -> None:
        nonlocal times
        times += 1
        (folder / "model.safetensors").write_bytes(b"weights" * 100)

    def make() -> int:
        assert made_once(tmp_path / "base", fill, {"sha256": "ab"}) == tmp_path / "base"
        assert (tmp_path / "base" / "model.safetensors").read_bytes() == b"weights" * 100
        return times

    return make


def test_it_is_made_once(made: Callable[[], int]) -> None:
    assert [made(), made()] == [1, 1]


@pytest.mark.parametrize("fault", ["cut", "other", "gone", "mark", "unmarked"])
def test_what_is_not_as_it_was_made_is_made_again(
    made: Callable[[], int], tmp_path: Path, fault: str
) -> None:
    made()
    weights, mark = tmp_path / "base" / "model.safetensors", tmp_path / "base" / MARK
    if fault == "cut":
        weights.write_bytes(b"weights" * 50)
    elif fault == "other":
        weights.write_bytes(b"WEIGHTS" * 100)
        os.utime(weights, (1, 1))
    elif fault == "gone":
        weights.unlink()
    elif fault == "mark":
        mark.write_text("[" * 100_000, "utf-8")
    else:
        mark.unlink()
    assert made() == 2


@pytest.mark.parametrize("moment", [0, 2_000_000_000, 4_000_000_000])
def test_a_copy_or_a_clock_that_jumped_changes_nothing(
    made: Callable[[], int], tmp_path: Path, moment: int
) -> None:
    made()
    os.utime(tmp_path / "base" / "model.safetensors", (moment, moment))
    assert made() == 1


def test_what_a_killed_process_left_goes(made: Callable[[], int], tmp_path: Path) -> None:
    (tmp_path / ".base.unfinished").mkdir()
    (tmp_path / ".base.unfinished" / "half").write_bytes(b"x")
    made()
    assert not (tmp_path / ".base.unfinished").exists()
    assert not (tmp_path / "base" / "half").exists()


def test_a_cache_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(WeightsError, match="LYRICLAB_CACHE"):
        made_once(tmp_path / "file" / "base", lambda _: None, {})
