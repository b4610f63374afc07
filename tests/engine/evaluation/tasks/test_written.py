"""Songs as written: what a generator makes of human words, and what those songs are like."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import CancelledError, EngineError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import read_records
from engine.evaluation.board.sets import WRITTEN, evaluation_sets, sets_beside
from engine.evaluation.runner import evaluate
from engine.generator.controls import Controls
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

VERSE = (("Morning came over the mountain", "C:maj", "F:maj"), ("Nobody opened", "C:maj", "G:maj"))


def song(number: int) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"section": "intro", "words": [], "chords": [[0, "Bb:maj"]]}]
    for stanza in range(2):
        for text, first, second in VERSE:
            words = f"{text} {number} {stanza}".split()
            row = {"section": "verse", "words": words, "chords": [[0, first], [1, second]]}
            lines.append({**row, "stanza": stanza})
    return {"id": f"song{number}", "title": "T", "artist": f"a{number}", "key": "C:major"} | {
        "genre": "folk",
        "lines": lines,
    }


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr("engine.evaluation.tasks.chords.megabytes_read", lambda *_: 1.0)
    folder = tmp_path / "tunes"
    folder.mkdir()
    for name, count in (("train", 6), ("test", 4)):
        text = "\n".join(json.dumps(song(number)) for number in range(count))
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    return folder / "test.jsonl.gz"


class Swinger:
    """Swings between two chords; the seed decides where the song ends."""

    name = "tinyllama"
    base = "none"
    card = ModelCard("fake", "fake", "none", None, (), "", "", {}, {}, {}, "", "", "")

    def __init__(self) -> None:
        self.asked: list[Controls] = []

    def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
        self.asked.append(controls)
        assert controls.key is not None
        swing = (PlacedChord(0, Chord.harte("C:maj")), PlacedChord(1, Chord.harte("G:maj")))
        lines = [Line(one.words, swing, one.section, one.stanza) for one in lyrics.lines]
        if controls.seed == 0:
            lines[-1] = replace(lines[-1], chords=swing[:1])
        return LeadSheet("", controls.key, tuple(lines), genre=controls.genre)


def values(data: Path, model: Any, **choices: Any) -> dict[str, float]:
    name = "human" if model is None else "tinyllama"
    run = evaluate("written", data, [name], load=lambda *_: model, **choices)
    return {record.metric.removeprefix("written/"): record.value for record in run.records}


def test_what_humans_wrote_is_told_as_it_stands(data: Path) -> None:
    found = values(data, None)
    assert found["line-sameness"] == 1
    assert found["distinct-verses"] == 0.5
    assert found["distinct-chords"] == 3  # the introduction's is not sung on
    assert found["song-ends-i"] == 0
    assert found["section-ends-v"] == 1
    assert found["kept"] == 1


def test_a_generator_writes_each_song_with_three_seeds(data: Path) -> None:
    swinger = Swinger()
    found = values(data, swinger)
    assert [(one.seed, one.genre) for one in swinger.asked[:3]] == [(n, "folk") for n in range(3)]
    assert len(swinger.asked) == 12
    assert found["distinct-chords"] == 2
    assert found["xyxy"] == 1
    assert found["song-ends-i"] == pytest.approx(1 / 3)


def test_songs_that_are_not_written_count_as_such(data: Path) -> None:
    class Fails(Swinger):
        def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
            if controls.seed == 1:
                raise EngineError("no")
            sheet = super().generate(lyrics, controls)
            return replace(sheet, lines=sheet.lines[:-1]) if controls.seed == 2 else sheet

    found = values(data, Fails())
    assert found["kept"] == pytest.approx(1 / 3)
    assert found["song-ends-i"] == 1  # of those that were written


def test_a_cancelled_song_is_no_failure(data: Path) -> None:
    class Cancelled(Swinger):
        def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        values(data, Cancelled())


def test_records_join_the_board_of_chords_beside_the_other_measures(data: Path) -> None:
    values(data, None)
    values(data, Swinger(), limit=2)
    records, problems = read_records()
    assert problems == []
    assert {record.task for record in records} == {"chords"}
    (songs, fewer) = evaluation_sets(records, "chords")
    assert sets_beside(records, songs, WRITTEN) == [songs, fewer]
    kept = predictions(records[0])
    assert kept["genre"].tolist() == ["folk"] * 4
    assert not {"title", "prediction"} & set(kept.columns)
    assert all(record.low is not None for record in records)


def test_baselines_are_fitted_on_the_training_songs(data: Path) -> None:
    run = evaluate("written", data, ["commonest-progression"])
    found = {record.metric: record.value for record in run.records}
    assert found["written/kept"] == 1
    assert found["written/distinct-chords"] <= 4
