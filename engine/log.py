"""The log of a server: one JSON line a request or task, and never a word that somebody wrote.

With ``LYRICLAB_LOG=json`` every line on stderr is one JSON object, whichever library it comes from:

- ours carry ``told``, a few named values: a request's path and status, a queue, how it ended,
  seconds;
- those of libraries carry the sentence as it stands in their code, without what was filled in;
- an error is told by its type and the places in the code that it came by, without its message.

So lyrics, titles and names of files, which messages quote, stay out of it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from engine.errors import InputError, quoted

KINDS = ("json", "plain")
_OURS = "engine"


class JsonLines(logging.Formatter):
    """A record as one JSON line without the values that libraries fill into their messages."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
        }
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line |= {"what": str(record.msg), **told}
        else:
            ours = record.name.partition(".")[0] == _OURS
            line["what"] = record.getMessage() if ours else str(record.msg)
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["at"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)
            ]
        return json.dumps(line, ensure_ascii=False, default=str)


def kind_asked(usual: str = "plain") -> str:
    """How to log, by `LYRICLAB_LOG`; `InputError` if it names no kind."""
    asked = os.environ.get("LYRICLAB_LOG", "").strip().lower() or usual
    if asked not in KINDS:
        raise InputError(f"LYRICLAB_LOG is {quoted(asked)}; {' or '.join(KINDS)} is accepted.")
    return asked


def set_up(usual: str = "plain") -> None:
    """Log as JSON lines from here on, where that is asked for; may be called again and again.

    Parameters
    ----------
    usual : str
        What to do where `LYRICLAB_LOG` does not say.

    Raises
    ------
    InputError
        If the variable names no kind.
    """
    if kind_asked(usual) == "plain":
        return
    root = logging.getLogger()
    if not any(_is_ours(handler) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.handlers = [handler]
        logging.getLogger(_OURS).setLevel(logging.INFO)
    # Libraries that have come with handlers of their own speak through ours.
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers, logger.propagate = [], True


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, JsonLines)
