"""Evaluations in their line: progress, time left, a bound, and models that are busy."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import EngineError
from ui import evaluations
from ui.evaluations import Evaluation, Plan
from ui.leaderboard.evaluation_panel import duration

PLAN = Plan("genre", ("llama", "tfidf"), Path("songs.csv"))
ANN, BEN = "visitor one", "visitor two"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Evaluations that wait until the gate is open."""
    opened = threading.Event()
    monkeypatch.setattr("engine.evaluation.runner.evaluate", lambda *_a, **_k: opened.wait(30))
    yield opened
    opened.set()
    for evaluation in evaluations.everyones():
        evaluations.dismiss(evaluation)


def test_each_model_counts_alike_in_the_whole() -> None:
    evaluation = Evaluation(PLAN)
    assert evaluation.share == 0
    evaluation.report("llama", 0, 200)
    evaluation.report("llama", 100, 200)
    assert evaluation.share == 0.25
    evaluation.report("tfidf", 0, 200)
    assert evaluation.share == 0.5


def test_time_left_leaves_loading_and_resumed_songs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    evaluation = Evaluation(PLAN)
    evaluation.report("llama", 0, 100)
    clock[0] = 60.0  # loading, and 40 songs kept from before
    evaluation.report("llama", 40, 100)
    assert evaluation.seconds_left is None
    clock[0] = 70.0
    evaluation.report("llama", 60, 100)
    assert evaluation.seconds_left == pytest.approx(20)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2, "about 5 s"), (42, "about 40 s"), (600, "about 10 min"), (9000, "about 2.5 h")],
)
def test_durations_are_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_line_is_bounded_and_no_plan_stands_in_it_twice(gate: threading.Event) -> None:
    plans = [Plan("genre", ("llama",), Path(f"{number}.csv")) for number in range(4)]
    for plan in plans[:3]:
        evaluations.begin(plan, ANN)
    with pytest.raises(EngineError, match="evaluated already"):
        evaluations.begin(plans[0], ANN)
    with pytest.raises(EngineError, match="no more are taken"):
        evaluations.begin(plans[3], ANN)
    gate.set()
    for evaluation in evaluations.current(ANN):
        evaluations.outcome(evaluation)
    evaluations.begin(plans[3], ANN)


def test_an_evaluation_is_shown_to_its_own_visitor_alone(gate: threading.Event) -> None:
    of_ann = evaluations.begin(PLAN, ANN)
    of_ben = evaluations.begin(Plan("genre", ("llama",), Path("other.csv")), BEN)
    assert evaluations.current(ANN) == [of_ann]
    assert evaluations.current(BEN) == [of_ben]
    with pytest.raises(EngineError, match=r"evaluated already by another visitor; try again"):
        evaluations.begin(PLAN, BEN)

    gate.set()
    evaluations.outcome(of_ann)
    again = evaluations.resume(of_ann)
    assert again.owner == ANN
    assert evaluations.current(ANN) == [again]


def test_an_error_nobody_foresaw_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_a: object, **_k: object) -> None:
        raise KeyError("lines")

    monkeypatch.setattr("engine.evaluation.runner.evaluate", broken)
    evaluation = evaluations.begin(PLAN, ANN)
    told = evaluations.outcome(evaluation)
    evaluations.dismiss(evaluation)

    assert isinstance(told, EngineError)
    assert "LLaMA and TF-IDF on songs.csv broke off (KeyError: 'lines')" in str(told)


def test_many_visitors_who_press_start_at_once_begin_one_evaluation(gate: threading.Event) -> None:
    together = threading.Barrier(8)
    begun: list[Evaluation] = []
    refused: list[EngineError] = []

    def visitor() -> None:
        together.wait()
        try:
            begun.append(evaluations.begin(PLAN, ANN))
        except EngineError as error:
            refused.append(error)

    visitors = [threading.Thread(target=visitor) for _ in range(8)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    assert len(begun) == len(evaluations.current(ANN)) == 1
    assert {str(error) for error in refused} == {f"{PLAN.title} is being evaluated already."}


def test_what_cannot_be_resumed_now_can_be_later(gate: threading.Event) -> None:
    gate.set()
    ended = evaluations.begin(PLAN, ANN)
    evaluations.outcome(ended)
    gate.clear()
    for number in range(3):
        evaluations.begin(Plan("genre", ("llama",), Path(f"{number}.csv")), BEN)
    with pytest.raises(EngineError, match="no more are taken"):
        evaluations.resume(ended)
    assert ended in evaluations.current(ANN)
