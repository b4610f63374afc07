"""Tables of songs in every format, data sets made to stores, and lists beside them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from engine.audit.answers import read_answers
from engine.batch.questions import lyric_of
from engine.corpora import read_table
from engine.corpora.chord_songs import read_chord_songs
from engine.corpora.opening import open_table
from engine.corpora.sources import Source
from engine.corpora.store import SongStore
from engine.corpora.store.checking import MOST_SONGS
from engine.corpora.store.filters import ALL
from engine.corpora.store.genius import aliases_in
from engine.corpora.store.lines import blocks_of
from engine.corpora.store.making import import_songs, store_of_table
from engine.corpora.store.music_text import chord_runs_in, tunes_in
from engine.corpora.store.own_list import groups_in
from engine.corpora.store.query import answer
from engine.corpora.store.tags import NOT_GENRES, tags_of
from engine.corpora.store.writing import Reached
from engine.errors import InputError
from engine.notation.abc import engraved_tune
from tests.fuzz import seeds
from tests.fuzz.damage import damaged, damaged_json, damaged_lines, packed, patched, patches, zipped
from tests.fuzz.folders import folder, fresh, written
from tests.fuzz.fuzzing import Target, wrong_sentence

_CSV = b"""id,title,artist,genre,year,lyrics
1,Low Moon,Ann,folk,1999,"low moon over the bay
we are far away"
2,"Rain, ""again\"",Bob,r&b,2001-05-03,rain on the road
3,=1+1,Cy,"['rock', 'pop']",n/a,la la la
"""
_ROWS = [
    {
        "id": 1,
        "title": "Low Moon",
        "artist": {"name": "Ann"},
        "genre": ["folk"],
        "lyrics": "low moon",
    },
    {
        "id": "2",
        "title": "Rain",
        "year": 2001,
        "tags": "rock; pop",
        "lyrics": ["rain on", "the road"],
    },
    {"id": 3.5, "genre": None, "lyrics": "la la la", "title": "x"},
]
_ARRAYS = [
    {"songs": _ROWS, "next": None},
    _ROWS,
    {"columns": ["lyrics", "genre"], "data": [["la la", "pop"], ["oh no", "rock"]]},
    {"lyrics": {"0": "la", "1": "oh"}, "title": {"0": "a", "1": "b"}},
    {"lyrics": ["la", "oh"], "title": ["a", "b"]},
]


def _lines(rows: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _jsons() -> list[bytes]:
    return [json.dumps(value).encode() for value in _ARRAYS]


def table(extension: str) -> Callable[[bytes], None]:
    """Reads a table of songs as the Explorer does, and as batches do."""

    def read(data: bytes) -> None:
        opened = open_table(Source.of_upload(f"songs{extension}", data))
        rows = 0
        for chunk in opened.chunks():
            for row in chunk.rows:
                rows += 1
                assert len(row.values) == len(opened.columns)
                with suppress(InputError):
                    lyric_of(row.values[opened.text])
        assert rows == opened.rows
        found = read_table(f"songs{extension}", data)
        assert len(found.songs)
        assert len(found.songs) + len(found.texts) == opened.rows
        for problem in found.problems:
            assert not wrong_sentence(problem), problem[:500]

    return read


def _parquets() -> list[bytes]:
    import pyarrow as pa

    day = pa.array([2**31 - 1, 0], type=pa.int32()).cast(pa.date32())
    moment = pa.array([2**62, 0], type=pa.int64()).cast(pa.timestamp("us", "Europe/Berlin"))
    words = pa.array(["rain falls", "la"]).dictionary_encode()
    tables = [
        pa.table({"lyrics": words, "year": day, "date": moment, "n": [[1], None]}),
        pa.table(
            {"lyrics": ["la la", None], "genre": [["pop"], []], "year": [date(1999, 1, 1), None]}
        ),
        pa.table({"text": ["K:C", "x"], "src": ["music", "b"], "id": ["1", "2"]}),
    ]
    return [_parquet(table) for table in tables]


def _parquet(table: object) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def chord_songs(data: bytes) -> None:
    """Songs with chords, a lead sheet a line, as evaluations take them."""
    found = read_chord_songs(written("chord-songs", "test.jsonl", data))
    for song in found.songs:
        assert song.lines
        assert song.lyrics.words


def _chord_songs() -> list[bytes]:
    rows = [json.loads(song) for song in seeds.songs("json")]
    return [_lines([row | {"id": str(n), "year": 1999} for n, row in enumerate(rows)])]


def answers(data: bytes) -> None:
    """Answers of a model, as a batch wrote them or as the Explorer keeps them."""
    name = "answers.parquet" if data[:4] == b"PAR1" else "answers.csv"
    found = read_answers(Source.of_upload(name, data))
    assert found.probabilities.shape == (len(found.songs), len(found.labels))


def _answers() -> list[bytes]:
    csv = (
        b"lyrics,prediction,confidence,p_folk,p_rock,error\nla la,folk,0.75,0.75,0.25,\nx,,,,,no\n"
    )
    kept = folder("answers") / "kept.parquet"
    read_answers(Source.of_upload("answers.csv", csv)).write(kept)
    return [csv, kept.read_bytes()]


def genius(data: bytes) -> None:
    """A dump of Genius Expertise: the lines of lyrics, then of what is told of the songs."""
    first, _, last = data.partition(b"\0\0")
    place = fresh("genius")
    (place / "lyrics.jl").write_bytes(first)
    (place / "song_info.jl").write_bytes(last)
    import_songs(place)
    store = SongStore(place / "songs.duckdb")
    store.overview()
    store.bad()
    store.close()


def genius_lines(data: bytes) -> None:
    """The same lines, read but not kept."""
    from engine.corpora.store import genius as reader

    first, _, last = data.partition(b"\0\0")
    for part, read in (
        (first, reader._read_lyrics("lyrics.jl")),
        (last, reader._read_info("song_info.jl", {})),
    ):
        for block in blocks_of(written("genius-lines", "lines.jl", part), Reached(), 1000):
            found = read(block)
            assert len(found.rows) + len(found.bad) <= len(block.lines)
            for bad in found.bad:
                assert not wrong_sentence(bad.reason), bad.reason


def _genius() -> list[bytes]:
    lyrics: list[dict[str, object]] = [
        {"song": "Ann-low-moon-lyrics", "lyrics": "\n\n[Verse]\nlow moon"},
        {"song": "Bob-rain-lyrics", "lyrics": "rain"},
    ]
    info: list[dict[str, object]] = [
        {
            "url_name": "Ann-low-moon-lyrics",
            "primary_artist": "Ann",
            "title": "Low Moon",
            "tags": ["Folk", {"name": "Rock"}],
            "views": 12,
            "release_date": "May 3, 1999",
        },
        {
            "url_name": "Bob-rain-lyrics",
            "primary_artist": {"name": "Bob", "url": "x"},
            "tags": None,
        },
    ]
    return [_lines(lyrics) + b"\0\0" + _lines(info)]


def aliases(data: bytes) -> None:
    """Other spellings of artists' names."""
    for alias, name in aliases_in(written("aliases", "map_artist_names.csv", data)).items():
        assert alias
        assert name


def musicpile(data: bytes) -> None:
    """A shard of MusicPile."""
    place = fresh("musicpile")
    (place / "train-0.parquet").write_bytes(data)
    import_songs(place)


def song_zip(data: bytes) -> None:
    """A zip of ChordPro and text files."""
    path = fresh("song-zip") / "songs.zip"
    path.write_bytes(data)
    import_songs(path)


def _zips() -> list[bytes]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/low_moon.cho", seeds.CHORDPRO)
        archive.writestr("b.txt", seeds.LYRICS)
        archive.writestr("__MACOSX/._b.txt", b"\0")
    return [buffer.getvalue()]


def stored_table(data: bytes) -> None:
    """A table, kept as a store."""
    store = fresh("stored-table") / "songs.duckdb"
    store_of_table(read_table("songs.jsonl", data), store, "songs")


def store(data: bytes) -> None:
    """A store that somebody has changed who knows how DuckDB sums up its blocks."""
    path = fresh("store") / "songs.duckdb"
    path.write_bytes(_summed(patched(_stored(), data)))
    opened = SongStore(path)
    try:
        opened.overview()
        opened.bad()
        opened.tags()
        assert len(opened.table(ALL)) <= MOST_SONGS
        opened.song(0)
    finally:
        opened.close()


@cache
def _stored() -> bytes:
    return _store().read_bytes()


def _summed(data: bytes) -> bytes:
    """A database whose blocks have the right sums in front: three headers, then blocks."""
    import numpy as np

    whole = bytearray(data)
    ends = [4096, 8192, 12288, *range(12288 + 2**18, len(whole) + 1, 2**18)]
    for start, end in pairwise([0, *ends]):
        words = np.frombuffer(whole, np.uint64, (end - start) // 8 - 1, start + 8)
        products = words * np.uint64(0xBF58476D1CE4E5B9)
        whole[start : start + 8] = int(np.bitwise_xor.reduce(products) ^ 5381).to_bytes(8, "little")
    return bytes(whole)


def music_text(data: bytes) -> None:
    """Tunes and runs of chords within any text."""
    text = data.decode("utf-8", "replace")
    for tune in tunes_in(text):
        assert tune.abc
    for run in chord_runs_in(text):
        assert run


def engraved(data: bytes) -> None:
    """A tune, drawn by verovio in a process of its own."""
    engraved_tune(data.decode("utf-8", "replace"))


def query(data: bytes) -> None:
    """A question in SQL over a store."""
    found = answer(_store(), data.decode("utf-8", "replace"))
    assert len(found.table) <= 10_000


def _store() -> Path:
    path = folder("query") / "songs.duckdb"
    if not path.exists():
        store_of_table(read_table("songs.csv", _CSV), path, "songs")
    return path


def _queries() -> list[bytes]:
    return seeds.words(
        "SELECT title, artist, year, genre, words\nFROM songs\nWHERE year > 1999 LIMIT 100",
        "SELECT genre, count(*) AS n FROM songs GROUP BY ALL ORDER BY n DESC",
        "WITH a AS (SELECT unnest(tags) AS t FROM songs) SELECT t, repeat('x', 3) FROM a",
        "SELECT * FROM read_csv('/etc/passwd')",
    )


def not_genres(data: bytes) -> None:
    """A list of what is no genre."""
    groups = groups_in(written("not-genres", "list.toml", data))
    assert all(isinstance(tag, str) for tags in groups.values() for tag in tags)


def tags(data: bytes) -> None:
    """Tags in a cell."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    assert all(isinstance(tag, str) and tag for tag in tags_of(value))


_json_lines = damaged_lines(damaged_json)
TABLES = {
    "csv": Target(table(".csv"), lambda: [_CSV], share=180),
    "tsv": Target(table(".tsv"), lambda: [_CSV.replace(b",", b"\t")], share=60),
    "jsonl": Target(table(".jsonl"), lambda: [_lines(_ROWS)], _json_lines, share=140),
    "json-table": Target(table(".json"), _jsons, damaged_json, share=180),
    "csv.gz": Target(table(".csv.gz"), lambda: [gzip.compress(_CSV)], packed(damaged), share=80),
    "parquet": Target(table(".parquet"), _parquets, share=180),
    "chord-songs": Target(chord_songs, _chord_songs, _json_lines, share=100),
    "answers": Target(answers, _answers, share=120),
    "genius-lines": Target(genius_lines, _genius, _json_lines, share=1000),
    "genius": Target(genius, _genius, _json_lines, share=4),
    "aliases": Target(aliases, lambda: [b"alias,name\nAnn N.,Ann-nobody\n"], share=200),
    "musicpile": Target(musicpile, lambda: _parquets()[2:], share=6),
    "song-zip": Target(song_zip, _zips, zipped(damaged), share=6),
    "stored-table": Target(stored_table, lambda: [_lines(_ROWS)], _json_lines, share=4),
    "store": Target(store, lambda: [b""], patches(_stored), share=12),
    "music-text": Target(music_text, lambda: [seeds.ABC, seeds.TEXT, seeds.LYRICS], share=900),
    "engraved": Target(engraved, lambda: [seeds.ABC], share=2),
    "query": Target(query, _queries, share=2),
    "not-genres": Target(
        not_genres,
        lambda: [
            b'[not_genres]\nplaces = ["uk", "east coast"]\n"x y" = []\n',
            NOT_GENRES.read_bytes(),
        ],
        share=120,
    ),
    "tags": Target(
        tags, lambda: [b'["Folk", {"name": "R&B"}, null]', b'"pop"'], damaged_json, share=500
    ),
}
