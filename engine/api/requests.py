"""Around every request: an id, bounds, one line in the log, and a sentence for whatever fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders

from engine.api.refusals import GONE, GoneError, RefusedError, refusal
from engine.files import megabytes
from engine.serving.worker import StoppingError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from engine.api.service import Service

_LOG = logging.getLogger(__name__)
_ASKING = "/v1/"


class Requests:
    """The outermost layer of the interface (ASGI).

    Parameters
    ----------
    app : ASGIApp
        What answers.
    service : Service
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, identity = time.perf_counter(), uuid4().hex
        told: dict[str, Any] = {}
        scope["told"], scope["request_id"] = told, identity
        status: list[int] = []

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(int(message["status"]))
                MutableHeaders(scope=message)["X-Request-ID"] = identity
            await send(message)

        try:
            await self._bounded(scope, receive, answered)
        except GoneError:
            status.append(GONE)
        except Exception as error:  # noqa: BLE001 - one sentence, whatever happened
            if not isinstance(error, RefusedError | StoppingError):
                _LOG.error("broken", exc_info=error)
            if not status:
                await refusal(error, identity)(scope, receive, answered)
        finally:
            _LOG.info(
                "request",
                extra={
                    "told": {
                        "request": identity,
                        "method": scope["method"],
                        "path": getattr(scope.get("route"), "path", "other"),
                        "status": status[-1] if status else GONE,
                        "seconds": round(time.perf_counter() - began, 3),
                        **told,
                    }
                },
            )

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(_ASKING):
            await self._app(scope, receive, send)
            return
        if self._service.stopping:
            raise StoppingError("The server is being stopped and takes no more; ask again.")
        caller = str((scope.get("client") or ("",))[0])
        most = self._service.bounds.each
        if self._under_way[caller] >= most:
            raise RefusedError(
                429,
                f"{most} requests of yours are under way; ask again when one has ended.",
            )
        self._under_way[caller] += 1
        try:
            await self._app(scope, await self._read(scope, receive), send)
        finally:
            self._under_way[caller] -= 1
            self._under_way += Counter()  # forgets callers with nothing under way

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        """The whole body within its bounds, as something to receive it from."""
        bounds = self._service.bounds
        too_large = RefusedError(
            413, f"The request is larger than {megabytes(bounds.body_bytes)}, the most accepted."
        )
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdecimal() and int(length) > bounds.body_bytes:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(bounds.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise GoneError("The caller hung up.")
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > bounds.body_bytes:
                        raise too_large
        except TimeoutError:
            raise RefusedError(
                408, f"The request did not arrive within {bounds.body_seconds:g} seconds."
            ) from None
        pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return pending.pop() if pending else await receive()

        return again
