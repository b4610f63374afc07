"""The songs of an evaluation: a table, or a folder of ChordPro files such as the songbook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.classifiers.prediction import GENRES
from engine.corpora.songbook import songbook, songbook_folder
from engine.errors import InputError
from engine.evaluation.files import evaluated_file, training_file
from engine.evaluation.tasks.data import WHOLE, genre_songs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three songs of ours."""
    found = tmp_path / "mine"
    found.mkdir()
    for path in sorted(songbook_folder().glob("*.cho"))[:3]:
        shutil.copy(path, found)
    return found


def test_the_songbook_is_a_test_set_of_every_genre() -> None:
    found = genre_songs(songbook_folder())
    assert (found.dataset, found.split, found.problems) == ("songbook", WHOLE, ())
    assert set(found.table["reference"]) == set(GENRES)
    assert len(set(found.table["id"])) == len(found.lyrics) == len(songbook())
    assert not any(genre in identity for genre in GENRES for identity in found.table["id"])


def test_songs_of_one_writer_stand_each_for_itself(tmp_path: Path) -> None:
    assert genre_songs(songbook_folder()).table["cluster"].nunique() == len(songbook())
    path = tmp_path / "songs.csv"
    path.write_text("artist,genre,lyrics\nA,pop,la la\nA,pop,da da\nB,rock,na na\n")
    assert genre_songs(path).table["cluster"].nunique() == 2


def test_a_changed_song_makes_another_test_set(folder: Path) -> None:
    before = genre_songs(folder)
    path = next(iter(folder.glob("*.cho")))
    path.write_bytes(path.read_bytes() + b"\n")
    after = genre_songs(folder)
    assert list(after.table["id"]) == list(before.table["id"])
    assert after.sha256 != before.sha256
    path.unlink()
    assert genre_songs(folder).sha256 not in {before.sha256, after.sha256}


def test_some_songs_of_a_folder_are_drawn_and_named_so(folder: Path) -> None:
    found = genre_songs(folder, limit=2)
    assert (found.dataset, found.split) == ("mine", "whole (2 songs drawn, seed 0)")
    assert len(found.table) == 2


def test_a_file_that_is_no_song_is_named(folder: Path) -> None:
    (folder / "bad.cho").write_bytes(b"")
    with pytest.raises(InputError, match=r"^mine/bad\.cho: "):
        genre_songs(folder)


def test_a_folder_of_songs_is_taken_only_where_a_task_reads_it(folder: Path) -> None:
    assert evaluated_file(folder, (".csv",), sheets=True) == folder
    with pytest.raises(InputError, match=r"no file called test\.csv"):
        evaluated_file(folder, (".csv",))
    with pytest.raises(InputError, match="name its training file"):
        training_file(folder, None)
    (folder / "test.csv").write_text("lyrics\n")
    assert evaluated_file(folder, (".csv",), sheets=True) == folder / "test.csv"
