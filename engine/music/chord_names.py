"""Chords as people want to read them: symbols, Roman numerals or Nashville numbers. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.key import Key

CHORD_NAMES = ("chords", "roman", "nashville")

_ACCIDENTAL = re.compile(r"(?<=[A-G])(bb|##|b|#)|(?<![A-Za-z])(b|#)(?=[IViv\d])")
_GLYPHS = {"b": "♭", "#": "♯", "bb": "♭♭", "##": "♯♯"}


def chord_name(chord: Chord, key: Key, names: str = "chords") -> str:
    """Name a chord with ASCII accidentals, in one of `CHORD_NAMES`: ``"Em7"``, ``"vi7"``."""
    if names == "roman":
        return chord.roman(key)
    if names == "nashville":
        return chord.nashville(key)
    return chord.symbol


def with_accidentals(text: str) -> str:
    """Names of chords or keys with typographic accidentals: "B♭", "F♯m7", "♭VII"."""
    return _ACCIDENTAL.sub(lambda match: _GLYPHS[match.group()], text)
