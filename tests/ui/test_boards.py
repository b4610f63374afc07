"""Test sets have names that people read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.evaluation.board.records import EvaluationRecord, append_records
from engine.evaluation.board.sets import EvaluationSet
from tests.pages.leaderboard.conftest import record
from ui import boards


@pytest.fixture
def titles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What sets with these fields are called when they are all there is."""
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path))

    def told(*sets: dict[str, object]) -> list[str]:
        made: list[EvaluationRecord] = [record("llama", "accuracy", 0.5, **one) for one in sets]
        append_records(made)
        return [
            boards.set_title(EvaluationSet("genre", r.dataset, r.split, r.dataset_sha256))
            for r in made
        ]

    return told


def test_sets_are_called_by_what_they_are(titles: Callable[..., list[str]]) -> None:
    assert titles(
        {"dataset": "genre", "n": 2405},
        {"dataset": "genre", "split": "test (60 songs drawn, seed 0)", "n": 60},
        {"dataset": "songbook", "split": "whole", "n": 60},
        {"dataset": "upload", "split": "mine", "n": 1},
        {"dataset": "own", "split": "live songs", "n": 12},
    ) == [
        "Genre corpus, test part (2,405 songs)",
        "Genre corpus, test part (60 songs drawn, seed 0)",
        "Songbook (60 songs)",
        "mine, an uploaded file (1 song)",
        "own, live songs (12 songs)",
    ]


def test_two_files_of_one_name_are_told_apart(titles: Callable[..., list[str]]) -> None:
    assert titles({"dataset_sha256": "ab" * 32}, {"dataset_sha256": "cd" * 32}) == [
        "songs, test part (100 songs, file abababab)",
        "songs, test part (100 songs, file cdcdcdcd)",
    ]
