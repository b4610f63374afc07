"""The interface as a running server, which ends in good order."""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from engine.api.app import made
from engine.serving.models import GENERATOR
from engine.serving.worker import close_all

if TYPE_CHECKING:
    from engine.api.service import Service

_BEYOND_SECONDS = 2
"""After the last answer may have begun, so long for it to reach its caller."""


class Server(uvicorn.Server):
    """A server that stops on SIGTERM: no new work, a bounded time for what runs."""

    def __init__(self, service: Service, host: str, port: int, origins: Sequence[str] = ()) -> None:
        self.service = service
        super().__init__(
            uvicorn.Config(
                made(service, origins),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=round(service.stop_seconds) + _BEYOND_SECONDS,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal does: callers that wait are told, those whose answer runs get it."""
        self.service.stop()
        super().handle_exit(sig, frame)


def serve(
    service: Service, host: str, port: int, origins: Sequence[str] = (), *, load: bool = False
) -> None:
    """Serve until a signal comes.

    Parameters
    ----------
    load : bool
        Whether models are loaded at once, before anybody asks.
    """
    if load:
        models = service.models
        for name in ("llama", "roberta", "bilstm-gru"):
            models.queue(name).submit("Loading", lambda _job, name=name: models.classifier(name))
        models.queue(GENERATOR).submit("Loading", lambda _job: models.generator())
    Server(service, host, port, origins).run()
    close_all(_BEYOND_SECONDS)
