"""Models that are loaded, once for all visitors, with the memory they took; and unloading them."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.models import memory
from engine.models.tensors import Tensors, tensors_of


@dataclass(frozen=True)
class Loaded:
    """A model in memory.

    Attributes
    ----------
    model : object
    tensors : Tensors
        Their size, device and precision.
    before, after : int
        Resident bytes of this process before and after it was loaded.
    seconds : float
        How long loading took.
    """

    model: Any
    tensors: Tensors
    before: int
    after: int
    seconds: float


@dataclass(frozen=True)
class Freed:
    """Resident bytes of this process before and after a model was unloaded."""

    before: int
    after: int


class ModelPool:
    """Models by name.

    One is loaded at a time: two at once would be no faster on the same cores, and the memory each
    takes could not be told apart.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Loaded] = {}
        self._lock = threading.Lock()

    def get(self, name: str, load: Callable[[], Any]) -> Any:
        """The model of that name, loaded by `load` unless it is there."""
        found = self._loaded.get(name)
        if found is not None:
            return found.model
        with self._lock:
            if name not in self._loaded:
                before, began = memory.resident_bytes(), time.perf_counter()
                model = load()
                seconds = time.perf_counter() - began
                tensors = tensors_of(model)
                memory.set_aside()
                after = memory.resident_bytes()
                self._loaded[name] = Loaded(model, tensors, before, after, seconds)
            return self._loaded[name].model

    def loaded(self, name: str) -> Loaded | None:
        """What is known of a loaded model; None if it is not loaded."""
        return self._loaded.get(name)

    def names(self) -> list[str]:
        """Models that are loaded, in the order of loading."""
        return list(self._loaded)

    def unload(self, name: str, title: str) -> Freed:
        """Forget a model and give its memory back.

        A model that something else still holds (an evaluation between two batches) stays.

        Raises
        ------
        EngineError
            If it is not loaded, or in use.
        """
        with self._lock:
            before = memory.resident_bytes()
            entry = self._loaded.pop(name, None)
            if entry is None:
                raise EngineError(f"{title} is not loaded.")
            tensors, seconds, first, then = entry.tensors, entry.seconds, entry.before, entry.after
            watched = weakref.ref(entry.model)
            del entry
            memory.release()
            model = watched()
            if model is not None:
                self._loaded[name] = Loaded(model, tensors, first, then, seconds)
                raise EngineError(in_use(title))
            return Freed(before, memory.resident_bytes())


def in_use(title: str) -> str:
    """What a user is told whose model cannot be unloaded now."""
    return f"{title} is in use just now; unload it when what it is doing has finished."
