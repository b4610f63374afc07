"""Yamaha's XF chord events in MIDI files: ``43 7B 01 cr ct bn bt``. Pure.

``cr`` and ``bn`` are root and bass: the sign in the upper half of the byte (3 is natural), the
letter in the lower (1 is C); 7F is no bass of its own. ``ct`` and ``bt`` are the type, 0 to 34.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import InputError
from engine.music.chord import Chord

_ROOTS = ("C", "D", "E", "F", "G", "A", "B")
_SIGNS = ("bbb", "bb", "b", "", "#", "##", "###")
_SUFFIXES = (
    *("", "6", "maj7", "maj7(#11)", "add9", "maj9", "6/9", "aug", "m", "m6", "m7", "m7b5"),
    *("m(add9)", "m9", "m11", "m(maj7)", "m(maj9)", "dim", "dim7", "7", "7sus4", "7b5", "9"),
    *("7(#11)", "13", "7(b9)", "7(b13)", "7(#9)", "maj7(#5)", "7#5", "1", "5", "sus4", "sus2"),
)
_HEAD = (0x43, 0x7B, 0x01)
_NONE = 0x7F


def xf_code(chord: Chord) -> tuple[int, ...] | None:
    """The bytes of a chord's event; None for a chord that XF has no type for."""
    if chord.root is None or len(chord.root) > 4:
        return None
    plain = Chord(chord.root, chord.quality, chord.degrees).pitch_classes
    kinds = (i for i, suffix in enumerate(_SUFFIXES) if _sounds(chord.root, suffix) == plain)
    kind = next(kinds, None)
    if kind is None:
        return None
    bass = _NONE if chord.bass == "1" else _code(chord.bass_note or chord.root)
    return (*_HEAD, _code(chord.root), kind, bass, _NONE)


def _sounds(root: str, suffix: str) -> frozenset[int]:
    return Chord.parse(root + suffix).pitch_classes


def _code(note: str) -> int:
    sign = _SIGNS.index(note[1:]) if note[1:] in _SIGNS else 3
    return sign << 4 | _ROOTS.index(note[0]) + 1


def xf_chord(data: Sequence[int]) -> Chord | None:
    """The chord of an XF event, ``43 7B 01 cr ct bn bt``; None for any other."""
    if len(data) < 7 or tuple(data[:3]) != _HEAD:
        return None
    root, kind, bass = _note(data[3]), data[4], _note(data[5])
    if root is None or kind >= len(_SUFFIXES):
        return None
    try:
        slash = f"/{bass}" if bass and bass != root else ""
        return Chord.parse(f"{root}{_SUFFIXES[kind]}{slash}")
    except InputError:
        return None


def _note(code: int) -> str | None:
    sign, letter = code >> 4, code & 0x0F
    if not 1 <= letter <= len(_ROOTS) or sign >= len(_SIGNS):
        return None
    return _ROOTS[letter - 1] + _SIGNS[sign]
