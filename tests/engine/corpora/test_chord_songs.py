"""Training and evaluation see the same songs, and a broken file is one sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engine.corpora.chord_songs import read_chord_songs
from engine.errors import InputError
from engine.evaluation.tasks.chord_songs import chord_songs
from engine.generator.songs import home_songs
from tests.engine.generator.rows import corpus_file, corpus_row


def silent_row() -> dict[str, object]:
    return corpus_row(
        lines=[{"words": ["Rain"], "chords": []}, {"words": [], "chords": [[0, "C"]]}]
    )


def test_every_song_carries_words_and_chords_of_one_row(tmp_path: Path) -> None:
    rows = [
        corpus_row(id="a", year=1911, key_source="estimated"),
        silent_row(),
        corpus_row(time_signature=None, genre=None, key="A:minor"),
    ]
    read = read_chord_songs(corpus_file(tmp_path, *rows))
    first, second = read.songs
    assert (first.id, first.year, first.genre, first.key_given) == ("a", 1911, "folk", False)
    assert [line.words for line in first.lines] == [line.words for line in first.lyrics.lines]
    assert (first.time_signature, second.time_signature) == ("3/4", None)
    assert (second.genre, second.key_given, len(second.id)) == ("unknown", True, 12)
    assert read.problems == ("Song 2: no chord on a lyric line; it is left out.",)


def test_a_song_and_its_reference_stay_together_whatever_is_left_out(tmp_path: Path) -> None:
    rows = [silent_row(), corpus_row(id="g"), silent_row(), corpus_row(id="e", key="E:major")]
    path = corpus_file(tmp_path, *rows)
    homes = home_songs(read_chord_songs(path).songs)
    references = chord_songs(path).songs
    assert [song.id for song in references] == ["g", "e"]
    assert [song.home for song in references] == homes
    assert [song.home.key for song in references] == [song.sheet.key for song in references]


def test_packed_and_plain_files_read_alike(tmp_path: Path) -> None:
    path = corpus_file(tmp_path, corpus_row())
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert read_chord_songs(path).songs == read_chord_songs(tmp_path / "rows.jsonl.gz").songs


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "J"}, "Row 2 of rows.jsonl is no song with chords: .*key"),
        ({"key": 7}, "Row 2 .* 'key' is not text"),
        ({"lines": {}}, "Row 2 .* 'lines' is missing or not a list"),
        ({"lines": [{"words": ["a"], "chords": [[0, "?"]]}]}, "Row 2 .* Line 1"),
        ({"lines": [{"words": ["a"], "chords": [[9, "C:maj"]]}]}, "Row 2 .* Line 1"),
        ({"more": [[[[] for _ in range(9)] for _ in range(9)]]}, ""),
    ],
)
def test_a_row_that_is_no_song_is_named(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    path = corpus_file(tmp_path, corpus_row(), corpus_row(**change))
    if not said:
        assert len(read_chord_songs(path).songs) == 2
        return
    with pytest.raises(InputError, match=said):
        read_chord_songs(path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl.gz", gzip.compress(b"0" * 20_000_000), "has more than"),
        ("a.jsonl.gz", b"no gzip", "no whole gzip file"),
        ("a.jsonl.gz", gzip.compress(b'{"lines": []}\n' * 100)[:-5], "no whole gzip file"),
        ("a.jsonl", b'{"lines": ' + b"[" * 100_000, "no row of it is a JSON object"),
        ("a.jsonl", b'{"lines": ' + b"[" * 99 + b"]" * 99 + b'}\n{"lines": []}', "nested deeper"),
        ("a.csv", b"lines\n", "accepted are .jsonl.gz and .jsonl"),
        ("a.jsonl", b"", "is empty"),
        ("none.jsonl", None, "cannot be read"),
    ],
)
def test_what_is_no_such_file_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_chord_songs(tmp_path / name)


def test_half_characters_end_nowhere(tmp_path: Path) -> None:
    lines = [{"words": ["\ud83d"], "chords": [[0, "C:maj"]]}]
    row = corpus_row(title="\ud83d", genre="\ud83d", artist="\ud83d", id="\ud83d", lines=lines)
    (song,) = chord_songs(corpus_file(tmp_path, row)).songs
    for text in (song.id, song.genre, song.sheet.title, song.lyrics.text):
        assert text.encode() == b"?"
