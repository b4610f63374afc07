"""The addresses of the interface, as a FastAPI application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import File, Query, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse

from engine import formats
from engine.api import answers
from engine.api.bodies import (
    CHORDS_REQUEST,
    CONVERT_OPTIONS,
    Alternatives,
    GenreAnswers,
    GenreRequest,
    Refusal,
)
from engine.api.refusals import GoneError, refusal
from engine.api.requests import Requests
from engine.errors import EngineError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from engine.api.service import Service

_ABOUT = (
    "Genre and chords from the words of a song. Every refusal is one sentence as JSON, with the "
    "request's id, which is also in the header X-Request-ID. The command line has the same options."
)
_TOLD = {
    400: "the request cannot be read",
    413: "the request is too large",
    422: "what was asked does not fit; the sentence says what",
    429: "too many requests of the same address are under way",
    503: "no place in the queue, no answer in time, or the server stops; ask again",
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": told} for status, told in _TOLD.items()
}
_A_FILE = {"description": "the song as a file", "content": {"application/octet-stream": {}}}


def made(service: Service, origins: Sequence[str] = ()) -> FastAPI:
    """The application over a service.

    Parameters
    ----------
    service : Service
    origins : sequence of str
        Pages elsewhere whose scripts may ask (CORS); none unless they are named.
    """
    app = FastAPIOffline(
        redoc_url=None,
        title="Lyric Lab",
        version="1",
        description=_ABOUT,
        responses=_REFUSALS,
    )
    _add_answers(app, service)
    for kind in (RequestValidationError, HTTPException, EngineError):
        app.add_exception_handler(kind, _refused)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type"],
            expose_headers=["X-Request-ID"],
        )
    app.add_middleware(Requests, service=service)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, GoneError):
        raise error
    return refusal(error, request.scope["request_id"])


def _add_answers(app: FastAPI, service: Service) -> None:
    async def health() -> Response:
        """Whether the server takes requests, which models are loaded and how many tasks wait."""
        told = {"loaded": service.models.pool.names(), "waiting": service.waiting}
        if service.stopping:
            return JSONResponse({"status": "stopping", **told}, 503)
        return JSONResponse({"status": "ok", **told})

    async def genre(request: Request, body: GenreRequest) -> dict[str, Any]:
        """Tell the genre of a lyric: each model's probabilities, and whether it is in doubt."""
        return await answers.genre(service, request, body)

    async def chords(request: Request, body: Any) -> Response:
        """Write chords on a lyric; the answer is the song as a file of the format asked.

        With `alternatives` it is JSON: other chords for that place, the likeliest first.
        """
        written, warning = await answers.chords(service, request, body)
        headers = {"Lyric-Lab-Warning": _ascii(warning)} if warning else {}
        if isinstance(written, list):
            return JSONResponse({"alternatives": written}, headers=headers)
        return _file(written, body.to, headers)

    async def convert(
        request: Request, options: Any, file: Annotated[UploadFile, File(description="a song")]
    ) -> Response:
        """Write a song in another format; the answer is the file."""
        data = await file.read()
        written = await answers.converted(service, request, file.filename or "", data, options)
        return _file(written, options.to, {})

    # Both are made from the command line's options, so no annotation in the code can name them.
    chords.__annotations__["body"] = CHORDS_REQUEST
    convert.__annotations__["options"] = Annotated[CONVERT_OPTIONS, Query()]
    app.add_api_route("/healthz", health, methods=["GET"], responses={503: {}})
    app.add_api_route("/v1/genre", genre, methods=["POST"], response_model=GenreAnswers)
    app.add_api_route(
        "/v1/chords", chords, methods=["POST"], responses={200: {**_A_FILE, "model": Alternatives}}
    )
    app.add_api_route("/v1/convert", convert, methods=["POST"], responses={200: _A_FILE})


def _file(data: bytes, format_name: str, headers: dict[str, str]) -> Response:
    name = f"song{formats.extension(format_name)}"
    told = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    if lost := formats.loses(format_name):
        told["Lyric-Lab-Note"] = _ascii(lost)
    return Response(data, media_type=formats.mime(format_name), headers=told)


def _ascii(text: str) -> str:
    """What a header can carry of a sentence."""
    return text.encode("ascii", "replace").decode()
