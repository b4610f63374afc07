from __future__ import annotations

import gc
import threading
import tomllib
import weakref
from pathlib import Path

import pytest

from engine.errors import EngineError, WeightsError
from engine.serving.model_pool import ModelPool
from engine.serving.models import ServedModels

ROOT = Path(__file__).parents[3]


class Model:
    pass


def test_a_model_is_loaded_once_however_many_ask() -> None:
    pool = ModelPool()
    loads: list[Model] = []
    gate = threading.Event()

    def load() -> Model:
        gate.wait(5)
        loads.append(Model())
        return loads[-1]

    found: list[Model] = []
    threads = [threading.Thread(target=lambda: found.append(pool.get("a", load))) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()

    assert len(loads) == 1
    assert found == [loads[0]] * 4


def test_an_unloaded_model_is_gone_and_is_loaded_again_when_asked() -> None:
    pool = ModelPool()
    first = id(pool.get("a", Model))
    freed = pool.unload("a", "A")

    assert pool.loaded("a") is None
    assert (freed.before is None) == (freed.after is None)
    pool.get("a", Model)
    assert pool.names() == ["a"]
    assert first
    with pytest.raises(EngineError, match="B is not loaded"):
        pool.unload("b", "B")


def test_a_loaded_model_is_not_looked_through_by_every_collection() -> None:
    pool = ModelPool()
    many = [[number] for number in range(1000)]
    gc.unfreeze()
    pool.get("a", Model)
    assert gc.get_freeze_count() > len(many)
    assert not any(kept is many for kept in gc.get_objects())


def test_a_model_in_a_circle_of_its_own_is_given_back() -> None:
    class Circle:
        def __init__(self) -> None:
            self.own = self

    pool = ModelPool()
    gone = weakref.ref(pool.get("a", Circle))
    pool.unload("a", "A")
    assert gone() is None


def test_no_script_run_ends_in_looking_through_all_objects() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["runner"]["postScriptGC"] is False


def test_a_model_that_is_held_stays_the_same_model() -> None:
    pool = ModelPool()
    held = pool.get("a", Model)
    with pytest.raises(EngineError, match="A is in use just now"):
        pool.unload("a", "A")
    assert pool.get("a", Model) is held


def test_a_model_that_cannot_be_loaded_is_tried_again() -> None:
    pool = ModelPool()

    def broken() -> Model:
        raise WeightsError("no weights")

    with pytest.raises(WeightsError):
        pool.get("a", broken)
    assert isinstance(pool.get("a", Model), Model)


def test_a_model_that_is_answering_is_not_unloaded() -> None:
    served = ServedModels(title=str.upper)
    gate = threading.Event()
    served.pool.get("llama", Model)
    job = served.queue("llama").submit("Asking", lambda _job: gate.wait(5))
    with pytest.raises(EngineError, match="LLAMA is in use just now"):
        served.unload("llama")
    gate.set()
    job.result()

    served.unload("llama")

    assert served.pool.names() == []
