"""``python -m engine batch`` as a user meets it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from engine import batch
from engine.__main__ import main
from engine.classifiers import CLASSIFIERS
from engine.classifiers.prediction import GENRES
from engine.errors import CancelledError
from tests.conftest import song_of


def songs_file(tmp_path: Path) -> Path:
    path = tmp_path / "songs.csv"
    lyrics = [song_of(genre, seed) * (seed + 1) for genre in GENRES for seed in range(3)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["words"], *([text] for text in [*lyrics, "12 34"])])
    return path


@pytest.mark.parametrize("model", [*CLASSIFIERS, "bilstm-gru/linear"])
def test_a_table_is_scored_as_single_songs_are(
    with_tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    from engine.classifiers import load_classifier
    from engine.lyrics import Lyrics

    source, output = songs_file(tmp_path), tmp_path / "out.csv"
    arguments = ["batch", str(source), "--output", str(output), "--model", model]
    assert main([*arguments, "--text-column", "words"]) == 0

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"wrote {output}: 37 songs, 1 with an error, ")
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    alone = load_classifier(model)
    for row in rows[:-1:5]:
        expected = alone.predict([Lyrics.parse(row["words"])])[0]
        found = [float(row[f"p_{genre}"]) for genre in expected.labels]
        assert found == pytest.approx(expected.probabilities, abs=0.02)
    assert "No words are left" in rows[-1]["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv", "--output", "out.csv"], "none.csv cannot be read"),
        (["songs.csv", "--output", "out.csv"], "no column 'lyrics'"),
        (["songs.csv", "--output", "out.doc"], "no table"),
        (["songs.csv", "--output", "out.csv", "--preset", "huge"], "no preset 'huge'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    songs_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["batch", *arguments, "--model", "bilstm-gru"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert message in captured.err


def test_an_interrupted_run_exits_with_130_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: Any, **_options: Any) -> None:
        raise CancelledError("Interrupted after 3 of 9 songs; the same command goes on from there.")

    monkeypatch.setattr(batch, "answer_table", interrupted)
    assert main(["batch", "a.csv", "--output", "b.csv", "--model", "llama"]) == 130
    assert capsys.readouterr().err == (
        "cancelled: Interrupted after 3 of 9 songs; the same command goes on from there.\n"
    )


def test_quiet_says_nothing_when_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = batch.BatchRun(9, 0, 0, 1.0, ())
    monkeypatch.setattr(batch, "answer_table", lambda *_arguments, **_options: done)
    assert main(["batch", "a.csv", "--output", "b.csv", "--model", "llama", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
