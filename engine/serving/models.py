"""The models that a server answers with: loaded once, each asked through a queue of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.classifiers import load_classifier, model_of
from engine.errors import EngineError
from engine.models import memory, threads
from engine.serving.model_pool import Freed, ModelPool, in_use
from engine.serving.queues import Queue
from engine.serving.worker import Worker

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Prediction
    from engine.generator import ChordGenerator
    from engine.lyrics import Lyrics
    from engine.serving.presence import Presence
    from engine.serving.queues import Job

GENERATOR = "tinyllama"


class ServedModels:
    """Models of one preset, and the lines in which all visitors wait for them.

    Parameters
    ----------
    preset : str
    title : callable, optional
        A model's name to the one that people are told; by default it stays as it is.
    """

    def __init__(self, preset: str = "embedded", title: Callable[[str], str] = str) -> None:
        memory.gather()
        memory.keep_few_shapes()
        threads.hand_over_soon()
        self.preset = preset
        self.pool = ModelPool()
        self._title = title
        self._worker = Worker("models", tidy=memory.tidy)
        self._lock = threading.Lock()
        self._queues: dict[str, Queue] = {}

    def classifier(self, name: str) -> GenreClassifier:
        """One genre model or a part of one, loaded once."""
        model = model_of(name)
        whole = self.pool.get(model, lambda: load_classifier(model, self.preset))
        return whole if name == model else load_classifier(name, load=lambda *_: whole)

    def generator(self, name: str = GENERATOR) -> ChordGenerator:
        """The chord generator, loaded once."""
        from engine.generator import load_generator

        return self.pool.get(name, lambda: load_generator(name, self.preset))

    def queue(self, name: str) -> Queue:
        """The one line in which all wait for a model."""
        with self._lock:
            if name not in self._queues:
                self._queues[name] = Queue(self._title(name), worker=self._worker)
            return self._queues[name]

    @property
    def waiting(self) -> dict[str, int]:
        """How many tasks wait or run, by model."""
        with self._lock:
            queues = dict(self._queues)
        return {name: queue.tasks for name, queue in queues.items()}

    def unload(self, name: str) -> Freed:
        """Give a model's memory back; `EngineError` if it is not loaded or in use."""
        if self.queue(name).tasks:
            raise EngineError(in_use(self._title(name)))
        return self.pool.unload(name, self._title(name))

    def asked_genre(
        self, names: Sequence[str], lyric: Lyrics, presence: Presence | None = None
    ) -> dict[str, Job[Prediction]]:
        """Put one lyric before these models; each is in the queue of its own.

        Raises
        ------
        EngineError
            If a queue is full; what was put into others is cancelled.
        """
        jobs: dict[str, Job[Prediction]] = {}
        try:
            for name in names:

                def task(_job: Job[Prediction], name: str = name) -> Prediction:
                    return self.classifier(name).predict([lyric])[0]

                jobs[name] = self.queue(model_of(name)).submit("Genre", task, presence)
        except EngineError:
            for job in jobs.values():
                job.cancel()
            raise
        return jobs
