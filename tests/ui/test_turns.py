"""Long work takes its turn among visitors' songs, and waits no longer than it must."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from engine.classifiers.prediction import GENRES, Prediction
from engine.errors import CancelledError, EngineError
from engine.lyrics import Lyrics
from engine.serving.queues import Queue
from ui import resources, turns


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A model whose only place is taken until the gate is open."""
    gate = threading.Event()
    queue = Queue("LLaMA", limit=1)
    monkeypatch.setattr(resources, "queue", lambda _name: queue)
    monkeypatch.setattr(turns, "LOOK_SECONDS", 0.01)
    queue.submit("A song", lambda _job: gate.wait(30))
    yield gate
    gate.set()


def test_a_busy_model_is_waited_for(busy: threading.Event) -> None:
    threading.Timer(0.1, busy.set).start()
    assert turns.asked("llama", lambda: "answered", lambda: False) == "answered"


def test_waiting_for_a_busy_model_ends_with_cancel(busy: threading.Event) -> None:
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(CancelledError, match="while it waited for LLaMA"):
        turns.asked("llama", lambda: "answered", cancel.is_set)
    assert not busy.is_set()


def test_waiting_behind_songs_ends_with_cancel(
    busy: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources.queue("llama").limit = 2
    asked: list[str] = []
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(CancelledError, match="while it waited for LLaMA"):
        turns.asked("llama", lambda: asked.append("asked"), cancel.is_set)
    busy.set()
    assert resources.queue("llama").submit("After", lambda _job: True).result()
    assert not asked


def test_an_error_of_the_model_is_not_taken_for_a_full_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Queue("LLaMA")
    monkeypatch.setattr(resources, "queue", lambda _name: queue)

    def broken() -> None:
        raise EngineError("The weights are gone.")

    with pytest.raises(EngineError, match="weights are gone"):
        turns.asked("llama", broken, lambda: False)


def test_what_is_made_of_other_models_asks_each_through_its_own_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queues: dict[str, Queue] = {}
    asked: list[str] = []

    class Told:
        """Notes which queue's worker asked it."""

        base, card = "made up", None

        def __init__(self, name: str) -> None:
            self.name = name

        def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
            asked.append(threading.current_thread().name.removeprefix("lyric-lab-"))
            share = 1 / len(GENRES)
            return [Prediction(self.name, "", GENRES, (share,) * len(GENRES), 0.0) for _ in lyrics]

    monkeypatch.setattr(resources, "queue", lambda name: queues.setdefault(name, Queue(name)))
    monkeypatch.setattr(resources, "classifier", Told)
    combined = turns.loaded("combined", lambda: False)
    answer = combined.predict([Lyrics.parse("rain on the road")])[0]

    assert answer.model == "combined"
    assert [worker.rsplit("_", 1)[0] for worker in asked] == list(queues)
    assert set(queues) <= set(resources.GENRE_MODELS)
