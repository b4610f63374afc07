"""Doubles and leaks that were put into a table are found, and nothing else."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pandas as pd
import pytest

from engine.__main__ import main
from engine.corpora import read_table
from engine.corpora.store import Filters, SongStore, store_of_table
from engine.corpora.store.doubles import doubles
from engine.corpora.store.leaks import NEAR, SAME, Part, leaks
from engine.errors import CancelledError, InputError

chance = random.Random(5)  # noqa: S311 - not for secrets
WORDS = [f"word{n}" for n in range(300)]


def lyric() -> str:
    return "\n".join(" ".join(chance.choices(WORDS, k=6)) for _ in range(10))


def changed(text: str, words: int = 1) -> str:
    return " ".join(["altogether"] * words + text.split(" ")[words:])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Sixty songs; 3, 20 and 40 are one song, 5 and 41 the same words, Ann sings in both parts."""
    texts = [lyric() for _ in range(60)]
    texts[20], texts[40] = changed(texts[3]), changed(texts[3], 2)
    texts[41] = texts[5].upper()
    return pd.DataFrame(
        {
            "title": [f"Title {n}" for n in range(60)],
            "artist": ["Ann" if n in (0, 1, 50) else f"Artist {n}" for n in range(60)],
            "genre": ["pop" if n % 2 else "folk" for n in range(60)],
            "split": ["train" if n < 40 else "test" for n in range(60)],
            "lyrics": texts,
        }
    )


@pytest.fixture(scope="module")
def store(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> SongStore:
    place = tmp_path_factory.mktemp("leaks") / "songs.duckdb"
    store_of_table(read_table("songs.csv", table.to_csv(index=False).encode()), place, "songs")
    return SongStore(place)


def test_a_column_that_tells_the_split_becomes_the_part(store: SongStore) -> None:
    assert store.names("source") == ["train", "test"]


def test_the_songs_that_were_doubled_are_found(store: SongStore) -> None:
    steps: list[tuple[int, int]] = []
    found = doubles(store, progress=lambda *step: steps.append(step))
    assert [group.rows for group in found.groups] == [(3, 20, 40), (5, 41)]
    assert 0.7 <= found.groups[0].likeness < 1 == found.groups[1].likeness
    assert (found.songs, found.spare, steps[-1]) == (60, 3, (60, 60))
    assert [g.rows for g in doubles(store, Filters(genres=("folk",))).groups] == [(20, 40)]
    with pytest.raises(CancelledError):
        doubles(store, cancelled=lambda: True)


def split_parts(store: SongStore) -> list[Part]:
    return [Part(name, store, Filters(sources=(name,))) for name in ("train", "test")]


def test_leaks_between_parts_are_those_that_were_made(store: SongStore) -> None:
    found = leaks(split_parts(store))
    assert found.songs == {"train": 40, "test": 20}
    assert found.artists.to_dict("records") == [
        {"artist": "Ann", "one": "train", "other": "test", "songs_one": 2, "songs_other": 1}
    ]
    told = found.pairs[["kind", "row_one", "row_other"]].to_numpy().tolist()
    assert told[0] == [SAME, 5, 41]
    assert {tuple(pair) for pair in told[1:]} <= {(NEAR, 3, 40), (NEAR, 20, 40)}
    assert len(told) >= 2
    assert json.loads(json.dumps(found.report))["pairs"][0]["title_one"] == "Title 5"


def test_songs_of_two_overlapping_parts_are_counted_but_are_no_pairs(store: SongStore) -> None:
    found = leaks([Part("all", store), Part("pop", store, Filters(genres=("pop",)))])
    assert found.in_both == 30
    assert (found.pairs["row_one"] != found.pairs["row_other"]).all()
    assert [5, 41] in found.pairs[["row_one", "row_other"]].to_numpy().tolist()


def test_parts_without_leaks_have_none(store: SongStore) -> None:
    found = leaks(
        [
            Part("first", store, Filters(sources=("train",), genres=("folk",))),
            Part("second", store, Filters(sources=("train",), genres=("pop",))),
        ]
    )
    assert found.pairs[found.pairs["kind"] == SAME].empty
    assert found.artists["artist"].tolist() == ["Ann"]


def test_what_cannot_be_compared_is_refused_in_a_sentence(store: SongStore) -> None:
    with pytest.raises(InputError, match="two or more parts"):
        leaks([Part("train", store)])
    with pytest.raises(InputError, match="'jazz' holds no song"):
        leaks([Part("all", store), Part("jazz", store, Filters(genres=("jazz",)))])


def test_the_command_line_tells_doubles_and_leaks(
    table: pd.DataFrame, store: SongStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "doubles.csv"
    assert main(["corpus", "doubles", str(store.path), "--output", str(listed)]) == 0
    assert "2 groups" in capsys.readouterr().out
    assert pd.read_csv(listed)["title"].tolist() == [f"Title {n}" for n in (3, 20, 40, 5, 41)]

    report = tmp_path / "leaks.json"
    assert main(["corpus", "leaks", str(store.path), "--output", str(report)]) == 0
    assert "1 artist" in capsys.readouterr().out
    assert json.loads(report.read_text())["songs"] == {"train": 40, "test": 20}

    for name, rows in table.groupby("split"):
        rows.to_parquet(tmp_path / f"{name}.parquet")
    files = [str(tmp_path / f"{name}.parquet") for name in ("train", "test")]
    assert main(["corpus", "leaks", *files]) == 0
    told = capsys.readouterr().out
    assert "train.parquet and test.parquet" in told
    assert main(["corpus", "leaks", files[0]]) == 2
