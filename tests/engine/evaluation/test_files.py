"""A path that would be read without end, or into all memory, is refused before it is opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.corpora.reading import MAX_BYTES
from engine.errors import InputError
from engine.evaluation.files import evaluated_file, regular_file, training_file


def test_devices_pipes_and_links_to_them_are_refused(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.csv", tmp_path / "songs.csv"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    for path in (Path("/dev/zero"), pipe, link):
        with pytest.raises(InputError, match="a file is accepted"):
            evaluated_file(path, (".csv",))
    with pytest.raises(InputError, match="a file is accepted"):
        training_file(tmp_path / "test.csv", pipe)


def test_a_file_beyond_any_table_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse: takes no room
    with pytest.raises(InputError, match="at most 200 MB are read"):
        regular_file(path)


def test_a_folder_stands_for_the_file_called_test(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file called test.csv, test.tsv"):
        evaluated_file(tmp_path, (".csv", ".tsv"))
    (tmp_path / "test.tsv").write_text("lyrics\n")
    assert evaluated_file(tmp_path, (".csv", ".tsv")) == tmp_path / "test.tsv"


def test_a_training_file_is_found_beside_or_asked_for(tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl.gz"
    with pytest.raises(InputError, match=r"no 'train\.jsonl\.gz' beside"):
        training_file(test, None)
    (tmp_path / "train.jsonl.gz").write_bytes(b"")
    assert training_file(test, None).name == "train.jsonl.gz"


@pytest.mark.parametrize("path", [Path("a\0b"), Path("x" * 5000), Path("/none/such.csv")])
def test_what_cannot_be_looked_at_is_one_sentence(path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        evaluated_file(path, (".csv",))
