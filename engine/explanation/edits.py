"""Small changes to a lyric, to see what they do to its genre."""

from __future__ import annotations

import re


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """(place, words) of the lines that are sung; places count from 0 in the whole text."""
    return [
        (place, words)
        for place, line in enumerate(text.split("\n"))
        if (words := line.strip()) and not (words[0] == "[" and words[-1] == "]")
    ]


def without_line(text: str, place: int) -> str:
    """The text without one line (`numbered_lines`); a place that is not there takes nothing."""
    return "\n".join(line for at, line in enumerate(text.split("\n")) if at != place)


def swapped(text: str, word: str, instead: str) -> tuple[str, int]:
    """The text with every `word` replaced, and how often it stood there.

    Whole words only, in any case; a capital at the beginning, or capitals throughout, stay.
    """
    word, instead = word.strip(), instead.strip()
    if not word:
        return text, 0

    def cased(found: re.Match[str]) -> str:
        old = found.group()
        if len(old) > 1 and old.isupper():
            return instead.upper()
        return instead[:1].upper() + instead[1:] if old[:1].isupper() else instead

    whole = rf"(?<!\w){re.escape(word)}(?!\w)"
    return re.subn(whole, cased, text, flags=re.IGNORECASE)
