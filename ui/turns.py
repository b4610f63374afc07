"""Models for long work, which take their turn among the songs that visitors ask.

They are asked batch by batch through the queues that the pages use, so a song typed meanwhile waits
for one batch at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from engine.classifiers import load_classifier, model_of
from engine.errors import CancelledError
from engine.serving.queues import BusyError, Job
from ui import resources

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.lyrics import Lyrics
    from engine.music.lead_sheet import LeadSheet

T = TypeVar("T")
Cancelled = Callable[[], bool]
LOOK_SECONDS = 0.2


def loaded(name: str, cancelled: Cancelled) -> Any:
    """A model that takes its turn; one that is made of others asks each through its own queue."""
    if name == resources.GENERATOR:
        return _QueuedGenerator(name, cancelled)
    if name in resources.GENRE_MODELS:
        return _QueuedClassifier(name, name, resources.classifier(name), cancelled)
    return load_classifier(name, load=lambda other, _preset="": loaded(other, cancelled))


def asked(name: str, ask: Callable[[], T], cancelled: Cancelled) -> T:
    """Ask a model through its queue; if that is full of visitors' songs, wait for a place.

    Cancelled work waits no longer: not for a place, and not for songs before its own.
    """
    job: Job[T] | None = None
    while job is None or not job.wait(LOOK_SECONDS):
        if cancelled() and not (job and job.started):
            if job:
                job.cancel()
            raise CancelledError(f"Cancelled while it waited for {resources.model_title(name)}.")
        if job is None:
            try:
                job = resources.queue(model_of(name)).submit("A batch", lambda _job: ask())
            except BusyError:
                time.sleep(LOOK_SECONDS)
    return job.result()


class _QueuedClassifier:
    """A genre model, or a part of one, that takes its turn among the songs of the pages."""

    def __init__(self, name: str, line: str, model: Any, cancelled: Cancelled) -> None:
        self._line, self._model, self._cancelled = line, model, cancelled
        self.name, self.base, self.card = name, model.base, model.card

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        return asked(self._line, lambda: self._model.predict(lyrics), self._cancelled)

    def part(self, which: str) -> _QueuedClassifier:
        part = self._model.part(which)
        return _QueuedClassifier(f"{self.name}/{which}", self._line, part, self._cancelled)


class _QueuedGenerator:
    """The chord generator, taking its turn among the songs of the pages."""

    def __init__(self, name: str, cancelled: Cancelled) -> None:
        from engine.evaluation.tasks.chords import next_chord_sums

        self._model: Any = resources.generator(name)
        self._sums = next_chord_sums(self._model)
        self._cancelled = cancelled
        self.name, self.base, self.card = name, self._model.base, self._model.card

    def generate(self, lyrics: Lyrics, controls: Any) -> LeadSheet:
        return asked(self.name, lambda: self._model.generate(lyrics, controls), self._cancelled)

    def next_chords(self, song: Any) -> dict[str, float]:
        return asked(self.name, lambda: self._sums(song), self._cancelled)
