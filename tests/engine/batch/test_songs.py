"""A table in memory is answered row for row, compared with its genres, and can be cancelled."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from engine.batch import answer_songs
from engine.corpora.songs import frame
from engine.errors import CancelledError
from engine.lyrics import Lyrics
from tests.engine.batch.quick_model import LABELS, CountingModel, probabilities_of, write_card

WORDS = ["Slow rain on the road", "", "Fast rain on the wall", "Iron and rain"]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountingModel:
    write_card(tmp_path / "llama", "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    return CountingModel()


@pytest.fixture
def songs() -> pd.DataFrame:
    rows = [
        {"title": f"Song {n}", "lyrics": words, "genre": "folk", "year": 1990 + n, "sung": words}
        for n, words in enumerate(WORDS)
    ]
    return frame(rows).set_index(pd.Index([7, 3, 5, 1]))


def label_of(words: str) -> str:
    probabilities = probabilities_of(Lyrics.parse(words))
    return LABELS[probabilities.index(max(probabilities))]


def test_every_song_keeps_its_row_and_one_without_words_says_why(
    songs: pd.DataFrame, model: CountingModel
) -> None:
    seen: list[tuple[int, int]] = []
    found = answer_songs(
        songs, "llama", progress=lambda *step: seen.append(step), load=lambda *_: model
    )

    assert list(found.table.index) == [7, 3, 5, 1]
    assert found.table["title"].tolist() == songs["title"].tolist()
    assert found.table["year"].tolist() == songs["year"].tolist()
    answered = found.table.drop(index=3)
    assert answered["prediction"].tolist() == [label_of(words) for words in WORDS if words]
    assert pd.isna(found.table.loc[3, "prediction"])
    assert found.table.loc[3, "error"]
    assert (found.run.rows, found.run.errors) == (4, 1)
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)
    assert "sung" not in found.table


def test_the_files_hold_what_is_in_the_table(songs: pd.DataFrame, model: CountingModel) -> None:
    found = answer_songs(songs, "llama", load=lambda *_: model)
    as_csv = pd.read_csv(io.StringIO(found.csv))
    as_parquet = pd.read_parquet(io.BytesIO(found.parquet))
    for of in (as_csv, as_parquet):
        assert of["title"].tolist() == songs["title"].tolist()
        assert of["confidence"].tolist() == pytest.approx(
            found.table["confidence"].tolist(), nan_ok=True
        )
    assert list(found.shown.columns) == ["title", "genre", "prediction", "confidence", "error"]


def test_only_genres_that_models_know_are_compared(
    songs: pd.DataFrame, model: CountingModel
) -> None:
    right = label_of(WORDS[0])
    wrong = next(genre for genre in LABELS if genre != label_of(WORDS[2]))
    songs["genre"] = [right, "folk", wrong, "sea shanty"]
    assert answer_songs(songs, "llama", load=lambda *_: model).told_alike == (1, 2)


def test_a_cancelled_table_stops_and_is_told(songs: pd.DataFrame, model: CountingModel) -> None:
    with pytest.raises(CancelledError):
        answer_songs(songs, "llama", cancelled=lambda: True, load=lambda *_: model)
    assert not model.batches


def test_a_column_that_is_called_as_an_answer_is_kept_under_another_name(
    songs: pd.DataFrame, model: CountingModel
) -> None:
    songs["prediction"] = "mine"
    found = answer_songs(songs, "llama", load=lambda *_: model)
    assert set(found.table["input_prediction"]) == {"mine"}
    assert any("input_prediction" in note for note in found.run.notes)
