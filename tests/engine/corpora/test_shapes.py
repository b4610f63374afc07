"""Tables in the shapes that programs and people write them in: always one row a song."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.corpora import read_table
from engine.errors import InputError

SONGS: list[dict[str, Any]] = [
    {"title": "A", "lyrics": "rain falls"},
    {"title": "B", "lyrics": "snow"},
]
BY_COLUMN = {"title": ["A", "B"], "lyrics": ["rain falls", "snow"]}


@pytest.mark.parametrize(
    "shape",
    [
        SONGS,
        {"songs": SONGS},
        {"name": "Ann", "album": {"year": 1999}, "tracks": SONGS},
        {"response": {"hits": SONGS}},
        {"meta": {"pages": 3}, "result": {"data": {"records": SONGS}}},
        BY_COLUMN,
        {"songs": BY_COLUMN},
        {name: {str(n): cell for n, cell in enumerate(of)} for name, of in BY_COLUMN.items()},
        {"song-1": SONGS[0], "song-2": SONGS[1]},
        {
            "columns": ["title", "lyrics"],
            "index": [0, 1],
            "data": [["A", "rain falls"], ["B", "snow"]],
        },
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_json_of_any_shape_is_one_row_a_song(shape: Any, indent: int | None) -> None:
    read = read_table("songs.json", json.dumps(shape, indent=indent).encode())
    assert read.songs[["title", "lyrics"]].to_dict("records") == SONGS
    assert not read.problems


def test_a_song_whose_words_are_a_list_of_lines_is_one_song() -> None:
    song = {"title": "A", "lyrics": ["rain", "falls"], "artists": [{"name": "Ann"}]}
    read = read_table("song.json", json.dumps(song).encode())
    assert read.songs[["title", "artist", "lyrics"]].values.tolist() == [
        ["A", "Ann", "rain\nfalls"]
    ]


def test_a_long_table_written_column_by_column_is_read() -> None:
    many = {"title": ["A"] * 30_000, "lyrics": [f"{'rain ' * 40}{n}" for n in range(30_000)]}
    assert len(read_table("songs.json", json.dumps(many).encode()).songs) == 30_000


@pytest.mark.parametrize(
    ("heading", "artist"),
    [
        ("Artist Name,Song Name,Lyric Text", "Ann"),
        ("track_artist,trackName,songtext", "Ann"),
        ("artists,SName,Lyric", "Ann"),
        ("Artist(s),song.title,song.lyrics", "Ann"),
        ("artiste,titre,paroles", "Ann"),
        ("Performed By,Song Title,full_lyrics", "Ann"),
        ("artista,título,letra", "Ann"),
    ],
)
def test_columns_are_found_by_the_names_that_corpora_have(heading: str, artist: str) -> None:
    read = read_table("a.csv", f"{heading}\nAnn,Low Moon,rain\n".encode())
    assert read.songs[["artist", "title", "lyrics"]].values.tolist() == [
        [artist, "Low Moon", "rain"]
    ]


def test_a_spreadsheet_may_say_what_parts_its_values() -> None:
    read = read_table("a.csv", b"sep=;\r\ntitle;lyrics\r\nA;rain, snow\r\n")
    assert read.songs[["title", "lyrics"]].values.tolist() == [["A", "rain, snow"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_an_encoding_without_its_mark_is_found_and_told(encoding: str) -> None:
    read = read_table("a.csv", "title,lyrics\nCafé,rain falls\n".encode(encoding))
    assert read.songs["title"].tolist() == ["Café"]
    assert bool(read.notes) == encoding.endswith("e")


@pytest.mark.parametrize(
    ("page", "lyrics"),
    [
        ("# made in 2020\ntitle,lyrics\nA,rain\n", ["rain"]),
        ("My songs,,\ntitle,lyrics,year\nA,rain,1999\n", ["rain"]),
        ("title,lyrics\nA,rain,\nB,snow,,\n", ["rain", "snow"]),
        ('title, lyrics\nA, "rain, falls"\nB, snow\n', ["rain, falls", "snow"]),
        ('title,lyrics\nA,"he said \\"rain\\" now"\nB,snow\n', ['he said "rain" now', "snow"]),
        ("title,lyrics\nA,NA\nB,none\nC,rain\n", ["rain"]),
    ],
)
def test_tables_as_programs_leave_them_are_read(page: str, lyrics: list[str]) -> None:
    assert read_table("a.csv", page.encode()).songs["lyrics"].tolist() == lyrics


def test_rows_above_the_heading_are_told() -> None:
    (note,) = read_table("a.csv", b"My songs,\ntitle,lyrics\nA,rain\n").notes
    assert "heading line in row 2" in note


def test_a_row_of_data_is_no_heading() -> None:
    with pytest.raises(InputError, match="no column of lyrics"):
        read_table("a.csv", b"kind,number\ntext,1\n")


@pytest.mark.parametrize(
    "row",
    [
        {"song": {"title": "A", "lyrics": "rain"}, "id": 1},
        {"type": "song", "result": {"title": "A", "lyrics": "rain"}},
        {"title": "A", "lyrics": {"plain": "rain"}},
        {"title": "A", "lyrics": [{"time": 1, "words": "rain"}]},
    ],
)
def test_a_song_further_in_is_found(row: dict[str, Any]) -> None:
    read = read_table("a.json", json.dumps([row]).encode())
    assert read.songs[["title", "lyrics"]].values.tolist() == [["A", "rain"]]


def test_lines_of_json_may_end_in_commas() -> None:
    read = read_table("a.jsonl", b'{"title":"A","lyrics":"rain"},\n{"title":"B","lyrics":"snow"},')
    assert read.songs["title"].tolist() == ["A", "B"]
    assert not read.problems


@pytest.mark.parametrize(
    ("date", "year"),
    [("19990503", 1999), (925_689_600_000, 1999), (-925_689_600_000, 1940), ({"year": 1999}, 1999)],
)
def test_dates_as_programs_write_them_name_a_year(date: Any, year: int) -> None:
    song = {"lyrics": "rain", "release_date": date}
    assert read_table("a.json", json.dumps([song]).encode()).songs["year"].tolist() == [year]
