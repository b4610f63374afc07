"""A user's own file becomes a table, or one clear sentence says why not."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from engine.corpora import COLUMNS, read_file, read_table
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
    packed = {
        f"{name}.gz": gzip.compress(data) for name, data in files.items() if "arq" not in name
    }
    tables = [read_table(name, data).songs for name, data in (files | packed).items()]
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
        "Row 3",
        "Row 4",
        "Row 6",
        "Row 5",
    ]


def test_broken_json_lines_are_named() -> None:
    table = read_table("s.jsonl", b'{"lyrics": "la la"}\n{"lyrics": "cut\n\n[1, 2]\n')
    assert len(table.songs) == 1
    assert table.problems == (
        "Row 2: The line is not a JSON object. The row is left out.",
        "Row 3: The line is not a JSON object. The row is left out.",
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
        ("songs.csv", b"title,lyrics\nA,\xff\xfa\n\x00", "is binary"),
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
    with pytest.raises(InputError, match=r"its columns are 'a', 'b'"):
        read_table("songs.parquet", buffer.getvalue())


def test_size_limits_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_SONGS", 2)
    with pytest.raises(InputError, match="at most 2 are accepted"):
        read_table("songs.csv", b"lyrics\nla la\nla la\nla la\n")
    monkeypatch.setattr(reading_module, "MAX_BYTES", 2**20)
    with pytest.raises(InputError, match="at most 1 MB"):
        read_table("songs.csv", b"x" * (2**20 + 1))


def test_columns_are_found_however_words_are_joined() -> None:
    table = read_table("s.csv", b"artistName,trackName,lyricsText,Views\nAnn,Night,low tide,3\n")
    assert table.songs[["artist", "title", "lyrics"]].values.tolist() == [
        ["Ann", "Night", "low tide"]
    ]
    assert table.columns == {"lyrics": "lyricsText", "title": "trackName", "artist": "artistName"}
    assert table.unused == ("Views",)


@pytest.mark.parametrize("nothing", ["nan", "None", "N/A", "null", " "])
def test_words_that_stand_for_nothing_are_no_lyric(nothing: str) -> None:
    table = read_table("s.csv", f"title,lyrics\nA,{nothing}\nB,low tide\n".encode())
    assert table.songs["title"].tolist() == ["B"]
    assert table.problems == ("Row 1: The lyric is missing. The row is left out.",)
    assert table.left_out == {"The lyric is missing.": (1,)}


@pytest.mark.parametrize(
    ("cell", "genre"),
    [
        ("['Blues', 'soul']", "blues"),
        ('["R and B"]', "r&b"),
        ("Trance, IDM", "trance"),
        ("folk; country", "folk"),
        ("[]", ""),
        ("None", ""),
        ("Drum & Bass", "drum & bass"),
        ("Hip-Hop/Rap", "hip-hop"),
        ("hip_hop", "hip-hop"),
        ("R&amp;B", "r&b"),
        ("('rock', 'pop')", "rock"),
        ("{rock,pop}", "rock"),
    ],
)
def test_of_several_genres_the_first_is_taken(cell: str, genre: str) -> None:
    rows = pd.DataFrame({"genre": [cell], "lyrics": ["low tide"]})
    assert read_table("s.csv", rows.to_csv().encode()).songs["genre"].tolist() == [genre]


def test_an_artist_object_gives_its_name() -> None:
    song = b'[{"lyrics": "low tide", "primary_artist": {"id": 7, "name": "Ann"}}]'
    assert read_table("s.json", song).songs["artist"].tolist() == ["Ann"]


def test_of_artists_listed_as_text_the_first_is_taken() -> None:
    song = b"artist,lyrics\n\"['Ann', 'Bo']\",low tide\n"
    assert read_table("s.csv", song).songs["artist"].tolist() == ["Ann"]


def test_half_characters_end_nowhere() -> None:
    half = {"id": "\ud83d", "title": "\ud83d", "genre": "\ud83d", "lyrics": "low \ud83d tide"}
    songs = read_table("s.jsonl", json.dumps(half).encode()).songs
    songs.to_csv().encode("utf-8")
    assert songs["title"].tolist() == ["?"]


def test_words_are_counted_as_they_are_sung() -> None:
    lyrics = "[Verse 1: Ann]\nlow tide\n\nChorus:\n(high tide)\n"
    rows = pd.DataFrame({"lyrics": [lyrics]})
    song = read_table("s.csv", rows.to_csv().encode()).songs.iloc[0]
    assert (song["words"], song["lines"]) == (4, 2)
    assert song["lyrics"] == lyrics.strip()
    assert song["sung"] == "low tide\n\n(high tide)"


def test_another_encoding_is_read_and_told() -> None:
    table = read_table("s.csv", "title,lyrics\nCafé,rain\n".encode("cp1252"))
    assert table.songs["title"].tolist() == ["Café"]
    assert table.notes == ("'s.csv' is not UTF-8 (line 2); read as Windows-1252.",)


def test_a_file_reads_as_its_bytes_do(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(CSV.encode())
    read = read_file(tmp_path / "s.csv")
    pd.testing.assert_frame_equal(read.songs, read_table("s.csv", CSV.encode()).songs)
    assert read.sha256 == hashlib.sha256(CSV.encode()).hexdigest()
    with pytest.raises(InputError, match="cannot be read"):
        read_file(tmp_path / "none.csv")


def test_a_year_that_is_none_is_told_on_one_line() -> None:
    read = read_table("songs.csv", b"lyrics,year\nla la,\x1b[31m199\n")
    assert read.problems == ("Row 1: '[31m199' is no year; the year is left blank.",)
