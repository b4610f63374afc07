"""Chords written as numbers of a key, read: Nashville's ``6-7`` and Roman ``vi7``. Pure.

The way back of `Chord.nashville` and `Chord.roman`, whose conventions hold: Nashville numbers count
in the major key of the same signature (``6-`` is A minor in A minor too), Roman numerals on the
scale of the key itself; a number behind a slash is a bass counted like the root in the one and the
chord's own degree in the other, where a numeral there is a key of its own for a moment: ``V7/ii``.
"""

from __future__ import annotations

import re

from engine.errors import InputError, quoted
from engine.music.chord import Chord
from engine.music.chord_symbols import quality_of_suffix
from engine.music.key import Key
from engine.music.pitch import ascii_accidentals, degree_of_step, degree_step, note_name, position

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NUMBER = re.compile(
    r"(?P<sign>##?|bb?|)(?P<number>[1-7])(?P<suffix>[^/]*)(?:/(?P<bass>(?:##?|bb?)?[1-7]))?\Z"
)
_ROMAN = re.compile(
    r"(?P<sign>##?|bb?|)(?P<number>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<suffix>[^IVivx/]*)"
    r"(?:/(?P<bass>(?:##?|bb?)?(?:[1-7]|[IViv]{1,3})))?\Z"
)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_NATURAL_MINOR = ("1", "2", "b3", "4", "5", "b6", "b7")
_SLASH_IN_QUALITY = re.compile(r"6/9")


def chord_of_number(text: str, key: Key) -> Chord:
    """Read a Nashville number or a Roman numeral in a key: ``4`` and ``IV`` are C in G major.

    Raises
    ------
    InputError
        If the text is neither.
    """
    written = ascii_accidentals("".join(text.split())).translate(_PLAIN)
    written = _SLASH_IN_QUALITY.sub("69", written)
    if match := _NUMBER.match(written):
        major = key if key.mode == "major" else key.relative
        root = _note(major.tonic, match["sign"] + match["number"])
        bass = _note(major.tonic, match["bass"]) if match["bass"] else root
        return _chord(root, match["suffix"], _degree(root, bass))
    if match := _ROMAN.match(written):
        return _roman(match, key)
    raise InputError(
        f"{quoted(text)} is not a chord number; Nashville numbers such as 4 or 6-7 and Roman "
        "numerals such as IV or vi7 are accepted."
    )


def _roman(match: re.Match[str], key: Key) -> Chord:
    numeral, suffix, behind = match["number"], match["suffix"], match["bass"]
    if behind and not behind[-1].isdigit():
        inner = chord_of_number(behind, key)
        key = Key.parse(f"{inner.root}{'m' if inner.quality == 'min' else ''}")
        behind = None
    number = _NUMERALS.index(numeral.lower())
    natural = str(number + 1) if key.mode == "major" else _NATURAL_MINOR[number]
    root = _note(key.tonic, natural, match["sign"])
    if numeral.islower() and not suffix.startswith(("°", "º", "o", "ø", "dim", "m", "-")):
        suffix = f"m{suffix}"
    return _chord(root, suffix, behind or "1")


def _chord(root: str, suffix: str, bass: str) -> Chord:
    quality, degrees = quality_of_suffix(suffix)
    return Chord(root, quality, degrees, bass)


def _note(tonic: str, degree: str, sign: str = "") -> str:
    raised = 7 * (sign.count("#") - sign.count("b"))
    return note_name(position(tonic) + degree_step(degree) + raised)


def _degree(root: str, bass: str) -> str:
    return degree_of_step(position(bass) - position(root))
