"""Inputs drawn to be hostile: whatever a stranger's file holds, what comes back is a sentence.

Each kind was met once: halves of characters, nesting, numbers without end, broken packing, values
of another kind than their key, marks that patterns stumble over. How many are drawn can be raised
for a night: ``LYRICLAB_HOSTILE=100000 python -m pytest tests/engine/test_hostile_inputs.py``.
"""

from __future__ import annotations

import gzip
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import formats
from engine.batch.questions import lyric_of
from engine.corpora import read_table
from engine.corpora.opening import open_table
from engine.corpora.sources import EXTENSIONS, Source
from engine.errors import EngineError, InputError
from engine.evaluation.board.records import read_records
from engine.formats import READ
from engine.lyrics import Lyrics
from engine.models.card import CARD, ModelCard

hostile = settings(
    max_examples=int(os.environ.get("LYRICLAB_HOSTILE", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

_SIGNS = [
    *("\ud800", "\udfff", "\x00", "\ufeff", "\u202e", "e" + "\u0301" * 40, "\u2028", "👩‍👩‍👧"),
    *("[", "]", "{", "}", "<", ">", "&amp;", "&#1114112;", "<!--", "{c:", "{soc}", "{chorus}", "|"),
    *(
        "[C]",
        "[Verse]",
        "Chorus:",
        "x2",
        "(x99)",
        " - ",
        "\\",
        "\\n",
        '"',
        "'",
        ",",
        ";",
        "\t",
        "=c",
    ),
    *("rain", "la ", "C  G7  Am\n", "\n", "\r", "\n\n", "%", "#", "1.", "9" * 400, "1e999", "NaN"),
]
TEXT = st.lists(
    st.tuples(st.sampled_from(_SIGNS) | st.characters(), st.sampled_from([1, 1, 2, 300])),
    max_size=12,
).map(lambda pieces: "".join(sign * times for sign, times in pieces))
_KEYS = st.sampled_from(
    ["lyrics", "genre", "title", "id", "artist", "year", "key", "lines", "words", "chords", "x"]
)


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


_ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | TEXT
    | st.integers(1, 700).map(_nested)
)
VALUE = st.recursive(
    _ODD,
    lambda of: st.lists(of, max_size=4) | st.dictionaries(_KEYS | TEXT, of, max_size=5),
    max_leaves=8,
)
_RECORD_KEYS = st.sampled_from(["task", "model", "value", "low", "n", "time", "run", "x"])
ROWS = st.lists(st.dictionaries(_KEYS, VALUE, max_size=6) | VALUE, max_size=4)


def damaged(data: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """The bytes whole, cut, or with some replaced."""

    def change(pair: tuple[bytes, list[tuple[int, int]]]) -> bytes:
        whole, changes = pair
        spoilt = bytearray(whole)
        for place, value in changes:
            if spoilt and value < 256:
                spoilt[place % len(spoilt)] = value
            elif spoilt:
                del spoilt[place % len(spoilt) :]
        return bytes(spoilt)

    places = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 260)), max_size=4)
    return st.tuples(data, places).map(change)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


TEXTS = damaged(TEXT.map(as_bytes) | ROWS.map(lambda rows: as_bytes(json.dumps(rows))))
LINES = ROWS.map(lambda rows: as_bytes("\n".join(map(json.dumps, rows))))


@hostile
@given(TEXT | TEXTS)
def test_lyrics(given_text: str | bytes) -> None:
    with suppress(InputError):
        assert Lyrics.parse(given_text).words


@hostile
@given(
    st.sampled_from(READ),
    TEXTS | damaged(st.sampled_from([b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk", b"PK\3\4"])),
)
def test_songs_of_any_format(name: str, data: bytes) -> None:
    with suppress(InputError):
        formats.read(data, name)


@hostile
@given(st.sampled_from([e for e in EXTENSIONS if e != ".parquet"]), TEXTS | LINES | damaged(LINES))
def test_tables(extension: str, data: bytes) -> None:
    packed = gzip.compress(data) if extension.endswith(".gz") and len(data) % 3 else data
    with suppress(InputError):
        read_table(f"songs{extension}", packed)
    with suppress(InputError):
        table = open_table(Source.of_upload(f"songs{extension}", packed))
        for chunk in table.chunks():
            for row in chunk.rows:
                with suppress(InputError):
                    lyric_of(row.values[table.text])


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path_factory.mktemp("parquet") / "songs.parquet"
    day = pa.array([2**31 - 1, 0], type=pa.int32()).cast(pa.date32())
    moment = pa.array([2**62, 0], type=pa.int64()).cast(pa.timestamp("us", "Europe/Berlin"))
    words = pa.array(["rain falls", "la"]).dictionary_encode()
    pq.write_table(pa.table({"lyrics": words, "year": day, "date": moment, "n": [[1], None]}), path)
    return path.read_bytes()


@hostile
@given(changes=st.data())
def test_parquet(parquet: bytes, changes: st.DataObject) -> None:
    data = changes.draw(damaged(st.just(parquet)))
    with suppress(InputError):
        read_table("songs.parquet", data)


@hostile
@given(st.lists(st.dictionaries(_RECORD_KEYS, _ODD, max_size=6), max_size=3))
def test_records(tmp_path: Path, rows: list[Any]) -> None:
    (tmp_path / "genre.jsonl").write_bytes(as_bytes("\n".join(map(json.dumps, rows))))
    _, problems = read_records(tmp_path)
    assert len(problems) <= len(rows)


@hostile
@given(st.data())
def test_cards(tmp_path: Path, data: st.DataObject) -> None:
    whole = {
        **dict.fromkeys(("name", "family", "base", "training_data", "training_data_sha256"), "x"),
        **dict.fromkeys(("licence", "limits", "created"), "x"),
        "base_sha256": None,
        "labels": ["folk", "rock"],
        **{key: {} for key in ("config", "library_versions", "metrics", "files")},
    }
    changed = data.draw(st.sampled_from(sorted(whole)))
    (tmp_path / CARD).write_bytes(as_bytes(json.dumps({**whole, changed: data.draw(VALUE)})))
    with suppress(EngineError):
        card = ModelCard.read(tmp_path)
        card.setting("layers")
        card.verify(tmp_path)
