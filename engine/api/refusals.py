"""Requests that are not answered: a status and one sentence, as JSON."""

from __future__ import annotations

from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from engine.errors import CancelledError, EngineError, InputError, WeightsError
from engine.plain_text import one_line
from engine.serving.queues import BusyError
from engine.serving.worker import StoppingError

AGAIN_SECONDS = 10
GONE = 499
"""What the log says where the caller hung up; nobody receives it."""


class RefusedError(EngineError):
    """A request beyond the bounds of the interface.

    Parameters
    ----------
    status : int
    message : str
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class GoneError(EngineError):
    """The caller hung up."""


def status_of(error: Exception) -> int:
    """The HTTP status that tells a program what to make of an error."""
    if isinstance(error, RefusedError):
        return error.status
    if isinstance(error, RequestValidationError):
        return 400 if _is_no_json(error) else 422
    if isinstance(error, HTTPException):
        return error.status_code
    kinds = {
        GoneError: GONE,
        InputError: 422,
        (BusyError, StoppingError, WeightsError, CancelledError): 503,
    }
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)


def sentence_of(error: Exception) -> str:
    """What to tell: never a traceback, nor what a library says of an error nobody foresaw."""
    if isinstance(error, RequestValidationError):
        return _what_does_not_fit(error)
    if isinstance(error, HTTPException):
        told = {
            400: "The request cannot be read; JSON, or a form with a file, is accepted.",
            404: "There is nothing at this address; /docs lists what there is.",
            405: "This address is asked in another way; /docs tells how.",
        }
        return told.get(error.status_code, f"{one_line(str(error.detail))}.")
    if isinstance(error, EngineError):
        return one_line(str(error))
    return "Something that nobody foresaw went wrong; the log tells more under this request's id."


def refusal(error: Exception, request: str) -> JSONResponse:
    """The answer to a request that is refused; `request` is its id."""
    status = status_of(error)
    headers = {"Retry-After": str(AGAIN_SECONDS)} if status in (429, 503) else {}
    body = {"error": sentence_of(error), "request": request}
    return JSONResponse(body, status, headers)


def _is_no_json(error: RequestValidationError) -> bool:
    """Whether no object could be read at all."""
    return any(
        str(one["type"]).startswith("json_") or tuple(one["loc"]) == ("body",)
        for one in error.errors()
    )


def _what_does_not_fit(error: RequestValidationError) -> str:
    """The first thing that does not fit, as one sentence without what came in."""
    if _is_no_json(error):
        return (
            "The request is no JSON; an object with the fields that /docs lists is accepted, and "
            "the header Content-Type: application/json."
        )
    first: dict[str, Any] = dict(error.errors()[0])
    place = ".".join(str(part) for part in first["loc"][1:]) or "The request"
    kinds = {
        "missing": "is missing",
        "extra_forbidden": "is no field that is known; /docs lists them",
    }
    what = kinds.get(str(first["type"]))
    if what is None:
        message = one_line(str(first["msg"])).removeprefix("Value error, ").rstrip(".")
        what = f"does not fit: {message[:1].lower()}{message[1:]}"
    return f"'{one_line(place, 60)}' {what}."
