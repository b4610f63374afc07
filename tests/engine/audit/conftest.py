"""A small set whose slices, suspects and words of errors are known, with two models' answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.audit.answers import ASKED, Answers, song_keys
from engine.audit.comparison import Compared, compared
from engine.corpora import read_table
from engine.corpora.store import ALL, SongStore, store_of_table

LABELS = ("folk", "pop", "rock")
SONGS = 120


def genre_of(number: int) -> str:
    return LABELS[number % 3]


def year_of(number: int) -> int:
    return 1985 if number < 60 else 1995


def is_hard(number: int) -> bool:
    """Rock of the nineties, which the first model tells as pop."""
    return genre_of(number) == "rock" and year_of(number) == 1995


def lyrics_of(number: int) -> str:
    mark = "neon neon" if is_hard(number) else "gravel gravel"
    return f"song {number} sings of rain and rivers\n{mark} in the morning light"


def songs_table() -> pd.DataFrame:
    """All of them."""
    return pd.DataFrame(
        {
            "id": [f"s{n}" for n in range(SONGS)],
            "title": [f"Title {n}" for n in range(SONGS)],
            "artist": [f"Artist {n % 40}" for n in range(SONGS)],
            "year": [year_of(n) for n in range(SONGS)],
            "genre": [genre_of(n) for n in range(SONGS)],
            "lyrics": [lyrics_of(n) for n in range(SONGS)],
        }
    )


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return songs_table()


@pytest.fixture(scope="session")
def store(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> SongStore:
    place = tmp_path_factory.mktemp("audit") / "songs.duckdb"
    data = table.to_csv(index=False).encode()
    store_of_table(read_table("songs.csv", data), place, "songs.csv")
    return SongStore(place)


def sure_of(label: str, share: float = 0.8) -> list[float]:
    rest = (1 - share) / (len(LABELS) - 1)
    return [share if one == label else rest for one in LABELS]


@pytest.fixture(scope="session")
def first(store: SongStore) -> Answers:
    """Errs on all rock of the nineties, and nowhere else."""
    said = ["pop" if is_hard(n) else genre_of(n) for n in range(SONGS)]
    return answers_of("First", said, store)


@pytest.fixture(scope="session")
def second(store: SongStore) -> Answers:
    """Is always right, but tells song 7 ("pop") and song 10 ("pop") as folk."""
    said = ["folk" if n in (7, 10) else genre_of(n) for n in range(SONGS)]
    return answers_of("Second", said, store)


def answers_of(name: str, said: list[str], store: SongStore) -> Answers:
    keys = song_keys(store)
    shares = np.array([sure_of(label, 0.97 if label == "folk" else 0.8) for label in said])
    return Answers(name, "", ASKED, LABELS, keys[["id", "text"]], shares.astype(np.float32))


@pytest.fixture(scope="session")
def whole(store: SongStore, first: Answers, second: Answers) -> Compared:
    return compared(store, ALL, [first, second], song_keys(store))
