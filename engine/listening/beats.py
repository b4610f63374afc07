"""Tempo and beats, by librosa's beat tracker.

The tracker is the dynamic programming of Ellis (2007), "Beat Tracking by Dynamic Programming",
Journal of New Music Research 36, over the strength of onsets. Its tempo lies on a coarse grid, so
the tempo told here is the slope of a line through the beats it found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HOP = 512
_BARS = (4, 3)  # beats
_MUCH_RATHER = 1.0  # by how many standard deviations three beats must explain chord changes better


def beats(samples: NDArray[np.float32], rate: int) -> tuple[Array, float]:
    """When one taps, in seconds, and how many times a minute."""
    import librosa
    import numpy as np

    onsets: Any = librosa.onset.onset_strength(
        y=samples, sr=rate, hop_length=HOP, aggregate=np.median
    )
    guess = float(librosa.feature.tempo(onset_envelope=onsets, sr=rate, hop_length=HOP)[0])
    _, frames = librosa.beat.beat_track(
        onset_envelope=onsets, sr=rate, hop_length=HOP, bpm=guess, trim=False
    )
    times: Array = librosa.frames_to_time(frames, sr=rate, hop_length=HOP)
    if len(times) < 4:
        return times, guess
    return times, 60 / float(np.polyfit(np.arange(len(times)), times, 1)[0])


def bars_of(changes: Sequence[bool]) -> tuple[int, int]:
    """Beats in a bar and the first downbeat, from the beats on which the chord changes.

    The reading is taken whose downbeats hold more changes than chance would put there, in standard
    deviations of a binomial; three beats only where they explain them much better than four.
    """
    count = sum(changes)
    readings = [
        (_surprise(changes, beats_in_bar, first, count) - _MUCH_RATHER * (beats_in_bar == 3),
         -first, beats_in_bar)
        for beats_in_bar in _BARS
        for first in range(beats_in_bar)
    ]  # fmt: skip
    _, first, beats_in_bar = max(readings)
    return beats_in_bar, -first


def _surprise(changes: Sequence[bool], beats_in_bar: int, first: int, count: int) -> float:
    share = 1 / beats_in_bar
    spread = (count * share * (1 - share)) ** 0.5
    return (sum(changes[first::beats_in_bar]) - count * share) / spread if spread else 0.0
