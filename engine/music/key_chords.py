"""The chords a musician expects of a key: those of its scale, and those often borrowed. Pure."""

from __future__ import annotations

from functools import lru_cache

from engine.music.chord import Chord
from engine.music.chord_numbers import chord_of_number
from engine.music.key import Key

_OF_THE_SCALE = {
    "major": ("I", "ii", "iii", "IV", "V", "vi", "vii°", "V7", "ii7", "vi7", "IVmaj7", "Imaj7"),
    "minor": ("i", "ii°", "III", "iv", "v", "VI", "VII", "V7", "i7", "iv7", "VImaj7", "VII7"),
}
_BORROWED = {
    "major": ("bVII", "iv", "II", "III7", "VI7", "bVI", "I7", "IV7", "Vsus4"),
    "minor": ("V", "IV", "bII", "I", "#vii°7", "Vsus4", "iiø7", "i6"),
}


@lru_cache(maxsize=64)
def chords_of_key(key: Key) -> tuple[Chord, ...]:
    """Triads on every degree and the usual sevenths; in minor with its major dominant."""
    return tuple(chord_of_number(numeral, key) for numeral in _OF_THE_SCALE[key.mode])


@lru_cache(maxsize=64)
def chords_beside_key(key: Key) -> tuple[Chord, ...]:
    """Chords from outside the scale that songs in the key often borrow, and a suspension."""
    return tuple(chord_of_number(numeral, key) for numeral in _BORROWED[key.mode])
