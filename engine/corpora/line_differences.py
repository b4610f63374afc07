"""Two lyrics line beside line: which lines belong together, and which of their words differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_NO_LETTER = re.compile(r"[^\w']+")
MOST_LINES = 1000


@dataclass(frozen=True)
class Run:
    """Words in a row, and whether the other lyric lacks them."""

    text: str
    differs: bool


Side = tuple[Run, ...]
"""One line of one lyric; () where the other has a line that this one lacks."""


def beside(one: str, other: str) -> list[tuple[Side, Side]]:
    """The lines of two lyrics side by side; case, punctuation and blank lines do not matter.

    Of each lyric the first `MOST_LINES` lines are read. Lines are matched as `difflib` does
    (Ratcliff and Metzener 1988), words within a changed line likewise.
    """
    first, second = _lines(one), _lines(other)
    found: list[tuple[Side, Side]] = []
    for kind, a, b, c, d in _steps([_key(line) for line in first], [_key(line) for line in second]):
        if kind == "equal":
            pairs = zip(first[a:b], second[c:d], strict=True)
            found += [((Run(left, False),), (Run(right, False),)) for left, right in pairs]
            continue
        for at in range(max(b - a, d - c)):
            left = first[a + at] if a + at < b else ""
            right = second[c + at] if c + at < d else ""
            found.append(_words(left, right))
    return found


def _words(left: str, right: str) -> tuple[Side, Side]:
    ours, theirs = left.split(), right.split()
    sides: tuple[list[Run], list[Run]] = ([], [])
    for kind, a, b, c, d in _steps([_key(w) for w in ours], [_key(w) for w in theirs]):
        for side, words in zip(sides, (ours[a:b], theirs[c:d]), strict=True):
            if words:
                side.append(Run(" ".join(words), kind != "equal"))
    return tuple(sides[0]), tuple(sides[1])


def _steps(first: Sequence[str], second: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, first, second, autojunk=False).get_opcodes())


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.strip())][:MOST_LINES]


def _key(text: str) -> str:
    return _NO_LETTER.sub(" ", text.lower().replace("’", "'")).strip()
