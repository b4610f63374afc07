"""SQL of strangers: answered, refused, or stopped in time; never more than reading."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.corpora import read_table
from engine.corpora.store import Filters, SongStore, query, store_of_table
from engine.corpora.store.query import Answer, answer, default_query
from engine.errors import InputError


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "songs.duckdb"
    rows = "".join(f"Title {n},{('rock', 'pop')[n % 2]},low rain {n}\n" for n in range(50))
    store_of_table(read_table("a.csv", f"title,genre,lyrics\n{rows}".encode()), path, "a.csv")
    return path


def asked(store: Path, sql: str) -> Answer:
    return answer(store, sql, 20)


def test_a_query_is_answered_also_while_the_page_reads_the_store(store: Path) -> None:
    reading = SongStore(store)
    found = asked(store, default_query(Filters(genres=("rock",), search="rain 2"), 3))
    assert list(found.table["title"]) == ["Title 2", "Title 20", "Title 22"]
    assert not found.cut
    reading.close()


def test_songs_chosen_on_a_map_are_in_the_query_while_there_is_room(store: Path) -> None:
    found = asked(store, default_query(Filters(rows=(3, 5))))
    assert list(found.table["title"]) == ["Title 3", "Title 5"]
    many = default_query(Filters(genres=("rock",), rows=tuple(range(50_000))))
    assert len(many) < 1000
    assert many.startswith("-- without the 50,000 songs chosen on the map")
    assert set(asked(store, many).table["genre"]) == {"rock"}


def test_more_rows_than_are_shown_are_cut_and_said(store: Path) -> None:
    found = asked(store, "SELECT 1 FROM songs a, songs b, songs c")
    assert (len(found.table), found.cut) == (10_000, True)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "disabled by configuration"),
        ("SELECT 1; DROP TABLE songs", "One SELECT"),
        ("COPY songs TO 'stolen.csv'", "One SELECT"),
        ("ATTACH 'other.duckdb'", "One SELECT"),
        ("INSTALL httpfs", "One SELECT"),
        ("SET enable_external_access = true", "One SELECT"),
        ("SELEC 1", "syntax error"),
        ("SELECT nope FROM songs", "nope"),
        ("  ", "empty"),
        ("SELECT " + "1," * 20_000 + "1", "characters"),
    ],
)
def test_what_is_out_of_reach_or_wrong_is_told_in_a_sentence(
    store: Path, sql: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as error:
        asked(store, sql)
    assert "\n" not in str(error.value)
    assert len(asked(store, "SELECT * FROM songs").table) == 50


@pytest.mark.parametrize(
    "sql", ["SELECT 'infinity'::DATE", "SELECT TIME '24:00:00'", "SELECT union_value(k := 1)"]
)
def test_values_that_no_table_shows_are_a_sentence(store: Path, sql: str) -> None:
    with pytest.raises(InputError, match="CAST"):
        asked(store, sql)


def test_columns_of_one_name_are_told_apart(store: Path) -> None:
    found = asked(store, 'SELECT 1 AS a, 2 AS a, 3 AS "a (2)", 4 AS b')
    assert [*found.table] == ["a", "a (2)", "a (2) (2)", "b"]
    assert found.table.iloc[0].tolist() == [1, 2, 3, 4]


def test_who_finds_no_place_is_told_and_places_come_free_again(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "_WAITING", 0.01)
    with query._PLACES, query._PLACES, pytest.raises(InputError, match="in a moment"):
        asked(store, "SELECT 1")
    with pytest.raises(InputError, match="nope"):
        asked(store, "SELECT nope FROM songs")
    assert len(asked(store, "SELECT 1").table) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "SELECT levenshtein(repeat('a', 1000000), repeat('b', 1000000))",  # hears no interruption
    ],
)
def test_an_endless_query_is_stopped(store: Path, sql: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match="stopped"):
        answer(store, sql, 1.5)
    assert time.monotonic() - began < 4
