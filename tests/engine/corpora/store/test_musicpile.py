"""MusicPile: shards here and streamed, filtered by source; the music in texts is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.corpora import parquet_pages
from engine.corpora.store import Filters, SongStore, import_songs, musicpile
from engine.corpora.store.music_text import chord_runs_in, tunes_in
from engine.corpora.store.musicpile import hub_shards, import_musicpile
from engine.errors import CancelledError, InputError

TUNE = "X:1\nT:Low Moon\nM:6/8\nL:1/8\nK:Em\n|: E2B BAG | F2A AGF :|\nw: low moon"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": f"Write a jig.\n\n{TUNE}\n\nThere it is.", "src": "irishman"},
    {"id": "b", "text": "Use Dm7 - G7 - Cmaj7 - Am7 here.", "src": "chat"},
    {"id": "c", "text": "A fugue begins alone.", "src": "wiki"},
    {"id": "c", "text": "twice", "src": "wiki"},
    {"id": "d", "text": None, "src": "wiki"},
]


def shards(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for number, part in enumerate((ROWS[:2], ROWS[2:])):
        pd.DataFrame(part).to_parquet(folder / f"train-0000{number}.parquet")
    return folder


def test_local_shards_become_one_store(tmp_path: Path) -> None:
    store = SongStore(import_songs(shards(tmp_path / "pile")))
    table = store.table(Filters(), ("id", "title", "key", "source", "notation"))
    assert table.values.tolist() == [
        ["a", "Low Moon", "E minor", "irishman", "abc"],
        ["b", "", "", "chat", "chords"],
        ["c", "", "", "wiki", ""],
    ]
    assert store.table(Filters(sources=("wiki",)))["id"].tolist() == ["c"]
    assert store.table(Filters(notation=("abc",)))["id"].tolist() == ["a"]
    assert [reason for reason, _ in store.bad_counts()] == [
        "The id stands there twice; the first counts.",
        "The text is missing.",
    ]


def test_only_what_is_asked_for_is_taken(tmp_path: Path) -> None:
    folder = shards(tmp_path / "pile")
    store = SongStore(import_songs(folder, tmp_path / "a.duckdb", sources=["wiki", "chat"]))
    assert store.table(Filters())["id"].tolist() == ["b", "c"]
    store = SongStore(import_songs(folder, tmp_path / "b.duckdb", limit=1))
    assert store.table(Filters())["id"].tolist() == ["a"]


def test_the_form_for_tuning_is_read_too(tmp_path: Path) -> None:
    row = {"instruction": "Name a key.", "input": None, "output": "G", "src": "sft"}
    pd.DataFrame([row]).to_parquet(tmp_path / "sft.parquet")
    store = SongStore(import_songs(tmp_path / "sft.parquet"))
    assert store.song(0)["lyrics"] == "Name a key.\n\nG"


def test_a_data_set_is_streamed_and_an_import_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(musicpile, "AT_ONCE", 2)
    folder = shards(tmp_path / "pile")
    streamed = hub_shards(str(folder))
    with pytest.raises(CancelledError, match="goes on"):
        import_musicpile(streamed, tmp_path / "s.duckdb", "pile", cancelled=lambda: True)
    import_musicpile(streamed, tmp_path / "s.duckdb", "pile")
    here, there = SongStore(import_songs(folder)), SongStore(tmp_path / "s.duckdb")
    assert here.table(Filters()).equals(there.table(Filters()))


def test_a_damaged_shard_is_one_sentence_and_what_was_read_is_kept(tmp_path: Path) -> None:
    path = shards(tmp_path / "pile") / "train-00001.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + b"\0" * 200 + whole[204:])  # what it says of itself is at its end
    with pytest.raises(InputError, match="not a readable Parquet file"):
        import_songs(tmp_path / "pile")
    path.write_bytes(whole)
    assert SongStore(import_songs(tmp_path / "pile")).overview().songs == 3


def lying(path: Path) -> Path:
    """Have a file call all that it holds empty, as somebody would who wants it to be opened."""
    data = bytearray(path.read_bytes())
    length = int.from_bytes(data[-8:-4], "little")
    told = path.stat().st_size - 8 - length
    pages = pq.read_metadata(path).row_group(0)
    for size in (pages.total_byte_size, *(pages.column(n).total_uncompressed_size for n in (0, 1))):
        written = bytearray()
        left = 2 * size  # as Thrift writes it: zigzag, seven bits a byte
        while left > 127:
            written.append(left & 127 | 128)
            left >>= 7
        written.append(left)
        at = data.index(written, told)
        data[at : at + len(written)] = b"\x80" * (len(written) - 1) + b"\0"
    path.write_bytes(data)
    return path


def test_a_shard_that_unpacks_to_more_than_it_says_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_pages, "_PAGES_BYTES", 10**6)
    table = pa.table({"text": ["a" * 2**21], "src": ["wiki"]})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd", write_statistics=False)
    path = lying(tmp_path / "a.parquet")
    assert pq.read_metadata(path).row_group(0).total_byte_size == 0
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match=r"a.parquet unpacks to 2 MB at one time"):
        import_songs(path)


def test_a_long_text_that_every_row_repeats_is_refused(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["x" * 2**20])
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts, "src": ["a"] * 2000}), path, store_schema=False)
    assert path.stat().st_size < 10**6
    with pytest.raises(InputError, match=r"'text' of a.parquet holds 512 MB of text in 512 rows"):
        import_songs(path)


def test_a_text_longer_than_any_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(musicpile, "MAX_RECORD", 100)
    rows = [{"text": "a" * 101, "src": "x"}, {"text": "A fugue.", "src": "x"}]
    pd.DataFrame(rows).to_parquet(tmp_path / "a.parquet")
    store = SongStore(import_songs(tmp_path / "a.parquet"))
    assert store.overview().songs == 1
    assert [reason for reason, _ in store.bad_counts()] == [
        "The text has more than 4,194,304 characters."
    ]


def test_texts_that_are_lists_are_refused(tmp_path: Path) -> None:
    pd.DataFrame([{"text": ["a", "b"], "src": "x"}]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"column 'text' of .* holds no text"):
        import_songs(tmp_path / "a.parquet")


def test_a_date_beyond_the_calendar_is_kept_as_text(tmp_path: Path) -> None:
    day = pa.array([2**31 - 1], type=pa.int32()).cast(pa.date32())
    table = pa.table({"text": ["A fugue."], "src": ["wiki"], "id": day})
    pq.write_table(table, tmp_path / "a.parquet")
    assert SongStore(import_songs(tmp_path / "a.parquet")).overview().songs == 1


def test_a_data_set_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be streamed"):
        hub_shards(str(tmp_path / "none"))


def test_tunes_are_found_whole() -> None:
    (tune,) = tunes_in(f"Here is one: listen.\n{TUNE}\n\nNote: that was it.\nk: no")
    assert tune.abc == f"{TUNE}\n"
    one_line, other = tunes_in("X:2 L:1/4 M:4/4 K:D A2 F2 | D4 |]\n\nM:4/4\nK:Bb\nBcde|fgab|")
    assert one_line.abc == "X:2\nL:1/4\nM:4/4\nK:D\nA2 F2 | D4 |]\n"
    assert (other.abc[:4], other.key) == ("X:1\n", "Bb major")
    assert not tunes_in("Dear B:\nK: that is all\nI went home.")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Play C - G - Am - F twice", [("C", "G", "Am", "F")]),
        ("| C7 | F7 | C7 | G7/B |", [("C7", "F7", "C7", "G7/B")]),
        ("answers A, B, C, D", []),
        ("Am I a fool? Do, Be, Go, Am", []),
        ("E7 E7 E7 E7", []),
    ],
)
def test_runs_of_chords_are_no_letters(text: str, runs: list[tuple[str, ...]]) -> None:
    assert chord_runs_in(text) == runs
