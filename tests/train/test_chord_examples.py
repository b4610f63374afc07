"""A damaged file of progressions ends a training in one sentence that names the row."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.generator.vocabulary import Vocabulary
from engine.models.presets import slot
from train.chord_examples import read_progressions

SONG = {"title": "Rain", "genre": None, "key": "C", "sections": [{"bars": [[["C:maj", 4]]]}]}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.read(slot("tinyllama", "embedded").folder)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("{", "Row 2"),
        (json.dumps({**SONG, "sections": [3]}), "Row 2"),
        (json.dumps({**SONG, "key": "J"}), "Row 2 of .*'J'"),
    ],
)
def test_a_row_that_is_none_is_named(
    tmp_path: Path, vocabulary: Vocabulary, second: str, told: str
) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(f"{json.dumps(SONG)}\n{second}\n".encode()))
    assert [one.title for one in read_progressions(path, vocabulary, 1)] == ["rain"]
    with pytest.raises(InputError, match=told):
        read_progressions(path, vocabulary)


def test_a_file_that_is_cut_is_told(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(SONG).encode())[:-10])
    with pytest.raises(InputError, match="no whole gzip file"):
        read_progressions(path, vocabulary)
