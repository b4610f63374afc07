"""A place in line: in words, and how often to look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.serving.queues import Job

LOOK_SECONDS = 0.6
"""Between two looks at a task that is being done, or is next."""
_A_PLACE, _LONGEST = 0.15, 3.0  # seconds


def look_seconds(*jobs: Job[Any]) -> float:
    """How long to leave tasks alone until somebody's page looks at them again.

    A look is work for the server, in the time of those who are answered: many who wait shall not
    look more often in all than a few do.
    """
    places = [0 if job.started else job.ahead for job in jobs if not job.finished]
    ahead = min(places, default=0)
    return min(LOOK_SECONDS + _A_PLACE * ahead, _LONGEST)


def has_begun(seconds: float, *jobs: Job[Any]) -> bool:
    """Whether tasks that are looked at so seldom, as they waited, are being done by now."""
    return seconds > LOOK_SECONDS and any(job.started and not job.finished for job in jobs)


def place(job: Job[Any]) -> str:
    """What is told of a task that has not begun: how many come before it."""
    ahead = job.ahead
    if not ahead:
        return "Waiting: yours is next"
    others = "1 task comes" if ahead == 1 else f"{ahead} tasks come"
    return f"Waiting: {others} before yours"
