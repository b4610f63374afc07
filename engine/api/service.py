"""What the interface answers with, and waiting for it: within bounds, and for nobody in vain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.api.refusals import GoneError, RefusedError
from engine.errors import CancelledError
from engine.serving.models import ServedModels
from engine.serving.queues import Queue
from engine.serving.worker import StoppingError, stop_seconds

if TYPE_CHECKING:
    from starlette.requests import Request

    from engine.serving.queues import Job

LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Bounds:
    """How much one request, and one caller, may take.

    Attributes
    ----------
    seconds : float
        For so long a request waits for its answer, the queue included.
    each : int
        So many requests of one address are taken at the same time.
    body_bytes : int
        A larger request is refused before it is read.
    body_seconds : float
        One that does not arrive within this time is refused.
    """

    seconds: float = 120.0
    each: int = 8
    body_bytes: int = 5_000_000
    body_seconds: float = 30.0


@dataclass
class Service:
    """The models, the line of conversions, and whether the server is about to stop."""

    models: ServedModels
    bounds: Bounds = field(default_factory=Bounds)
    conversions: Queue = field(default_factory=lambda: Queue("Conversion"))
    stop_seconds: float = field(default_factory=stop_seconds)
    stops_at: float | None = None

    def stop(self) -> None:
        """Take nothing more; what runs may go on for a while (safe in a signal's handler)."""
        if self.stops_at is None:
            self.stops_at = time.monotonic() + self.stop_seconds

    @property
    def stopping(self) -> bool:
        """Whether nothing is taken any more."""
        return self.stops_at is not None

    @property
    def waiting(self) -> dict[str, int]:
        """How many tasks wait or run, by model, and conversions."""
        return {**self.models.waiting, "conversion": self.conversions.tasks}

    async def result(self, request: Request, job: Job[Any]) -> Any:
        """The result of one task, as `results`."""
        return (await self.results(request, {"": job}))[""]

    async def results(self, request: Request, jobs: Mapping[str, Job[Any]]) -> dict[str, Any]:
        """The results of tasks, for as long as the caller waits for them.

        Raises
        ------
        EngineError
            What a task raised; or that the caller hung up, the time is over or the server stops.
            What is not done then is cancelled.
        """
        waits = list(jobs.values())
        try:
            await self._wait(request, waits)
        finally:
            for job in waits:
                job.cancel()  # does nothing to one that is done
        _note(request, waits)
        return {name: job.result() for name, job in jobs.items()}

    async def _wait(self, request: Request, jobs: Sequence[Job[Any]]) -> None:
        futures = {asyncio.wrap_future(job.future) for job in jobs}
        try:
            await self._wait_for(futures, request, jobs)
        finally:
            for one in futures:
                one.cancel()

    async def _wait_for(
        self, left: set[asyncio.Future[Any]], request: Request, jobs: Sequence[Job[Any]]
    ) -> None:
        end = time.monotonic() + self.bounds.seconds
        while left:
            done, left = await asyncio.wait(
                left, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            for one in done:
                if one.cancelled():
                    raise CancelledError("The task was cancelled before its answer; ask again.")
                if problem := one.exception():
                    raise problem
            if left and await request.is_disconnected():
                raise GoneError("The caller hung up.")
            if left and time.monotonic() > end:
                raise RefusedError(
                    503,
                    f"There was no answer within {self.bounds.seconds:g} seconds, which is the "
                    "longest that a request may take; ask for less, or again later.",
                )
            if left and self.stops_at is not None:
                self._hand_back(jobs, self.stops_at)

    def _hand_back(self, jobs: Sequence[Job[Any]], until: float) -> None:
        """Refuse what has not begun when the server stops, and what goes on for too long."""
        if time.monotonic() > until or not all(job.started for job in jobs):
            raise StoppingError("The server is being stopped before its answer; ask again.")


def _note(request: Request, jobs: Sequence[Job[Any]]) -> None:
    """Tell the request's line in the log how long it waited and worked."""
    told: dict[str, Any] = request.scope["told"]
    told["waited"] = round(max([told.get("waited", 0.0), *(job.waited for job in jobs)]), 3)
    told["worked"] = round(told.get("worked", 0.0) + sum(job.seconds for job in jobs), 3)
