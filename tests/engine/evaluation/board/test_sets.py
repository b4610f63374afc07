"""What stands on one board, and which songs explanations belong to."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from engine.evaluation.board.records import EvaluationRecord
from engine.evaluation.board.sets import EXPLAINED, FORMED, evaluation_sets, sets_beside
from engine.evaluation.board.summaries import (
    BY_CHANCE,
    NAMED,
    explanation_values,
    form_values,
    selective_curve,
)

Records = Callable[..., EvaluationRecord]
FEW, SOME = "test (20 songs drawn, seed 0)", "test (60 songs drawn, seed 0)"


def test_songs_of_explanations_belong_to_the_set_of_their_file(record: Records) -> None:
    known = [
        record(model="llama"),
        record(model="llama", metric="comprehensiveness", split=FEW),
        *(record(model=m, metric="comprehensiveness", split=SOME) for m in ("llama", "roberta")),
        record(model="llama", metric="comprehensiveness", split=SOME, dataset_sha256="cd" * 32),
    ]
    whole, other = evaluation_sets(known, "genre")
    assert (whole.split, other.split) == ("test", SOME)
    assert [found.split for found in sets_beside(known, whole, EXPLAINED)] == [SOME, FEW]
    assert sets_beside(known, other, EXPLAINED) == [other]


def test_explanations_stand_beside_random_words(record: Records) -> None:
    values = {"comprehensiveness": 0.3, "comprehensiveness-random": 0.1, "sufficiency": 0.2}
    known = [record(metric=name, value=value) for name, value in values.items()]
    (songs,) = evaluation_sets(known, "genre")
    table = explanation_values(known, songs)
    rows = list(zip(table["measure"], table["words"], table["value"], strict=True))
    assert rows == [
        ("comprehensiveness", NAMED, 0.3),
        ("comprehensiveness", BY_CHANCE, 0.1),
        ("sufficiency", NAMED, 0.2),
    ]


def test_written_forms_stand_side_by_side(record: Records) -> None:
    known = [
        record(model="llama"),
        record(model="llama", metric="agreement/8-lines", split=SOME, value=0.7),
        record(model="llama", metric="agreement/1-line", split=SOME, value=0.4),
        record(model="roberta", metric="agreement/8-lines", split=SOME, value=0.8),
    ]
    (whole,) = evaluation_sets(known, "genre")
    (songs,) = sets_beside(known, whole, FORMED)
    table = form_values(known, songs, "agreement")
    assert list(table.columns) == ["8 lines", "1 line"]
    assert table["8 lines"].to_dict() == {"llama": 0.7, "roberta": 0.8}
    assert table["1 line"].isna().to_dict() == {"llama": False, "roberta": True}


def test_the_surest_answers_come_first() -> None:
    table = pd.DataFrame(
        {
            "reference": ["folk", "folk", "rock", "rock"],
            "prediction": ["folk", "folk", "folk", "rock"],
            "p:folk": [0.95, 0.85, 0.75, 0.35],
            "p:rock": [0.05, 0.15, 0.25, 0.65],
        }
    )
    curve = selective_curve(table)
    assert curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve["accuracy"].tolist() == pytest.approx([1, 1, 2 / 3, 3 / 4])
