"""The key of a recording: how well its pitch classes and its chords fit each of 24.

Pitch classes are compared with the profiles of Krumhansl and Kessler (1982), "Tracing the dynamic
changes in perceived tonal organization", Psychological Review 89; chords, fifths without a third
among them, are judged as those of a song whose key is not told (`engine.music.key_estimate`).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from engine.music.key import KEYS, Key
from engine.music.key_estimate import key_fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.music.chord import Chord

    Array = NDArray[np.float64]

_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_CHORDS = 3.0  # how much chords weigh against pitch classes


def key_of(chroma: Array, chords: Sequence[Chord]) -> Key:
    """The key that fits best.

    Parameters
    ----------
    chroma : array of float (spans, 12)
    chords : sequence of Chord
        One a span.
    """
    import numpy as np

    mean = chroma.mean(axis=0)
    if not mean.any():
        return KEYS[0]
    by_chords = key_fits([chord for chord, _ in groupby(chords)])
    fits = {
        key: float(np.corrcoef(mean, np.roll(_PROFILES[key.mode], key.tonic_pitch_class))[0, 1])
        + _CHORDS * by_chords[key]
        for key in KEYS
    }
    return max(KEYS, key=fits.__getitem__)
