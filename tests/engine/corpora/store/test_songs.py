"""What a store answers about songs that pass filters."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from engine.corpora import read_table, songbook
from engine.corpora.store import UNKNOWN, Filters, SongStore, hits, store_of_sheets, store_of_table
from engine.corpora.store import songs as songs_of_store
from engine.corpora.store.schema import sung
from engine.errors import InputError
from engine.formats import json_format
from engine.lyrics import Lyrics

TABLE = '''title,artist,year,genre,lyrics
Slow Rain,Ann,1999,folk,"[Verse 1: Ann]
Slow rain on the valley road"
Fast Rain,Bob,2005,punk,"Fast snow, it's cold"
"Bob's ""Moon""",Bob,,,Low moon
No Words,Bob,2006,punk,
'''


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SongStore]:
    path = tmp_path_factory.mktemp("store") / "songs.duckdb"
    store_of_table(read_table("songs.csv", TABLE.encode()), path, "songs.csv")
    made = SongStore(path)
    yield made
    made.close()


def titles(store: SongStore, **filters: Any) -> list[str]:
    return store.table(Filters(**filters))["title"].tolist()


SLOW, FAST, MOON = "Slow Rain", "Fast Rain", 'Bob\'s "Moon"'


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        ({}, [SLOW, FAST, MOON]),
        ({"genres": ("folk", "punk")}, [SLOW, FAST]),
        ({"genres": (UNKNOWN,)}, [MOON]),
        ({"tags": ("folk",)}, [SLOW]),
        ({"years": (2000, 2010)}, [FAST]),
        ({"words": (0, 4)}, [FAST, MOON]),
        ({"search": "rain"}, [SLOW, FAST]),
        ({"search": "  VALLEY   road"}, [SLOW]),
        ({"search": "it’s"}, [FAST]),
        ({"search": "verse"}, []),
        ({"search": "bob"}, [FAST, MOON]),
        ({"search": "' OR 1=1 --"}, []),
        ({"search": "%"}, []),
        ({"search": "rain", "genres": ("punk",)}, [FAST]),
        ({"rows": (2, 0)}, [SLOW, MOON]),
        ({"rows": (2, 0), "search": "rain"}, [SLOW]),
    ],
)
def test_filters_pass_what_they_say_and_the_sql_shown_says_the_same(
    store: SongStore, filters: dict[str, Any], passing: list[str]
) -> None:
    assert titles(store, **filters) == passing
    where = Filters(**filters).sql or "true"
    shown = store.rows(f'SELECT title FROM songs WHERE {where} ORDER BY "row"')  # noqa: S608
    assert [title for (title,) in shown] == passing
    assert store.overview(Filters(**filters)).songs == len(passing)


def test_a_chart_shows_what_passes_all_filters_but_its_own(store: SongStore) -> None:
    filters = Filters(genres=("folk",), years=(1990, 2010))
    assert store.genres(filters)["genre"].tolist() == ["folk", "punk"]
    assert store.years(filters)["year"].tolist() == [1999]
    assert not len(store.sources(filters))
    assert store.lengths(Filters(words=(0, 1)))["songs"].sum() == 3


def test_what_is_missing_is_counted(store: SongStore) -> None:
    whole = store.overview()
    assert (whole.songs, whole.words, whole.artists, whole.genres) == (3, 12, 2, 2)
    assert whole.missing == {"year": 1, "tags": 1, "title": 0, "artist": 0, "genre": 1, "lyrics": 0}
    assert store.span("year") == (1999, 2005)
    assert store.names("artist") == ["Bob", "Ann"]


def test_rows_left_out_are_listed_with_what_they_hold(store: SongStore) -> None:
    (row,) = store.bad().to_dict("records")
    assert row["line"] == 4
    assert row["reason"] == "The lyric is missing."
    assert "No Words" in row["text"]


def test_songs_pass_on_as_a_table(store: SongStore, tmp_path: Path) -> None:
    for name, read in (("a.csv", pd.read_csv), ("a'b.parquet", pd.read_parquet)):
        store.export(Filters(search="bob"), tmp_path / name)
        table = read(tmp_path / name)
        assert table["title"].tolist() == [FAST, MOON]
        assert "lyrics" in table and "sung" not in table


def test_the_songbook_keeps_its_chords(tmp_path: Path) -> None:
    sheets = songbook()[:3]
    store_of_sheets(sheets, tmp_path / "s.duckdb", "songbook", "0")
    store = SongStore(tmp_path / "s.duckdb")
    song = store.song(1)
    assert json_format.read(song["sheet"].encode()) == sheets[1]
    assert song["key"] == sheets[1].key.name
    assert song["words"] == sum(len(line.words) for line in sheets[1].lines)


def test_what_is_no_store_is_told_in_a_sentence(store: SongStore, tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"no database at all" * 1000)
    for path in (tmp_path / "a.duckdb", tmp_path / "none.duckdb", tmp_path):
        with pytest.raises(InputError, match="store of songs"):
            SongStore(path)
    with pytest.raises(InputError, match="no song number 99"):
        store.song(99)


def test_an_answer_larger_than_what_is_kept_in_memory_is_given_all_the_same(
    store: SongStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(songs_of_store, "MEMORY", "10MB")
    small = SongStore(shutil.copy(store.path, tmp_path / "small.duckdb"))
    try:
        large = small.frame("SELECT repeat('x', 1000000) || i AS text FROM range(20) t(i)")
        assert large["text"].str.len().sum() > 20_000_000
        ((limit,),) = small.rows("SELECT current_setting('memory_limit')")
        assert limit == "9.5 MiB"
    finally:
        small.close()


def test_words_are_counted_as_they_are_cut_whatever_blanks_stand_between() -> None:
    chance = random.Random(0)  # noqa: S311 - not for secrets
    parts = ["a", "rain", " ", " ", "  ", "\n", "\t", "\x1f", "\x1c", "\r", "\xa0", "\u2005", "é"]
    for _ in range(2000):
        told = sung("".join(chance.choices(parts, k=chance.randrange(8))))
        assert told.words == len(told.text.split()), repr(told.text)


@pytest.mark.parametrize(
    "lyrics",
    [
        "[Verse 1: Ann & Bob]\nRain on the hill\n\n[Hook]\nLow",
        "<i>Rain</i>\non",
        "Rain\n\n\n  falls  ",
    ],
)
def test_what_is_sung_is_told_quickly_as_models_read_it(lyrics: str) -> None:
    told, parsed = sung(lyrics), Lyrics.parse(lyrics)
    assert told.text.split() == parsed.text.lower().split()
    assert (told.words, told.lines) == (len(parsed.words), len(parsed.lines))


def test_hits_are_shown_in_their_lines() -> None:
    text = "Low moon\nIt’s  raining\nno"
    assert hits(text, "it's raining") == [("", "It’s  raining", "")]
    assert hits(text, "MOON") == [("Low ", "moon", "")]
    assert hits(text, "  ") == []


def test_a_store_still_held_when_python_ends_is_closed_without_a_report(store: SongStore) -> None:
    held = (
        "import ctypes, sys; from pathlib import Path; from engine.corpora.store import SongStore; "
        "store = SongStore(Path(sys.argv[1])); print(store.overview().songs); "
        "ctypes.pythonapi.Py_IncRef(ctypes.py_object(store))"  # as a cache that nobody empties
    )
    command = [sys.executable, "-c", held, str(store.path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert ended.stdout.strip().isdigit()
    assert ended.stderr == ""
