"""Chords as steps of their key: triads in Roman numerals, a chord struck again left out. Pure.

Sevenths, suspensions and basses make no other step; a chord without a third (a power chord, a
suspension) counts as major, as it is written. "No chord" is no step: what follows it follows what
was before.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from engine.music.chord import Chord

if TYPE_CHECKING:
    from engine.music.key import Key


def triad(chord: Chord) -> Chord:
    """The triad on a chord's root by its third and fifth: major, minor, diminished or augmented."""
    root = chord.root_pitch_class
    if chord.root is None or root is None:
        return chord
    above = {(one - root) % 12 for one in chord.pitch_classes}
    if 4 in above:
        return Chord(chord.root, "aug" if 8 in above and 7 not in above else "maj")
    if 3 in above:
        return Chord(chord.root, "dim" if 6 in above and 7 not in above else "min")
    return Chord(chord.root, "maj")


def steps(chords: Iterable[Chord], key: Key) -> tuple[str, ...]:
    """The triads in Roman numerals, as ``("I", "vi", "bVII")``, restatements left out."""
    return _without_restatements(_step(chord, key) for chord in chords if not chord.is_no_chord)


def full_steps(chords: Iterable[Chord], key: Key) -> tuple[str, ...]:
    """The same with sevenths and what else is said of a chord but its bass: ``("ii7", "V7")``."""
    return _without_restatements(_full(chord, key) for chord in chords if not chord.is_no_chord)


@cache
def _step(chord: Chord, key: Key) -> str:
    return triad(chord).roman(key)


@cache
def _full(chord: Chord, key: Key) -> str:
    return Chord(chord.root, chord.quality, chord.degrees).roman(key)


def _without_restatements(numerals: Iterable[str]) -> tuple[str, ...]:
    return tuple(numeral for numeral, _ in groupby(numerals))
