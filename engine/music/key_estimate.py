"""The key of a song whose key is not told, from its chords. Pure.

The highest of 24 keys by share of diatonic triads + 0.5 x share of tonic triads + 0.5 x share of
V-I moves + 0.1 if the first chord is the tonic + 0.05 if the last is. In minor, V counts as
diatonic beside v; a chord without a third fits where either third would. The weights are those that
the training songs' keys were found with; ``python bench/check_key_estimate.py FOLDER`` compares
with the keys that sources give.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.music.chord import Chord
from engine.music.key import KEYS, Key

_DIATONIC = {
    "major": {(0, "major"), (2, "minor"), (4, "minor"), (5, "major"), (7, "major"), (9, "minor")}
    | {(11, "diminished")},
    "minor": {(0, "minor"), (2, "diminished"), (3, "major"), (5, "minor"), (7, "minor")}
    | {(7, "major"), (8, "major"), (10, "major")},
}
_THIRDLESS = "without third"
_DIATONIC_ROOTS = {mode: {root for root, _ in triads} for mode, triads in _DIATONIC.items()}

_Triad = tuple[int, str]


def estimated_key(chords: Sequence[Chord]) -> Key:
    """The key that chords fit best; C major for none. Ties go to the first in `KEYS`."""
    fits = key_fits(chords)
    return max(KEYS, key=fits.__getitem__)


def key_fits(chords: Sequence[Chord]) -> dict[Key, float]:
    """How well chords fit each of 24 keys, 0 to about 2; all 0 where there are none."""
    triads = [triad for chord in chords if (triad := _triad(chord))]
    return {key: _fit(triads, key) if triads else 0.0 for key in KEYS}


def _triad(chord: Chord) -> _Triad | None:
    """Root relative to C and triad kind of a chord."""
    if chord.root_pitch_class is None:
        return None
    intervals = {(pitch - chord.root_pitch_class) % 12 for pitch in chord.pitch_classes}
    if 4 in intervals:
        return chord.root_pitch_class, "major"
    if 3 in intervals:
        return chord.root_pitch_class, "minor" if 7 in intervals else "diminished"
    return chord.root_pitch_class, _THIRDLESS


def _fit(triads: Sequence[_Triad], key: Key) -> float:
    relative = [((root - key.tonic_pitch_class) % 12, kind) for root, kind in triads]
    tonics = {(0, key.mode), (0, _THIRDLESS)}
    dominants = {(7, "major"), (7, _THIRDLESS)}
    diatonic = sum(_is_diatonic(triad, key.mode) for triad in relative)
    at_home = sum(triad in tonics for triad in relative)
    cadences = sum(one in dominants and next_ in tonics for one, next_ in pairwise(relative))
    return (
        (diatonic + 0.5 * at_home) / len(relative)
        + 0.5 * cadences / max(len(relative) - 1, 1)
        + 0.1 * (relative[0] in tonics)
        + 0.05 * (relative[-1] in tonics)
    )


def _is_diatonic(triad: _Triad, mode: str) -> bool:
    root, kind = triad
    return triad in _DIATONIC[mode] or (kind == _THIRDLESS and root in _DIATONIC_ROOTS[mode])
