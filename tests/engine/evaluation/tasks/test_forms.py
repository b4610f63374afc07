"""Steadiness tells a model that reads words from one that reads how a song is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from engine.classifiers.prediction import Prediction
from engine.corpora.written_forms import FORMS
from engine.evaluation.board.records import EvaluationRecord, read_records
from engine.evaluation.metrics import metric
from engine.evaluation.runner import evaluate
from engine.lyrics import Lyrics


class Reader:
    """Folk with the probability that it reads out of a lyric."""

    base = "none"

    class card:  # noqa: N801 - an attribute
        """None is needed but its checksum."""

    def __init__(self, reads: Callable[[Lyrics], float]) -> None:
        self.reads = reads

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        shares = [self.reads(lyric) for lyric in lyrics]
        return [Prediction("llama", "none", ("folk", "rock"), (s, 1 - s), 0.0) for s in shares]


def recorded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reads: Callable[[Lyrics], float]
) -> dict[str, EvaluationRecord]:
    """By metric, of songs of which those with a fiddle are folk and the others rock."""
    songs = folder / "songs.parquet"
    verses = "\n\n".join(
        "\n".join(f"we {what} the night away number {i} {j}" for j in "abcd")
        for i, what in enumerate(("sing", "dance", "dream", "drive"))
    )
    pd.DataFrame(
        [
            {"lyrics": verses.replace("away", word + f" {n}"), "genre": genre}
            for n in range(4)
            for word, genre in (("fiddle", "folk"), ("guitar", "rock"))
        ]
    ).to_parquet(songs)
    monkeypatch.setattr("engine.evaluation.tasks.genre.model_revision", lambda *_: "0" * 12)
    evaluate("forms", songs, ["llama"], results=folder, load=lambda *_: Reader(reads))
    return {record.metric: record for record in read_records(folder)[0]}


def test_who_reads_words_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorded(tmp_path, monkeypatch, lambda lyric: 0.9 if "fiddle" in lyric.words else 0.1)
    for form in (form.replace(" ", "-") for form in FORMS if form != "whole"):
        assert found[f"agreement/{form}"].value == 1
        assert found[f"change/{form}"].value == pytest.approx(0)
        assert found[f"form-accuracy/{form}"].value == 1
        assert found[f"form-ece/{form}"].value == pytest.approx(0.1)
    assert {record.task for record in found.values()} == {"genre"}


def test_who_reads_length_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorded(tmp_path, monkeypatch, lambda lyric: 0.8 if len(lyric.lines) > 10 else 0.3)
    assert found["agreement/12-lines"].value == found["agreement/one-block"].value == 1
    assert found["agreement/8-lines"].value == 0
    assert found["change/8-lines"].value == pytest.approx(0.5)
    assert found["form-accuracy/whole"].value == 0.5
    assert found["form-ece/whole"].value == pytest.approx(0.3)
    assert found["form-ece/4-lines"].value == pytest.approx(0.2)


def test_every_record_names_a_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, record in recorded(tmp_path, monkeypatch, lambda _: 0.5).items():
        assert metric(name, record.signature).signature == record.signature
