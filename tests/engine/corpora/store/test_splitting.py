"""Splits that leak nothing: no artist, no text, no near copy in two parts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from engine.corpora.store import SongStore
from engine.corpora.store.genius import GeniusFiles, import_genius
from engine.corpora.store.near_duplicates import alike_pairs, groups, signatures
from engine.corpora.store.splitting import PARTS, split
from engine.corpora.store.tags import not_genres
from engine.errors import CancelledError, InputError

chance = random.Random(3)  # noqa: S311 - not for secrets
WORDS = [f"w{n}" for n in range(400)]


def words(count: int = 60) -> str:
    return " ".join(chance.choices(WORDS, k=count))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SongStore:
    folder = tmp_path_factory.mktemp("genius")
    songs: list[dict[str, Any]] = []
    lyrics: list[dict[str, str]] = []

    def add(name: str, artist: str, tags: list[str], text: str) -> None:
        page = f"{artist}-{name}-lyrics"
        songs.append({"url_name": page, "primary_artist": artist, "tags": tags, "title": name})
        lyrics.append({"song": page, "lyrics": text})

    for number in range(200):
        genre = ("rap", "pop", "uk folk")[number % 3]
        add(f"song-{number}", f"Artist-{number % 40}", [genre, "uk"], words())
    known = lyrics[0]["lyrics"]
    add("cover", "Coverer", ["rap"], f"{known} and one word more")
    add("SONG-1", "artist-1", ["pop"], words())
    add("alias", "Artist-one", ["pop"], words())
    add("short", "Artist-2", ["pop"], "too short")
    add("prose", "Artist-3", ["non-music"], words())
    lines = ("\n".join(map(json.dumps, rows)) for rows in (lyrics, songs))
    for name, text in zip(("lyrics.jl", "song_info.jl"), lines, strict=True):
        (folder / name).write_text(text)
    (folder / "map_artist_names.csv").write_text("Artist-one,Artist-1\n")
    import_genius(GeniusFiles.of_folder(folder), folder / "songs.duckdb")
    return SongStore(folder / "songs.duckdb")


def test_parts_share_no_artist_and_no_text(store: SongStore, tmp_path: Path) -> None:
    report = split(store, tmp_path, not_genres())
    parts = {part: pd.read_parquet(tmp_path / f"{part}.parquet") for part in PARTS}

    whole = pd.concat(parts.values())
    assert {part: len(table) for part, table in parts.items()} == report.songs
    assert len(whole) == 201 == whole["id"].nunique()
    artists = [set(table["artist"]) for table in parts.values()]
    assert (
        not artists[0] & artists[1] and not artists[0] & artists[2] and not artists[1] & artists[2]
    )
    assert "Coverer" not in set(whole["artist"])
    assert "Artist one" not in set(whole["artist"]), "another spelling is the same artist"
    for table in parts.values():
        shares = table["genre"].value_counts(normalize=True)
        assert set(shares.index) == {"hip-hop", "pop", "folk"}
        assert shares.between(0.15, 0.55).all()
    assert {len(parts[part]) for part in PARTS[1:]} <= set(range(10, 31))
    assert set(map(tuple, whole["tags"])) == {("rap",), ("pop",), ("uk folk",)}
    assert set(whole["label_level"]) == {"track"}


def test_the_report_says_what_was_left_out_and_what_leaks(store: SongStore, tmp_path: Path) -> None:
    report = split(store, tmp_path, not_genres())
    assert report.left_out == {
        "fewer than 20 words": 1,
        "none of the twelve genres": 1,
        "nearly the same words as another song": 1,
        "artist and title of another song": 1,
    }
    leaks = dict(report.leaks)
    leaks.pop("near_duplicates_at_random")
    assert leaks == {"artists": 0, "texts": 0, "near_duplicates": 0}
    assert report.passed_over == ["uk"]
    told = json.loads((tmp_path / "split.json").read_text())
    assert told["songs"] == report.songs


def test_a_training_reads_what_is_written(store: SongStore, tmp_path: Path) -> None:
    from train.genre_data import read_splits, top_tags

    split(store, tmp_path, not_genres(), top=2)
    splits = read_splits(tmp_path)
    assert sum(map(len, splits.values())) == 201
    assert len(top_tags(splits["train"])) == 2


def test_a_cancelled_split_writes_nothing(store: SongStore, tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        split(store, tmp_path / "out", not_genres(), cancelled=lambda: True)
    assert not (tmp_path / "out").exists()


def test_too_few_songs_are_told(tmp_path: Path) -> None:
    from engine.corpora import read_table
    from engine.corpora.store import store_of_table

    table = read_table("a.csv", f"genre,lyrics\nrock,{words()}\n".encode())
    store_of_table(table, tmp_path / "s.duckdb", "a.csv")
    with pytest.raises(InputError, match="Only 1 songs by 1 artists"):
        split(SongStore(tmp_path / "s.duckdb"), tmp_path / "out", not_genres())


def test_songs_are_alike_by_their_words_in_a_row() -> None:
    text = words(200)
    changed = text.split()
    changed[50:55] = ["other"] * 5
    songs = [text, words(200), " ".join(changed), " ".join(reversed(text.split())), text, "", ""]
    signed = signatures(songs)
    found = groups(len(songs), alike_pairs(signed))
    assert found.tolist() == [0, 1, 0, 3, 0, 5, 5]
