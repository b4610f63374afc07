"""Roman numerals read as chords of a key: what `Chord.roman` writes, and what musicians type. Pure.

The conventions are those at the top of `engine.music.chord`. A numeral after the slash makes the
chord belong to that degree: ``V7/ii`` in C major is A7; a number there is the chord's own bass.
"""

from __future__ import annotations

import re

from engine.errors import InputError, quoted
from engine.music.chord import Chord
from engine.music.chord_symbols import quality_of_suffix
from engine.music.key import Key
from engine.music.pitch import ascii_accidentals

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_CHORD = re.compile(
    r"(?P<accidentals>[b#]*)(?P<numeral>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
    r"(?=[^A-Za-z]|maj|M|m|sus|dim|add|aug|alt|o|\Z)"
    r"(?P<figure>[^/]*?)(?:/(?P<over>.+))?\Z"
)
_BASS = re.compile(r"[b#]*[1-7]\Z")
_MOST_SLASHES = 4  # V7/V/V is a key within a key; nobody hears further


def is_numeral(text: str) -> bool:
    """Whether a text looks like a Roman numeral rather than the name of a chord."""
    return _CHORD.match(ascii_accidentals(text)) is not None


def chord_of_numeral(text: str, key: Key) -> Chord:
    """Read ``"ii7"``, ``"bVII"``, ``"viiø7"``, ``"V7/3"``, ``"V7/ii"``.

    Raises
    ------
    InputError
        If it is no numeral.
    """
    match = _CHORD.match(ascii_accidentals(text))
    if match is None or text.count("/") > _MOST_SLASHES:
        raise _refused(text)
    over = match["over"] or ""
    if over and not _BASS.match(over):
        target = chord_of_numeral(over, key)
        minor = "min" in target.quality or "dim" in target.quality
        tonic = target.root_pitch_class or 0
        local = Key("A" if minor else "C", "minor" if minor else "major")
        own = chord_of_numeral(text[: -len(over) - 1], local)
        return own.transpose(tonic - local.tonic_pitch_class, key)
    numeral = match["numeral"]
    step = _STEPS[key.mode][_NUMERALS.index(numeral.upper())]
    step += match["accidentals"].count("#") - match["accidentals"].count("b")
    root = key.spell((key.tonic_pitch_class + step) % 12)
    try:
        quality, degrees = quality_of_suffix(_suffix(match["figure"], lower=numeral.islower()))
        return Chord(root, quality, degrees, over or "1")
    except InputError:
        raise _refused(text) from None


def _suffix(figure: str, *, lower: bool) -> str:
    """The chord symbol's suffix of a figure: ``7`` under a small numeral is ``m7``."""
    if figure.startswith(("°", "o", "dim")):
        return "dim" + figure.removeprefix("dim").lstrip("°o")
    if figure.startswith(("ø", "ø7")):
        return "m7b5" + figure.removeprefix("ø7").removeprefix("ø")
    return ("m" if lower and not figure.startswith("m") else "") + figure


def _refused(text: str) -> InputError:
    return InputError(
        f"{quoted(text)} is not a Roman numeral; numerals such as I, vi7, bVII, viiø7 or V7/ii are "
        "accepted."
    )
