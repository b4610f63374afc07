"""Text that others wrote (titles, names, labels, file names) as one line that cannot misbehave."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""Characters shown of a text of unknown length."""

# Marks that turn the direction of what stands after them, also of our own words.
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: object, longest: int = LONGEST) -> str:
    """The text on one line, cut at `longest` characters, without controls and bidirectional marks.

    Parameters
    ----------
    text : object
        What somebody else wrote; anything but a string is written with `str`.
    longest : int
        More characters than this end in an ellipsis.
    """
    shown = _BIDIRECTIONAL.sub("", str(text))
    shown = " ".join("".join(map(_drawn, shown)).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"


def _drawn(character: str) -> str:
    """The character, or a blank for a control character."""
    return " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character
