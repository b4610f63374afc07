"""The interface on a free port, with the tiny models, and a real client."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from engine.api.server import Server
from engine.api.service import Bounds, Service
from engine.serving.models import ServedModels


class Running:
    """A server in a thread, and what its tests look at."""

    def __init__(self, service: Service, origins: tuple[str, ...] = ()) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.service = service
        self.server = Server(service, "127.0.0.1", port, origins)
        self._thread = threading.Thread(target=self.server.run, daemon=True)
        self._thread.start()
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        end = time.monotonic() + 30
        while not self.server.started:
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.01)

    def join(self, seconds: float = 20) -> bool:
        """Whether the server has ended within this time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def close(self) -> None:
        self.client.close()
        self.server.should_exit = True
        assert self.join()


class Lines(logging.Handler):
    """What the log was told, and how it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def requests(self) -> list[dict[str, Any]]:
        return [record.told for record in self.records if record.msg == "request"]  # type: ignore[attr-defined]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("engine")
    before = logger.level
    logging.getLogger().addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logging.getLogger().removeHandler(handler)
    logger.setLevel(before)


BOUNDS = Bounds(seconds=30, each=4, body_bytes=200_000, body_seconds=2)


@pytest.fixture
def bounds() -> Bounds:
    return replace(BOUNDS)


@pytest.fixture
def running(bounds: Bounds) -> Iterator[Running]:
    """A server whose models are whatever the test puts there."""
    server = Running(Service(ServedModels(), bounds, stop_seconds=5.0))
    yield server
    server.close()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    """A client of a server that many tests share; models are loaded as they are asked."""
    server = Running(Service(ServedModels(), BOUNDS, stop_seconds=5.0))
    yield server.client
    server.close()
