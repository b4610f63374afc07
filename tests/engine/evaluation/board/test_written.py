"""Songs as written beside human songs: overall, by genre, and where they cannot be mistaken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.evaluation.board.records import EvaluationRecord, append_records, read_records
from engine.evaluation.board.sets import EvaluationSet, evaluation_sets
from engine.evaluation.board.written import apart, written_genres, written_values
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.written import WRITTEN_METRICS
from engine.evaluation.tasks.data import write_predictions

SONGS = 40
Make = Callable[..., EvaluationRecord]


def figures(share: float) -> pd.DataFrame:
    """Half jazz with half the share, half rock; nothing is known of like sections in jazz."""
    jazz = np.arange(SONGS) % 2 == 0
    table = pd.DataFrame(
        {
            "id": [f"{n:02d}" for n in range(SONGS)],
            "genre": np.where(jazz, "jazz", "rock"),
            "cluster": [f"{n:08x}" for n in range(SONGS)],
        }
    )
    for metric in WRITTEN_METRICS:
        total, count = metric.needs
        table[count] = np.where(jazz & (metric.name == "written/line-sameness"), 0.0, 1.0)
        table[total] = table[count] * np.where(jazz, share / 2, share)
    return table


@pytest.fixture
def measured(tmp_path: Path, record: Make) -> tuple[list[EvaluationRecord], EvaluationSet, Path]:
    for model, share in (("human", 0.2), ("tinyllama", 0.8)):
        table = figures(share)
        file = f"predictions/{model}.parquet"
        common = record(model=model, task="chords", run=model, predictions=file, n=SONGS)
        write_predictions(table, {"run": model}, tmp_path / file)
        append_records(scored_records(table, WRITTEN_METRICS, common), tmp_path)
    records, problems = read_records(tmp_path)
    assert problems == []
    return records, evaluation_sets(records, "chords")[0], tmp_path


def value(table: pd.DataFrame, model: str, title: str) -> float:
    rows = table[(table["model"] == model) & (table["metric"] == title)]
    return float(rows["value"].iloc[0])


def test_every_model_has_every_statistic(
    measured: tuple[list[EvaluationRecord], EvaluationSet, Path],
) -> None:
    records, songs, folder = measured
    found = written_values(records, songs, folder=folder)
    assert len(found) == 2 * len(WRITTEN_METRICS)
    assert value(found, "human", "different chords in a song") == pytest.approx(0.15)
    assert set(found["songs"]) == {SONGS}
    assert set(found["unit"]) == {"share", "chords", "bits"}


def test_a_genre_is_told_alone(
    measured: tuple[list[EvaluationRecord], EvaluationSet, Path],
) -> None:
    records, songs, folder = measured
    assert written_genres(records, songs, folder) == ["jazz", "rock"]
    found = written_values(records, songs, "jazz", folder)
    assert value(found, "tinyllama", "entropy of a song's chords") == pytest.approx(0.4)
    assert set(found["songs"]) == {SONGS // 2}
    sameness = "like lines of like sections with the same chords"
    assert sameness not in set(found["metric"])  # nothing to tell is no zero
    assert sameness in set(written_values(records, songs, "rock", folder)["metric"])


def test_unlike_is_what_no_chance_explains(
    measured: tuple[list[EvaluationRecord], EvaluationSet, Path],
) -> None:
    records, songs, folder = measured
    found = written_values(records, songs, folder=folder)
    assert len(apart(found, "tinyllama", "human")) == len(WRITTEN_METRICS)
    assert apart(found, "human", "human") == []
    assert apart(found, "tinyllama", "nobody") == []
