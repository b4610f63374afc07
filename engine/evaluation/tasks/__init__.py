"""Tasks that models are measured on, one module a task, found by name.

A new task is one module that ends in a `Task`, and one line in `TASKS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.evaluation.tasks.task import Task

TASKS = {
    "genre": "engine.evaluation.tasks.genre:TASK",
    "chords": "engine.evaluation.tasks.chords:TASK",
    "faithfulness": "engine.evaluation.tasks.faithfulness:TASK",
    "forms": "engine.evaluation.tasks.forms:TASK",
    "next-chord": "engine.evaluation.tasks.next_chord_parts:TASK",
    "written": "engine.evaluation.tasks.written:TASK",
}


def find_task(name: str) -> Task:
    """The task of a name; `InputError` names those there are."""
    if name not in TASKS:
        raise InputError(f"There is no task '{name}'; tasks are {', '.join(TASKS)}.")
    module, attribute = TASKS[name].split(":")
    return getattr(import_module(module), attribute)
