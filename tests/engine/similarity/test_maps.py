from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from engine.corpora.store import ALL, SongStore
from engine.errors import CancelledError, EngineError, InputError
from engine.similarity import layout, maps
from engine.similarity.clusters import groups_of, usual_count
from engine.similarity.embedding import embed, sample_of
from engine.similarity.layout import PCA, UMAP, laid_out, main_directions
from engine.similarity.maps import make_map
from engine.similarity.neighbours import songs_like
from engine.similarity.vectors import Vectors, song_keys, vectors_beside
from tests.engine.similarity.conftest import CountingEncoder


@pytest.fixture
def read(store: SongStore, counting: CountingEncoder) -> Vectors:
    path = vectors_beside(store.path, "tiny-1")
    embed(store, sample_of(store, ALL, 100), counting, Vectors(path, 4))  # type: ignore[arg-type]
    return Vectors(path, 4)


def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Another process in the place of UMAP's."""
    path = tmp_path / "stub.py"
    path.write_text(f"import shutil, sys, time\n{code}\n")
    monkeypatch.setattr(layout, "_PROCESS", path)
    monkeypatch.setattr(layout, "umap_available", lambda: True)


def test_songs_that_are_alike_lie_together_and_groups_have_their_words(
    store: SongStore, read: Vectors
) -> None:
    rows = sample_of(store, ALL, 100)
    made = make_map(store, rows, read, 2)
    assert made.method == PCA, "so few songs"
    genre = dict(store.rows('SELECT "row", genre FROM songs'))
    by_genre = {
        name: {int(g) for r, g in zip(rows, made.groups, strict=True) if genre[int(r)] == name}
        for name in ("folk", "rock")
    }
    assert by_genre == {"folk": {0}, "rock": {1}}
    sea, road = made.clusters
    assert (sea.songs, road.songs) == (22, 12)
    assert set(sea.words[:4]) == {"tide", "harbour", "anchor", "sail"}
    assert set(road.words[:4]) == {"engine", "gravel", "motel", "truck"}
    assert not {"the", "and"} & {*sea.words, *road.words}, "function words name nothing"
    assert sea.name == " · ".join(sea.words[:3])
    assert abs(sea.x - road.x) > 0.5
    assert np.abs(made.points).max() == pytest.approx(1)


def test_a_map_is_made_once_for_the_same_songs(
    store: SongStore, read: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sample_of(store, ALL, 100)
    made = make_map(store, rows, read, 2)
    with monkeypatch.context() as patch:
        patch.setattr(maps, "main_directions", lambda *_: pytest.fail("it was made anew"))
        again = make_map(store, rows, read, 2)
    assert (again.points == made.points).all()
    assert again.clusters == made.clusters
    (kept,) = store.path.parent.glob("*.map.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert (make_map(store, rows, read, 2).points == made.points).all()
    for songs in range(20, 34):
        make_map(store, rows[:songs], read, 2)
    assert len(list(store.path.parent.glob("*.map.npz"))) == 8
    with pytest.raises(InputError, match="at least 3 songs"):
        make_map(store, rows[:2], read, 2)


def test_umap_runs_in_a_process_of_its_own_and_tells_its_rounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path, monkeypatch, "print('epoch 5 10', flush=True)\nshutil.copy(*sys.argv[1:3])")
    told: list[tuple[int, int]] = []
    points = np.arange(100, dtype=np.float32).reshape(50, 2)
    found = laid_out(points, lambda *step: told.append(step))
    assert found.method == UMAP
    assert told == [(5, 10)]
    assert found.points[0] == pytest.approx([-1, -1])
    assert found.points[-1] == pytest.approx([1, 1])


def test_umap_is_stopped_at_once_and_says_why_it_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.zeros((50, 3), np.float32)
    stub(tmp_path, monkeypatch, "time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(CancelledError, match="The map was cancelled"):
        laid_out(points, cancelled=lambda: True)
    assert time.monotonic() - began < 30
    stub(tmp_path, monkeypatch, "sys.exit('no memory is left')")
    with pytest.raises(EngineError, match="no memory is left"):
        laid_out(points)


def test_without_umap_a_map_is_of_the_main_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "find_spec", lambda _name: None)
    vectors = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float16)
    vectors[:, 2] *= 5
    directions = main_directions(vectors)
    found = laid_out(directions)
    assert found.method == PCA
    assert abs(np.corrcoef(found.points[:, 0], vectors[:, 2])[0, 1]) > 0.99
    assert (main_directions(vectors) == directions).all()
    assert laid_out(main_directions(np.ones((3, 1), np.float16))).points.shape == (3, 2)


def test_groups_are_as_many_as_there_can_be() -> None:
    same = np.ones((5, 2), np.float32)
    assert set(groups_of(same, 4).tolist()) == {0}
    assert usual_count(5) == 4
    assert usual_count(100_000) == 16


def test_songs_like_one_leave_itself_out_and_tell_the_same_text(
    store: SongStore, read: Vectors
) -> None:
    rows = np.sort(sample_of(store, ALL, 100))
    places = read.places(song_keys(store, rows))
    titles = dict(store.rows('SELECT "row", title FROM songs'))
    found = songs_like(store, 0, rows, places, read.values, read.values[places[0]], count=6)
    assert {titles[one.row] for one in found if one.same_text} == {"Sea 0 again", "Sea 0 live"}
    others = [one for one in found if not one.same_text]
    assert len(others) == 6
    assert all(titles[one.row].startswith("Sea") and one.row != 0 for one in others)
    likeness = [one.cosine for one in found]
    assert likeness == sorted(likeness, reverse=True)
    near = {one.row: one.cosine for one in found}
    own = read.values[places[0]].astype(np.float32)
    for row, cosine in near.items():
        assert cosine == pytest.approx(
            float(read.values[places[row]].astype(np.float32) @ own), abs=1e-3
        )


def test_a_map_whose_numbers_are_damaged_is_made_anew(store: SongStore, read: Vectors) -> None:
    rows = sample_of(store, ALL, 100)
    made = make_map(store, rows, read, 2)
    (path,) = store.path.parent.glob("*.map.npz")
    whole = path.read_bytes()
    for at in range(60, len(whole), len(whole) // 12):  # packed numbers, names and the index
        path.write_bytes(whole[:at] + bytes(9) + whole[at + 9 :])
        again = make_map(store, rows, read, 2)
        assert np.array_equal(again.points, made.points)
