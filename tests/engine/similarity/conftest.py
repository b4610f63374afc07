from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from engine.corpora import read_table
from engine.corpora.store import SongStore, store_of_table

SEA, ROAD = "tide harbour anchor sail".split(), "engine gravel motel truck".split()  # noqa: SIM905


class CountingEncoder:
    """Reads a song as how much of it is of the sea and of the road; counts what it read."""

    width = 4

    def __init__(self) -> None:
        self.read: list[str] = []

    def vectors(self, songs: Sequence[str]) -> NDArray[np.float16]:
        self.read += songs
        rows: list[Any] = []
        for song in songs:
            words = song.split()
            sea, road = (sum(word in of for word in words) for of in (SEA, ROAD))
            rows.append([1 + sea, 1 + road, len(set(words)) / 50, 0.1])
        found = np.array(rows, float)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture
def counting() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def store(tmp_path: Path) -> SongStore:
    """20 songs of the sea, 12 of the road, one twice and one with next to the same words."""
    rows = [
        {"title": f"Sea {n}", "artist": "Ann", "genre": "folk", "lyrics": _song(SEA, n)}
        for n in range(20)
    ]
    rows += [
        {"title": f"Road {n}", "artist": "Bob", "genre": "rock", "lyrics": _song(ROAD, n)}
        for n in range(12)
    ]
    rows.append({**rows[0], "title": "Sea 0 again"})
    rows.append({**rows[0], "title": "Sea 0 live", "lyrics": f"{rows[0]['lyrics']} hey"})
    table = read_table("songs.csv", pd.DataFrame(rows).to_csv(index=False).encode())
    store_of_table(table, tmp_path / "songs.duckdb", "songs")
    return SongStore(tmp_path / "songs.duckdb")


def _song(words: Sequence[str], number: int) -> str:
    drawn = np.random.default_rng(number).choice([*words, "the", "and", "night"], 40)
    return "\n".join(" ".join(drawn[at : at + 8]) for at in range(0, 40, 8))
