"""Every error the engine raises on purpose.

A message says what came in and what is accepted, in one sentence a user can act on.
The command line prints it on one line and exits with 2; a page shows it as it stands.
"""

from __future__ import annotations

from engine.plain_text import one_line

LONGEST = 1_000
"""Characters of a message."""


class EngineError(Exception):
    """Base of all errors raised on purpose by the engine.

    Whatever a message repeats (a name in a file, what a library said), it is one line that can be
    printed.
    """

    def __init__(self, message: str = "") -> None:
        fits = message.isprintable() and len(message) <= LONGEST
        super().__init__(message if fits else one_line(message, LONGEST))


class InputError(EngineError, ValueError):
    """What the user gave cannot be used: a lyric, a chord symbol, a file, a control."""


class WeightsError(EngineError):
    """Weights are missing, incomplete, corrupt or not reachable."""


class CancelledError(EngineError):
    """The user cancelled a long task; nothing half-made was kept."""


def quoted(text: str) -> str:
    """Quote what came in for an error message: on one line, at most 40 characters of it."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")
