"""``python -m engine serve``: the HTTP interface, which is off until somebody starts it."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import Any

from engine import api, log
from engine.errors import EngineError, InputError

_LOG = logging.getLogger(__name__)


def add_parser(commands: Any) -> None:
    """Add the command and its options."""
    serve = commands.add_parser("serve", help="answer other programs over HTTP")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: own)")
    serve.add_argument("--port", type=int, default=8600)
    serve.add_argument("--preset", default="embedded", help="embedded or full")
    serve.add_argument(
        "--cors",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a page elsewhere whose scripts may ask, such as https://example.org",
    )
    serve.add_argument(
        "--seconds", type=float, default=120.0, help="the longest that a request may take"
    )
    serve.add_argument(
        "--each", type=int, default=8, help="requests of one address at the same time"
    )
    serve.add_argument("--load", action="store_true", help="load the models at once")
    serve.set_defaults(command=_serve)


def _serve(arguments: argparse.Namespace) -> None:
    if not api.available():
        raise EngineError(api.HOW_TO_ADD)
    if not 0 < arguments.port < 65_536:
        raise InputError(f"Port {arguments.port} is out of range; 1 to 65535 are accepted.")
    if not 0 < arguments.seconds <= 3600:
        raise InputError(f"{arguments.seconds:g} seconds are out of range; 3600 at most.")
    if not 1 <= arguments.each <= 1000:
        raise InputError(f"{arguments.each} requests are out of range; 1 to 1000 are accepted.")
    log.set_up("json")
    from engine.api.server import serve
    from engine.api.service import Bounds, Service
    from engine.models.presets import preset
    from engine.serving.models import ServedModels

    preset(arguments.preset)
    service = Service(
        ServedModels(arguments.preset), Bounds(seconds=arguments.seconds, each=arguments.each)
    )
    where = f"http://{arguments.host}:{arguments.port}"
    if sys.stderr.isatty():  # for a person; a log is read line by line as JSON
        sys.stderr.write(f"Lyric Lab answers at {where}; {where}/docs tells what may be asked\n")
    _LOG.info("serving", extra={"told": {"address": where, "preset": arguments.preset}})
    serve(service, arguments.host, arguments.port, arguments.cors, load=arguments.load)
