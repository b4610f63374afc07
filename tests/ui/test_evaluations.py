"""Evaluations in their line: progress, time left, a bound, and models that are busy."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import EngineError
from ui import evaluations, resources
from ui.evaluations import Evaluation, Plan
from ui.leaderboard.evaluation_panel import duration
from ui.queues import Queue

PLAN = Plan("genre", ("llama", "tfidf"), Path("songs.csv"))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Evaluations that wait until the gate is open."""
    opened = threading.Event()
    monkeypatch.setattr("engine.evaluation.runner.evaluate", lambda *_a, **_k: opened.wait(30))
    yield opened
    opened.set()
    for evaluation in evaluations.current():
        evaluations.put_away(evaluation)


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
        evaluations.begin(plan)
    with pytest.raises(EngineError, match="evaluated already"):
        evaluations.begin(plans[0])
    with pytest.raises(EngineError, match="no more are taken"):
        evaluations.begin(plans[3])
    gate.set()
    for evaluation in evaluations.current():
        evaluations.outcome(evaluation)
    evaluations.begin(plans[3])


def test_an_error_nobody_foresaw_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_a: object, **_k: object) -> None:
        raise KeyError("lines")

    monkeypatch.setattr("engine.evaluation.runner.evaluate", broken)
    evaluation = evaluations.begin(PLAN)
    told = evaluations.outcome(evaluation)
    evaluations.put_away(evaluation)

    assert isinstance(told, EngineError)
    assert "LLaMA and TF-IDF on songs.csv broke off (KeyError: 'lines')" in str(told)


def test_a_busy_model_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    queue = Queue("LLaMA", limit=1)
    monkeypatch.setattr(resources, "queue", lambda _name: queue)
    monkeypatch.setattr(evaluations, "_RETRY_SECONDS", 0.01)
    queue.submit("A song", lambda _job: gate.wait(30))
    threading.Timer(0.1, gate.set).start()

    assert evaluations._asked("llama", lambda: "answered") == "answered"
