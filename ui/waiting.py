"""A place in line, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.serving.queues import Job


def place(job: Job[Any]) -> str:
    """What is told of a task that has not begun: how many come before it."""
    ahead = job.ahead
    if not ahead:
        return "Waiting: yours is next"
    others = "1 task comes" if ahead == 1 else f"{ahead} tasks come"
    return f"Waiting: {others} before yours"
