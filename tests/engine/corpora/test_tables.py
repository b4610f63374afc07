from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.corpora import json_rows, opening, tables
from engine.corpora.rows import ABSENT, unique
from engine.corpora.sources import Source
from engine.corpora.tables import CHUNK, MAX_RECORD, Table
from engine.errors import InputError


def open_table(path: Path, column: str | None = None) -> Table:
    return opening.open_table(Source.of_file(path), column)


def table_of(tmp_path: Path, name: str, content: str | bytes, column: str = "lyrics") -> Table:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, column)


def rows_of(table: Table) -> list[list[Any]]:
    return [row.values for chunk in table.chunks() for row in chunk.rows]


def problems_of(table: Table) -> list[str]:
    return [row.problem for chunk in table.chunks() for row in chunk.rows]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'id,lyrics\n1,"two\nlines, said ""he"""\n\n2,plain\n'),
        ("a.csv", 'id;lyrics\r\n1;"two\nlines, said ""he"""\r\n2;plain'),
        ("a.tsv", 'id\tlyrics\n1\t"two\nlines, said ""he"""\n2\tplain\n'),
        ("a.csv", '\ufeffid,lyrics\n1,"two\nlines, said ""he"""\n2,plain\n'),
        ("a.CSV", 'id,lyrics\n1,"two\nlines, said ""he"""\n2,plain\n'.encode("utf-16")),
        (
            "a.jsonl",
            '{"id": "1", "lyrics": "two\\nlines, said \\"he\\""}\n\n{"id": "2", "lyrics": "plain"}',
        ),
    ],
)
def test_rows_come_whole_whatever_the_format(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    table = table_of(tmp_path, name, content)

    assert table.columns == ("id", "lyrics")
    assert rows_of(table) == [["1", 'two\nlines, said "he"'], ["2", "plain"]]
    assert table.rows == 2
    assert problems_of(table) == ["", ""]
    assert table.notes == []


def test_latin_1_is_read_and_told(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.csv", "id,lyrics\n1,caf\u00e9 au lait\n".encode("latin-1"))

    assert rows_of(table) == [["1", "caf\u00e9 au lait"]]
    assert table.notes == [f"{table.name} is not UTF-8 (line 2); read as Windows-1252."]


def test_a_file_cut_within_a_character_is_still_read(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.csv", "lyrics\nhere we go caf\u00e9".encode()[:-1])

    assert rows_of(table)[0][0].startswith("here we go caf")
    assert "not UTF-8" in table.notes[0]


def test_a_row_with_more_or_fewer_values_is_kept_with_what_is_wrong(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.csv", "id,lyrics\n1\n2,b,c,d\n3,fine\n")

    assert rows_of(table) == [["1", ""], ["2", "b"], ["3", "fine"]]
    assert problems_of(table) == [
        "The row has 1 values for 2 columns.",
        'The row has 4 values for 2 columns; beyond the last: ["c", "d"].',
        "",
    ]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.csv", 'id,lyrics\n1,5" of snow\n2,"open\n3,rest\n')

    assert problems_of(table)[0] == ""
    assert problems_of(table)[1].startswith("A quotation mark opened in the record of line 3")
    assert rows_of(table)[1] == ["2", "open\n3,rest\n"]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.csv", "x,lyrics,x,x.1,x\n1,a,2,3,4\n")

    assert table.columns == ("x", "lyrics", "x.2", "x.1", "x.3")
    assert len(table.notes) == 2
    assert "'x.2'" in table.notes[0]


def test_json_rows_keep_nested_values_absent_keys_and_keys_of_one_name(tmp_path: Path) -> None:
    lines = ['{"lyrics": "a", "tags": ["x", {"y": 1}]}', '{"n": 1, "n": 2, "lyrics": "b"}']
    table = table_of(tmp_path, "a.jsonl", "\n".join(lines))

    assert table.columns == ("lyrics", "tags", "n", "n.1")
    assert rows_of(table) == [["a", ["x", {"y": 1}], ABSENT, ABSENT], ["b", ABSENT, 1, 2]]


def test_a_json_line_without_an_object_keeps_its_text(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a.jsonl", '{"lyrics": "a"}\n{"lyrics": "b\n17\n["x"]\n')

    assert [row[0] for row in rows_of(table)] == ["a", '{"lyrics": "b', "17", '["x"]']
    assert problems_of(table) == ["", *["The line is not a JSON object."] * 3]


def test_parquet_rows_span_row_groups_and_keep_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    many = CHUNK + 7
    table = pa.table({"lyrics": [f"song {i}" for i in range(many)], "n": range(many)})
    pq.write_table(table, path, row_group_size=100)
    read = open_table(path, "lyrics")

    assert read.rows == many
    assert rows_of(read) == [[f"song {i}", i] for i in range(many)]


def test_parquet_that_holds_fewer_rows_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"lyrics": ["one", "two"]}), path)
    whole = path.read_bytes()
    # Thrift's compact protocol: the number of rows (2, 4 as a zigzag), then the list of row groups.
    told = whole.replace(b"\x16\x04\x19\x1c", b"\x16\x08\x19\x1c")
    assert told != whole
    path.write_bytes(told)
    read = open_table(path, "lyrics")
    with pytest.raises(InputError, match="says it has 4 rows but has 2"):
        rows_of(read)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "is empty"),
        ("a.jsonl", " \n\n", "is empty"),
        ("a.parquet", "", "is empty"),
        ("a.parquet", "no parquet", "not a readable Parquet file"),
        ("a.csv", b"PK\x03\x04\x00\x00", "is binary"),
        ("a.xlsx", "lyrics", "accepted are .csv, .tsv"),
        ("a.csv", "id,text\n1,a\n", "no column 'lyrics'; name the lyrics' column with"),
        ("a.csv", "id,text\n1,a\n", "its columns are 'id', 'text'"),
        ("a.jsonl", '[{"lyrics": "a"}, ', "JSON array"),
        ("a.json", '[{"lyrics": "a"}] and more', "there is more behind its end"),
        ("a.json", '[{"lyrics": "a"} {"lyrics": "b"}]', "is missing at character 17"),
        ("a.jsonl", "17\n", "no row of it is a JSON object"),
        ("a.csv", "lyrics," + ",".join(f"c{i}" for i in range(3000)), "3,001 columns"),
        ("a.csv", b"\xff\xfeodd", "not readable as utf-16"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        table_of(tmp_path, name, content)


@pytest.mark.parametrize(
    ("path", "message"), [("none.csv", "cannot be read"), (".", "no table that")]
)
def test_what_is_no_file_is_refused(tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_table(tmp_path / path, "lyrics")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path / "folder.csv", "lyrics")


def test_a_damaged_parquet_page_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"lyrics": [f"song number {i}" for i in range(2000)]}), path)
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a readable Parquet file"):
        rows_of(open_table(path, "lyrics"))


def test_the_column_is_found_in_any_case_unless_two_would_do(tmp_path: Path) -> None:
    assert table_of(tmp_path, "a.csv", "id, Lyrics\n1,a\n").text == 1
    with pytest.raises(InputError, match="no column 'lyrics'"):
        table_of(tmp_path, "b.csv", "LYRICS,Lyrics\n1,a\n")


def test_half_characters_name_no_column(tmp_path: Path) -> None:
    content = '{"lyrics": "a", "\\ud800": 1, "\\ud801": 2}'
    assert table_of(tmp_path, "a.jsonl", content).columns == ("lyrics", "?", "?.1")
    assert rows_of(open_table(tmp_path / "a.jsonl")) == [["a", 1, 2]]


def test_unique_names_avoid_what_is_taken() -> None:
    assert unique(["a", "a", "b"], taken=["b", "b.1"]) == ("a", "a.1", "b.2")
    assert unique(json.loads('["", ""]')) == ("", ".1")


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("title;lyrics\nA;one, two\n", ";"),
        ('"song, artist";lyrics\n"A";one, two\n"B";three\n', ";"),
        ("title, long;lyrics;n\nA;one, two, three;1\nB;four;2\n", ";"),
        ("title|lyrics\nA|one; two\n", "|"),
        ("lyrics\none; two, three\n", ","),
    ],
)
def test_the_delimiter_is_what_parts_the_heading(
    tmp_path: Path, content: str, delimiter: str
) -> None:
    assert table_of(tmp_path, "a.csv", content).delimiter == delimiter


@pytest.mark.parametrize(
    "content",
    [
        '{"name": "Ann", "songs": [{"lyrics": "a"}, {"lyrics": "b"}], "n": [[1], {"songs": []}]}',
        '{\n "name": "Ann",\n "songs": [\n  {"lyrics": "a"},\n  {"lyrics": "b"}\n ]\n}\n',
        '[\n{"lyrics": "a"}\n,\n{"lyrics": "b"}\n]\n',
        '{"lyrics": "a", "data": [1]}\n{"lyrics": "b"}\n',
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_json_files_hold_lines_an_array_or_a_wrapped_array(
    tmp_path: Path, name: str, content: str
) -> None:
    data = gzip.compress(content.encode()) if name.endswith(".gz") else content.encode()
    assert [row[0] for row in rows_of(table_of(tmp_path, name, data))] == ["a", "b"]


def test_one_song_written_over_several_lines_is_one_row(tmp_path: Path) -> None:
    assert rows_of(table_of(tmp_path, "a.json", '{\n"lyrics": "a",\n"n": {"x": 1}\n}')) == [
        ["a", {"x": 1}]
    ]


def test_parquet_values_without_a_python_value_come_as_text(tmp_path: Path) -> None:
    far = pa.array([2**60, 0], pa.timestamp("us", "Europe/Berlin"))
    odd = pa.array([b"caf\xe9", b"ok"], pa.binary()).view(pa.string())
    days = pa.array([2**30, 0], pa.int32()).view(pa.date32())
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"lyrics": odd, "when": far, "day": days}), path)

    first, second = rows_of(open_table(path))
    assert first[0] == "caf\ufffd"
    assert all(isinstance(value, str) for value in first)
    assert second[0] == "ok"


class TestBounds:
    """A small file that would take all memory or all day is refused in a sentence."""

    def test_zeros_in_gzip(self, tmp_path: Path) -> None:
        data = gzip.compress(b"0" * 50_000_000)
        with pytest.raises(InputError, match="has more than"):
            table_of(tmp_path, "a.jsonl.gz", data)

    def test_gzip_that_unpacks_to_more_than_the_bound(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("engine.corpora.sources.MAX_UNPACKED_BYTES", 1_000_000)
        data = gzip.compress(b"lyrics\n" + b"la la la\n" * 200_000)
        with pytest.raises(InputError, match="unpacks to more than"):
            table_of(tmp_path, "a.csv.gz", data)

    def test_a_value_without_an_end(self, tmp_path: Path) -> None:
        for content in ('"' + "a\n" * MAX_RECORD, '"' + "a" * MAX_RECORD * 2):
            with pytest.raises(InputError, match="begins in line 2 has more than"):
                table_of(tmp_path, "a.csv", "id,lyrics\n1," + content)
        with pytest.raises(InputError, match="begins in line 1 has more than"):
            table_of(tmp_path, "a.jsonl", '{"lyrics": "' + "a" * MAX_RECORD * 2)

    @pytest.mark.parametrize("depth", [100, 600, 100_000])
    def test_deep_rows_are_told_and_the_others_kept(self, tmp_path: Path, depth: int) -> None:
        deep = '{"lyrics": "x", "n": ' + "[" * depth + "]" * depth + "}"
        table = table_of(tmp_path, "a.jsonl", f'{deep}\n{{"lyrics": "a"}}\n')
        assert problems_of(table) == ["A row is nested deeper than 64 levels.", ""]
        with pytest.raises(InputError, match="deeper than 64 levels"):
            table_of(tmp_path, "a.json", f"[{deep}]")

    def test_rows_that_are_none_by_the_thousand(self, tmp_path: Path) -> None:
        few = '{"lyrics": "a"}\n' + "no song\n" * tables.MAX_UNREADABLE
        assert table_of(tmp_path, "a.jsonl", few).rows == 1 + tables.MAX_UNREADABLE
        others = {"a.jsonl": "{]\n" * 20_000, "a.csv": "a,lyrics\n" + "x\n" * 20_000}
        for name, content in others.items():
            with pytest.raises(InputError, match="is no table: of its first 10,001 rows"):
                table_of(tmp_path, name, content)

    def test_a_new_key_in_every_row(self, tmp_path: Path) -> None:
        content = "".join(f'{{"lyrics": "a", "k{number}": 1}}\n' for number in range(9000))
        with pytest.raises(InputError, match="2,001 columns"):
            table_of(tmp_path, "a.jsonl", content)

    def test_a_document_that_is_too_long(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json_rows, "MAX_DOCUMENT", 100)
        with pytest.raises(InputError, match="one JSON value of more than 100"):
            table_of(tmp_path, "a.json", '[{"lyrics": "' + "a" * 100 + '"}]')

    def test_parquet_whose_dictionary_repeats_a_long_value(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        titles = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["x" * 2**20])
        songs = pa.table({"lyrics": ["a"] * 2000, "title": titles})
        pq.write_table(songs, path, store_schema=False)
        assert path.stat().st_size < 10**6
        with pytest.raises(InputError, match=r"'title' .* holds 512 MB of text in 512 rows"):
            rows_of(open_table(path))

    def test_parquet_with_one_endless_value(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("engine.corpora.parquet_pages._GROUP_BYTES", 10**6)
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"lyrics": ["a" * 2**21]}), path, compression="zstd")
        with pytest.raises(InputError, match="unpacks to 2 MB for 1 values"):
            open_table(path)


def test_parquet_with_broken_text_in_any_column_is_read(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\6\0\0\0\14\0\0\0"), pa.py_buffer(b"\xff\xferainla la ")
    )
    columns = {
        "lyrics": pa.array(["rain falls", "la la"]),
        "plain": broken,
        "listed": pa.ListArray.from_arrays(pa.array([0, 1, 2]), broken),
        "held": pa.StructArray.from_arrays([broken], ["t"]),
    }
    pq.write_table(pa.table(columns), tmp_path / "songs.parquet")
    first, _ = rows_of(open_table(tmp_path / "songs.parquet"))
    assert first == ["rain falls", "��rain", ["��rain"], {"t": "��rain"}]
