"""The harmony of a store: told of what it holds, read for what passes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.corpora import songbook
from engine.corpora.harmony import harmony_of_sheet
from engine.corpora.store import Filters, SongStore, import_songs, store_of_sheets
from engine.corpora.store.harmonies import read_harmonies
from engine.corpora.store.word_index import opened_index
from engine.corpora.store.word_measuring import make_index


def test_sheets_are_read_back_as_they_are_told(tmp_path: Path) -> None:
    sheets = songbook()[:4]
    store_of_sheets(sheets, tmp_path / "s.duckdb", "songbook", "0")
    store = SongStore(tmp_path / "s.duckdb")
    make_index(store)
    assert opened_index(store) is not None
    found = read_harmonies(store)
    assert list(found.songs) == [harmony_of_sheet(s, n) for n, s in enumerate(sheets)]
    genre = sheets[1].genre or ""
    kept = read_harmonies(store, Filters(genres=(genre,)))
    assert {song.genre for song in kept.songs} == {genre}
    drawn = read_harmonies(store, most=2)
    assert (len(drawn.songs), drawn.passing) == (2, 4)
    assert drawn == read_harmonies(store, most=2)
    store.close()


def test_texts_bring_their_tunes_and_rows_of_chords(tmp_path: Path) -> None:
    texts = [
        'A jig.\n\nX:1\nK:G\n"G"GAB|"D7"AFD|\n\nX:2\nK:D\n"D"d3|"A"A3|\n',
        "Play C G Am F, and then Dm7 G7 Cmaj7 C.",
        "no music here",
    ]
    shard = tmp_path / "train.parquet"
    rows = [{"id": str(n), "text": text, "src": "a"} for n, text in enumerate(texts)]
    pd.DataFrame(rows).to_parquet(shard)
    store = SongStore(import_songs(shard))
    make_index(store)
    assert opened_index(store) is not None
    found = read_harmonies(store)
    assert [(song.row, song.steps) for song in found.songs] == [
        (0, ("I", "V")),
        (0, ("I", "V")),
        (1, ("I", "V", "vi", "IV")),
        (1, ("ii", "V", "I")),
    ]
    assert {song.genre for song in found.songs} == {"unknown"}
    store.close()
