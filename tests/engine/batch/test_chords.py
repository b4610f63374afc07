"""Chords for a table of songs: the generator that writes one song writes each of many."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine import formats
from engine.batch import answer_table
from engine.errors import CancelledError, InputError
from engine.generator import Controls
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.engine.batch.quick_model import write_card

SONGS = ["rain on the river\nand we sang", "", "far too much " * 3, "one word"]


class OneChord:
    """Writes the tonic on the first word of each line."""

    def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
        if "much" in lyrics.words:
            raise InputError("The lyric is too much.")
        key = controls.key or Key("C", "major")
        placed = (PlacedChord(0, Chord.parse(key.tonic)),)
        return LeadSheet("", key, tuple(Line(line.words, placed) for line in lyrics.lines))


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("tinyllama", "chord-memory", "chord-placement"):
        write_card(tmp_path / "models" / name, "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path / "models"))
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["lyrics"], *([song] for song in SONGS)])
    return tmp_path / "in.csv"


def written(source: Path, **options: Any) -> list[dict[str, str]]:
    output = source.with_name("out.csv")
    answer_table(source, output, "tinyllama", load=lambda *_: OneChord(), **options)
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_song_has_its_chords_or_the_reason(source: Path) -> None:
    rows = written(source, controls=Controls(key=Key("G", "major")))
    assert [row["written_key"] for row in rows] == ["G major", "", "", "G major"]
    assert [row["written_chords"] for row in rows] == ["G / G", "", "", "G"]
    assert [row["error"] for row in rows] == [
        *("", "The lyric is missing.", "The lyric is too much.", "")
    ]
    sheet = formats.read(rows[0]["chordpro"].encode(), "chordpro")
    assert [" ".join(line.words) for line in sheet.lines] == ["rain on the river", "and we sang"]


def test_chords_by_other_wishes_are_not_gone_on_with(source: Path) -> None:
    def stop(*_: Any) -> Any:
        return SimpleNamespace(generate=lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))

    output = source.with_name("out.csv")
    with pytest.raises(CancelledError, match="goes on"):
        answer_table(source, output, "tinyllama", load=stop)
    with pytest.raises(InputError, match="begun with another wish key"):
        written(source, controls=Controls(key=Key("D", "major")))
