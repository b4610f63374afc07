"""Rows of a corpus file, as training reads them; all words are ours."""

from __future__ import annotations

import json
from pathlib import Path

from engine.corpora.chord_songs import read_chord_songs
from engine.generator.songs import HomeSong, home_songs


def corpus_row(**change: object) -> dict[str, object]:
    """A small song in G major with a repeat, a line without words and a restated chord."""
    lines = [
        {"section": "verse", "words": ["Rain", "again"], "chords": [[0, "G:maj"], [1, "G:maj"]]},
        {"section": "verse", "words": ["rain", "AGAIN!"], "chords": [[0, "E:min"]]},
        {"section": None, "words": [], "chords": [[0, "D:7"]]},
        {"section": "outro", "words": ["Sun", "now"], "chords": [[0, "F#:hdim7"], [2, "G:maj"]]},
    ]
    row: dict[str, object] = {
        "key": "G:major",
        "key_source": "given",
        "genre": "folk",
        "time_signature": "3/4",
        "lines": lines,
    }
    return row | change


def corpus_file(folder: Path, *rows: dict[str, object]) -> Path:
    """The rows as a JSON lines file."""
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def corpus_songs(folder: Path, *rows: dict[str, object]) -> list[HomeSong]:
    """The rows as training reads them."""
    return home_songs(read_chord_songs(corpus_file(folder, *rows)).songs)
