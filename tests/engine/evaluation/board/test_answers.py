"""Answers song by song: filters, disagreements, one song's answers, what BERTScore gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.evaluation.board.answers import (
    answers,
    bertscore_by_answer,
    filtered_answers,
    outcomes,
    song_answers,
    song_differences,
    song_predictions,
)
from engine.evaluation.metrics import metric

FIRST = pd.DataFrame(
    {
        "id": ["a1", "a2", "b1", "b2"],
        "reference": ["folk", "folk", "rock", "rock"],
        "prediction": ["folk", "rock", "rock", "folk"],
        "words": [50, 150, 250, 350],
        "year": pd.array([1990, None, 2000, 2010], dtype="Int64"),
        "p:folk": [0.9, 0.2, 0.4, 0.7],
        "p:rock": [0.1, 0.8, 0.6, 0.3],
    }
)
LABELS_ONLY = FIRST.drop(columns=["p:folk", "p:rock"]).assign(prediction="rock")


def test_answers_say_what_is_right_and_how_sure() -> None:
    found = answers(FIRST)
    assert list(found["correct"]) == [True, False, True, False]
    assert list(found["confidence"]) == pytest.approx([0.9, 0.8, 0.6, 0.7])
    assert answers(LABELS_ONLY)["confidence"].isna().all()


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({}, ["a1", "a2", "b2", "b1"]),
        ({"only_wrong": True}, ["a2", "b2"]),
        ({"references": ["rock"]}, ["b2", "b1"]),
        ({"predictions": ["folk"]}, ["a1", "b2"]),
        ({"words": (150, 250)}, ["a2", "b1"]),
        ({"confidence": (0.65, 0.85)}, ["a2", "b2"]),
        ({"identity": "b"}, ["b2", "b1"]),
        ({"references": ["rock"], "only_wrong": True, "words": (0, 300)}, []),
    ],
)
def test_filters_keep_what_passes_all_of_them(filters: dict[str, object], kept: list[str]) -> None:
    found = filtered_answers(answers(FIRST), **filters)  # type: ignore[arg-type]
    assert list(found["id"]) == kept


def test_an_answer_without_confidence_passes_no_confidence_filter() -> None:
    found = answers(LABELS_ONLY)
    assert len(filtered_answers(found)) == 4
    assert len(filtered_answers(found, confidence=(0.0, 1.0))) == 0


def test_one_song_has_every_models_answer_and_its_probabilities() -> None:
    tables = {"one": FIRST, "guest": LABELS_ONLY, "elsewhere": FIRST.iloc[:1]}
    told = song_answers(tables, "b2")
    assert list(told["model"]) == ["one", "guest"]
    assert list(told["prediction"]) == ["folk", "rock"]
    assert list(told["correct"]) == [False, True]
    known = [str(name)[2:] for name in FIRST.columns if str(name).startswith("p:")]
    assert song_predictions(tables, "b2", known[1:]) == []  # with a label the board does not know
    shares = song_predictions(tables, "b2", known)
    assert [prediction.model for prediction in shares] == ["one"]
    assert shares[0].label == "folk"
    assert shares[0].confidence == pytest.approx(0.7)


def test_outcomes_count_every_common_song_once() -> None:
    found = outcomes(FIRST, LABELS_ONLY.iloc[1:])
    assert found == {"both": 1, "first": 0, "second": 1, "neither": 1}


def test_chord_songs_differ_by_the_value_of_each_song() -> None:
    common = {"id": ["x", "y", "z"], "genre": "folk", "words": 20, "prediction": "C@0"}
    one = pd.DataFrame({**common, "majmin_hits": [5, 2, 1], "majmin_counted": 10})
    other = pd.DataFrame({**common, "majmin_hits": [4, 9, 1], "majmin_counted": 10})
    found = song_differences(one, other, metric("majmin"))
    assert list(found["id"]) == ["y", "x"]
    assert list(found["difference"]) == pytest.approx([-0.7, 0.1])


def test_bertscore_of_right_and_wrong_answers_is_told_apart() -> None:
    songs = pd.DataFrame(
        {
            "model": ["a", "a", "a", "b"],
            "correct": [True, False, False, True],
            "bertscore_f1": [1.0, 0.2, 0.4, 1.0],
        }
    )
    found = bertscore_by_answer(songs).set_index("model")
    assert found.loc["a", "right"] == 1
    assert found.loc["a", "wrong"] == pytest.approx(0.3)
    assert (found.loc["a", "wrong_low"], found.loc["a", "wrong_high"]) == (0.2, 0.4)
    assert found.loc["a", "accuracy"] == pytest.approx(1 / 3)
    assert np.isnan(found.loc["b", "wrong"])
