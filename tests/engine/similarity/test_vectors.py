from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.corpora.store import ALL, Filters, SongStore
from engine.errors import CancelledError, InputError
from engine.similarity.embedding import embed, missing_rows, sample_of
from engine.similarity.vectors import Vectors, VectorsWriter, song_keys, vectors_beside
from tests.engine.similarity.conftest import CountingEncoder


def vectors_at(path: Path) -> Vectors:
    return Vectors(path, CountingEncoder.width)


@pytest.fixture
def place(store: SongStore) -> Path:
    return vectors_beside(store.path, "tiny-1")


def test_a_run_that_was_killed_goes_on_where_it_stopped(place: Path) -> None:
    with VectorsWriter(place, 4) as writer:
        writer.add([b"a" * 32, b"b" * 32], np.eye(2, 4, dtype=np.float16))
    place.write_bytes(place.read_bytes() + b"torn")
    assert len(vectors_at(place)) == 2
    with VectorsWriter(place, 4) as writer:
        writer.add([b"c" * 32], np.full((1, 4), 0.5, np.float16))
    found = vectors_at(place)
    keys = np.array([b"c" * 32, b"x" * 32, b"a" * 32])
    assert found.places(keys).tolist() == [2, -1, 0]
    assert found.values[2].tolist() == [0.5] * 4
    assert vectors_at(place.with_name("none")).places(keys).tolist() == [-1] * 3


def test_two_never_write_one_file(place: Path) -> None:
    with (
        VectorsWriter(place, 4),
        pytest.raises(InputError, match="are being read by another run"),
    ):
        VectorsWriter(place, 4)
    with pytest.raises(InputError, match="cannot be written"):
        VectorsWriter(place / "x.vectors", 4)


def test_a_larger_sample_has_all_songs_of_a_smaller_one(store: SongStore) -> None:
    small, large = sample_of(store, ALL, 5), sample_of(store, ALL, 20)
    assert len(small) == 5
    assert large[:5].tolist() == small.tolist()
    assert small.tolist() != sorted(small.tolist())
    rock = sample_of(store, Filters(genres=("rock",)), 100)
    assert len(rock) == 12
    assert len(sample_of(store, Filters(search="no such word"), 9)) == 0


def test_only_what_has_no_vector_is_read_and_each_text_once(
    store: SongStore, place: Path, counting: CountingEncoder
) -> None:
    some = sample_of(store, ALL, 10)
    embed(store, some, counting, vectors_at(place))  # type: ignore[arg-type]
    before = len(counting.read)
    every = sample_of(store, ALL, 100)
    told: list[tuple[int, int]] = []
    rate = embed(store, every, counting, vectors_at(place), lambda *t: told.append(t))  # type: ignore[arg-type]
    assert rate > 0
    assert len(counting.read) == len(set(counting.read)) == 33
    assert told[-1] == (33 - before, 33 - before)
    found = vectors_at(place)
    assert (found.places(song_keys(store, every)) >= 0).all()
    assert embed(store, every, counting, found) == 0.0  # type: ignore[arg-type]
    assert len(missing_rows(store, found, every)[0]) == 0


def test_what_was_read_before_a_cancel_is_kept(
    store: SongStore, place: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.similarity.embedding.CHUNK", 5)
    every = sample_of(store, ALL, 100)
    asked = iter([False, False, True])
    with pytest.raises(CancelledError, match="after 10 of 33 songs; these are kept"):
        embed(store, every, counting, vectors_at(place), cancelled=lambda: next(asked))  # type: ignore[arg-type]
    assert len(vectors_at(place)) == 10
    embed(store, every, counting, vectors_at(place))  # type: ignore[arg-type]
    assert len(counting.read) == 33
