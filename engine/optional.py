"""Parts that are installed apart from the app: one sentence where one is missing."""

from __future__ import annotations

from importlib.util import find_spec

from engine.errors import EngineError

TRAINING = "requirements-training.txt"


def need_training_group(purpose: str, *modules: str) -> None:
    """`EngineError` that says how to add the group, unless all these modules are installed."""
    if any(find_spec(module) is None for module in modules):
        raise EngineError(
            f"{purpose} is an optional part; .venv/bin/python -m pip install -r {TRAINING} adds it."
        )
