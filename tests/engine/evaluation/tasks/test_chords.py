"""Chord evaluation, with made-up songs and a generator that copies, errs or disobeys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.errors import CancelledError, InputError
from engine.evaluation.baselines.chords import CommonestProgression, TrainingChords, TrigramBaseline
from engine.evaluation.board.answers import weakest_songs
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import read_records
from engine.evaluation.metrics import metric
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks.chord_songs import chord_songs
from engine.evaluation.tasks.chords import controls_of, is_valid, obeyed
from engine.generator.controls import Controls
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet

CARD = ModelCard("fake", "fake", "none", None, (), "", "", {}, {}, {}, "", "", "")
CYCLE = ("C:maj", "G:maj", "A:min", "F:maj")


def song(number: int, key: str = "C:major") -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"section": "intro", "words": [], "chords": [[0, "C:maj"]]}]
    for index in range(6):
        first, second = CYCLE[2 * index % 4], CYCLE[(2 * index + 1) % 4]
        words = f"line {index} of song {number}".split()
        lines.append({"section": "verse", "words": words, "chords": [[0, first], [3, second]]})
    return {
        "id": f"song{number}",
        "title": "Hidden title",
        "artist": f"artist {number % 5}",
        "year": 1990,
        "genre": "folk",
        "key": key,
        "key_source": "given",
        "time_signature": "3/4",
        "tempo": 90,
        "lines": lines,
    }


@pytest.fixture(autouse=True)
def _fake_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    scorer = SimpleNamespace(
        signature="bertscore|fake", score=lambda given, _wanted: np.ones((len(given), 3))
    )
    monkeypatch.setattr("engine.evaluation.metrics.bertscore.bert_scorer", lambda _name: scorer)
    monkeypatch.setattr("engine.evaluation.tasks.chords.megabytes_read", lambda *_: 1.0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "tunes"
    folder.mkdir()
    for name, count in (("train", 20), ("validation", 5), ("test", 10)):
        text = "\n".join(json.dumps(song(number)) for number in range(count))
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    return folder / "test.jsonl.gz"


class Copier:
    """Answers each song with its own chords, changed as asked."""

    name = "tinyllama"
    base = "memory"
    card = CARD

    def __init__(self, data: Path, change: Callable[[LeadSheet], LeadSheet]) -> None:
        self.known = {known.lyrics: known for known in chord_songs(data).songs}
        self.change = change

    def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
        known = self.known[lyrics]
        return self.change(replace(known.sheet, lines=known.lines, genre=controls.genre))

    def next_chords(self, _song: object) -> dict[str, float]:
        return {"next_hits": 3, "next_count": 4, "next_loss": 4 * np.log(2)}


def values(data: Path, change: Callable[[LeadSheet], LeadSheet] = lambda s: s) -> dict[str, float]:
    copier = Copier(data, change)
    run = evaluate("chords", data, ["tinyllama"], load=lambda *_: copier)
    return {record.metric: record.value for record in run.records}


def test_a_perfect_copy_is_perfect(data: Path) -> None:
    found = values(data)
    for name in ("placement-f1", "placement-f1-near", "majmin", "sevenths", "valid"):
        assert found[name] == 1.0
    assert found["control-compliance"] == 1.0
    assert found["chord-entropy-gap"] == 0.0
    assert found["chord-coverage"] == 4
    assert found["next-chord-accuracy"] == 0.75
    assert found["next-chord-perplexity"] == pytest.approx(2.0)


def test_another_key_is_disobedience_and_disagreement(data: Path) -> None:
    found = values(data, lambda sheet: sheet.transpose(6))
    assert found["control-compliance"] == 0.0
    assert found["majmin"] == 0.0
    assert found["placement-f1"] == 1.0


def test_lost_lines_are_invalid(data: Path) -> None:
    found = values(data, lambda sheet: replace(sheet, lines=sheet.lines[1:]))
    assert found["valid"] == 0.0
    assert found["majmin"] == 0.0


def test_a_refusal_is_an_invalid_output_not_a_crash(data: Path) -> None:
    def refuse(_sheet: LeadSheet) -> LeadSheet:
        raise InputError("no")

    assert values(data, refuse)["valid"] == 0.0


def test_a_cancelled_song_is_not_counted_as_invalid(data: Path) -> None:
    def cancel(_sheet: LeadSheet) -> LeadSheet:
        raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        values(data, cancel)
    assert read_records() == ([], [])


def test_what_is_kept_names_no_song_and_no_word(data: Path) -> None:
    values(data)
    records, problems = read_records()
    assert problems == []
    table = predictions(records[0])
    assert table["prediction"][0].startswith("C@0 G@3 / Am@0 F@3")
    for secret in ("Hidden", "artist 1", "line", "of song"):
        assert secret not in table.drop(columns="id").to_csv(index=False, header=False)


def test_baselines_keep_words_key_and_controls(data: Path) -> None:
    run = evaluate("chords", data, ["trigram", "commonest-progression"])
    found = {(record.model, record.metric): record.value for record in run.records}
    for name in ("trigram", "commonest-progression"):
        assert found[name, "valid"] == 1.0
        assert found[name, "control-compliance"] == 1.0
        assert found[name, "next-chord-accuracy"] > 0.7  # the songs are one progression
    assert found["commonest-progression", "majmin"] == 1.0
    assert found["commonest-progression", "placement-f1"] == 1.0
    assert ("commonest-progression", "next-chord-perplexity") not in found


@pytest.mark.parametrize("key", ["Bb:minor", "F#:major"])
@pytest.mark.parametrize("complexity", ["triads", "extended"])
def test_baselines_obey_odd_controls(key: str, complexity: str, data: Path) -> None:
    training = TrainingChords(data.with_name("train.jsonl.gz"))
    lyrics = Lyrics.parse("one\n\na much longer line of words that never was in the training songs")
    controls = Controls(key=Key.parse(key), complexity=complexity, genre="polka", tempo=70)
    for baseline in (TrigramBaseline(training), CommonestProgression(training)):
        sheet = baseline.generate(lyrics, controls)
        assert is_valid(sheet, lyrics)
        assert all(obeyed(sheet, controls).values())
        assert sheet == baseline.generate(lyrics, controls)


def test_controls_are_the_references(data: Path) -> None:
    controls = controls_of(chord_songs(data).songs[0], seed=4)
    assert (str(controls.key), controls.genre, controls.tempo) == ("C:major", "folk", 90)
    assert (controls.time_signature, controls.complexity, controls.seed) == ("3/4", "triads", 4)


def test_songs_without_chords_are_left_out_by_name(tmp_path: Path) -> None:
    bare = song(1)
    for line in bare["lines"]:
        line["chords"] = [] if line["words"] else line["chords"]
    path = tmp_path / "test.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (bare, song(2), song(3))), "utf-8")
    read = chord_songs(path, limit=5)
    assert [found.id for found in read.songs] == ["song2", "song3"]
    assert read.split == "test (5 songs drawn, seed 0)"
    assert len(chord_songs(path, limit=1).songs) == 1
    assert read.problems == ("Song 1: no chord on a lyric line; it is left out.",)


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "a"}\n',
        b'{"lines": [{"words": ["a"]}]}\n',
        b"[1]\n",
        b"",
        b"not json\n",
        b'{"lines": []}\n',
    ],
)
def test_unusable_files_are_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "test.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError):
        chord_songs(path)


def test_weakest_songs_come_first(data: Path) -> None:
    evaluate("chords", data, ["trigram"])
    table = predictions(read_records()[0][0])
    found = weakest_songs(table, metric("majmin"))
    assert found["value"].is_monotonic_increasing
    assert list(found.columns) == ["id", "value", "genre", "words", "year", "prediction"]
    with pytest.raises(InputError, match="song by song"):
        weakest_songs(table, metric("size"))


def test_chords_per_line_is_checked(data: Path) -> None:
    sheet = chord_songs(data).songs[0].sheet
    assert obeyed(sheet, Controls(chords_per_line=2))["chords_per_line"]
    assert not obeyed(sheet, Controls(chords_per_line=3))["chords_per_line"]
