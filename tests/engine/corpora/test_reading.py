"""A user's own file becomes a table, or one clear sentence says why not."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from engine.corpora import COLUMNS, read_table
from engine.corpora import reading as reading_module
from engine.errors import InputError
from engine.lyrics import MAX_CHARACTERS

CSV = (
    "Title,Artist Name,Lyrics,Genre,Release Date\r\n"
    'Rain,The Gutters,"falling on the roof\r\nall night",Folk,"May 3, 1999"\r\n'
    "Sun,The Gutters,over the hill,hip hop,1987-06-01\r\n"
)


def test_csv_columns_are_found_by_their_usual_names() -> None:
    table = read_table("songs.CSV", CSV.encode())
    assert tuple(table.songs.columns[: len(COLUMNS)]) == COLUMNS
    assert table.songs["genre"].tolist() == ["folk", "hip-hop"]
    assert table.songs["year"].tolist() == [1999, 1987]
    assert table.songs["lyrics"][0] == "falling on the roof\nall night"
    assert table.songs["words"].tolist() == [6, 3]
    assert table.songs["lines"].tolist() == [2, 1]
    assert table.columns["year"] == "Release Date"
    assert table.problems == ()


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognised(delimiter: str) -> None:
    text = f"title{delimiter}text\nRain{delimiter}falling, falling\n"
    assert read_table("songs.csv", text.encode()).songs["lyrics"].tolist() == ["falling, falling"]


def test_same_songs_read_alike_from_every_format() -> None:
    rows = pd.DataFrame(
        {"title": ["Rain", "Sun"], "lyrics": ["on the roof", "on the hill"], "year": [1999, 2001]}
    )
    buffer = io.BytesIO()
    rows.to_parquet(buffer)
    files = {
        "a.csv": rows.to_csv(index=False).encode(),
        "a.tsv": rows.to_csv(index=False, sep="\t").encode("utf-16"),
        "a.jsonl": rows.to_json(orient="records", lines=True).encode("utf-8-sig"),
        "a.json": rows.to_json(orient="records").encode(),
        "a.parquet": buffer.getvalue(),
    }
    tables = [read_table(name, data).songs for name, data in files.items()]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_bad_rows_are_named_and_the_others_kept() -> None:
    data = (
        b"title,lyrics,year\nGood,la la la,1999\nEmpty,,2000\nShort,x\nSymbols,!!! ...,1990\n"
        b"Odd,da da da,soon\nLong," + b"la " * MAX_CHARACTERS + b",1990\n"
    )
    table = read_table("songs.csv", data)
    assert table.songs["title"].tolist() == ["Good", "Odd"]
    assert table.songs["year"].isna().tolist() == [False, True]
    assert [problem.split(":")[0] for problem in table.problems] == [
        "Row 2",
        "Row 3 (line 4)",
        "Row 4",
        "Row 5",
        "Row 6",
    ]


def test_broken_json_lines_are_named() -> None:
    table = read_table("s.jsonl", b'{"lyrics": "la la"}\n{"lyrics": "cut\n\n[1, 2]\n')
    assert len(table.songs) == 1
    assert table.problems == (
        "Row 2: not readable as JSON; the row is left out.",
        "Row 3: not a JSON object; the row is left out.",
    )


def test_unclosed_quote_is_a_problem_not_a_swallowed_file() -> None:
    table = read_table("s.csv", b'title,lyrics\nA,la la\nB,"never closed\nC,da da\n')
    assert table.songs["title"].tolist() == ["A"]
    assert len(table.problems) == 1


def test_lists_of_lines_and_tags_are_understood() -> None:
    table = read_table("s.jsonl", b'{"words": ["first line", "second"], "tags": ["Rock", "pop"]}\n')
    assert table.songs["lyrics"].tolist() == ["first line\nsecond"]
    assert table.songs["genre"].tolist() == ["rock"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("songs.xlsx", b"PK", "accepted are .csv"),
        ("songs", b"la", "accepted are .csv"),
        ("songs.csv", b" \n ", "is empty"),
        ("songs.csv", b"title,year\nA,1999\n", "no column of lyrics"),
        ("songs.csv", b"title,lyrics\n", "holds no song"),
        ("songs.csv", b"title,lyrics\nA,\xff\xfa\n", "line 2 has other bytes"),
        ("songs.jsonl", b"{]\n", "holds no song"),
        ("songs.json", b"[{", "JSON array"),
        ("songs.parquet", b"PAR1 but not really", "not a readable Parquet"),
    ],
)
def test_unusable_files_say_what_is_accepted(name: str, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(name, data)


def test_parquet_without_lyrics_names_its_columns() -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"a": [1], "b": ["x"]}).to_parquet(buffer)
    with pytest.raises(InputError, match=r"its columns are: a, b"):
        read_table("songs.parquet", buffer.getvalue())


def test_size_limits_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_SONGS", 2)
    with pytest.raises(InputError, match="at most 2 are accepted"):
        read_table("songs.csv", b"lyrics\nla la\nla la\nla la\n")
    monkeypatch.setattr(reading_module, "MAX_BYTES", 2**20)
    with pytest.raises(InputError, match="at most 1 MB"):
        read_table("songs.csv", b"x" * (2**20 + 1))
