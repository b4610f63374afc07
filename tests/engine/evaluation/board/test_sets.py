"""What stands on one board, and which songs explanations belong to."""

from __future__ import annotations

from collections.abc import Callable

from engine.evaluation.board.records import EvaluationRecord
from engine.evaluation.board.sets import evaluation_sets, explained_sets
from engine.evaluation.board.summaries import BY_CHANCE, NAMED, explanation_values

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
    assert [found.split for found in explained_sets(known, whole)] == [SOME, FEW]
    assert explained_sets(known, other) == [other]


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
