"""Songs to train on where only time and memory are of interest: lines of the songbook, mixed.

Genres are dealt out to the songbook's songs in turn, so that there is something to be told from
words; a model that learns loses less and less, and says nothing about music. Chords are the
songbook's own.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import measuring  # noqa: F401 - from here on the engine is found

from engine.classifiers.prediction import GENRES
from engine.corpora.songbook import songbook
from engine.formats import json_format

SPLITS = ("train", "validation", "test")


def all_words() -> list[str]:
    """Every line of the songbook."""
    return [" ".join(line.words) for sheet in songbook() for line in sheet.lines if line.words]


def song_text(lines: Iterable[str], words: int, chance: random.Random) -> str:
    """Distinct lines drawn from some until they have so many words."""
    found: list[str] = []
    drawn = list(dict.fromkeys(lines))
    chance.shuffle(drawn)
    for line in drawn:
        if sum(len(one.split()) for one in found) >= words:
            break
        found.append(line)
    return "\n".join(found)


def write_genre_songs(folder: Path, counts: dict[str, int], words: tuple[int, int]) -> None:
    """``train``, ``validation`` and ``test.parquet``, of songs of so many words, from and to."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, list[str]] = {genre: [] for genre in GENRES}
    for number, sheet in enumerate(songbook()):
        own = [" ".join(line.words) for line in sheet.lines if line.words]
        lines[GENRES[number % len(GENRES)]] += own
    for split in SPLITS:
        rows: list[dict[str, Any]] = []
        for number in range(counts[split]):
            chance = random.Random(f"{split}{number}")  # noqa: S311 - no secret
            genre = GENRES[number % len(GENRES)]
            text = song_text(lines[genre], chance.randint(*words), chance)
            rows.append({"lyrics": text, "genre": genre, "artist": f"{split} {number}"})
        pd.DataFrame(rows).to_parquet(folder / f"{split}.parquet")


def write_chord_songs(folder: Path) -> None:
    """The songbook as ``train``, ``validation`` and ``test.jsonl.gz``, and its chords alone."""
    sheets = [sheet for sheet in songbook() if sheet.chords]
    rows = [_one_line(json.loads(json_format.write(sheet))) for sheet in sheets]
    parts = {"train": rows[:-20], "validation": rows[-20:-10], "test": rows[-10:]}
    for split, found in parts.items():
        _write_rows(folder / f"{split}.jsonl.gz", found)
    bars = [
        {
            "title": sheet.title,
            "genre": sheet.genre,
            "key": str(sheet.key),
            "sections": [{"section": None, "bars": [[[one.label, 4]] for one in sheet.chords]}],
        }
        for sheet in sheets
    ]
    for split in ("train", "validation"):
        part = bars[:-20] if split == "train" else bars[-20:]
        _write_rows(folder / "progressions" / f"{split}.jsonl.gz", map(json.dumps, part))


def _one_line(song: dict[str, Any]) -> str:
    return json.dumps(song, ensure_ascii=False)


def _write_rows(path: Path, rows: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(rows).encode("utf-8")))
