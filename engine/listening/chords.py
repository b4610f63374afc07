"""A chord for each span between beats: templates of chord tones, and Viterbi over them.

The likelihood of a chord is how much its tones resemble the chroma (cosine), how strongly its root
sounds in the bass, and whether the key has it; a chord tends to stay, a chord of four tones has to
earn its fourth. The path is librosa's Viterbi (Rabiner 1989, "A tutorial on hidden Markov models",
Proc. IEEE 77). Weights were set on every fourth song of the songbook, see ``bench_listening.py``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.music.chord import NO_CHORD, Chord
from engine.music.key import Key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

QUALITIES = {"maj": 0.0, "min": 0.0, "7": 0.03, "min7": 0.03, "maj7": 0.05}
"""What may be heard, each with what it costs; all of them the chord generator writes too."""
POWER = {"5": 0.1}
"""Fifths without a third, which are told from faint thirds only where that is asked for."""
_STAY = 0.85  # how probable it is that a chord goes on over a beat
_SHARPNESS = 18.0  # how much a likeness of 1 weighs against one of 0
_BASS = 0.1  # how much a root in the bass is worth, beside the likeness
_IN_KEY = 0.04  # how much a chord of the key is worth
_NO_CHORD_BELOW = 0.55  # likeness of "no chord": what resembles none that much
_SCALES = {"major": {0, 2, 4, 5, 7, 9, 11}, "minor": {0, 2, 3, 5, 7, 8, 10, 11}}


def chords_of(
    chroma: Array, bass: Array, key: Key | None = None, *, fifths: bool = False
) -> list[Chord]:
    """The chord of each span.

    Parameters
    ----------
    chroma, bass : array of float (spans, 12)
    key : Key, optional
        Its own chords are likelier, and all are spelled for it.
    fifths : bool
        Whether fifths without a third are told apart.
    """
    import librosa
    import numpy as np

    states, templates, roots, costs = _states(fifths)
    loudness = np.linalg.norm(chroma, axis=1, keepdims=True)
    likeness = chroma @ templates.T / np.maximum(loudness, 1e-9)
    likeness += _BASS * bass[:, roots] - costs
    if key is not None:
        scale = {(key.tonic_pitch_class + step) % 12 for step in _SCALES[key.mode]}
        likeness += _IN_KEY * np.array([chord.pitch_classes <= scale for chord in states])
    nothing = np.full((len(chroma), 1), _NO_CHORD_BELOW)
    nothing[loudness[:, 0] == 0] = 2.0
    scores = _SHARPNESS * np.hstack([likeness, nothing])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Any = (weights / weights.sum(axis=1, keepdims=True)).T
    stay = librosa.sequence.transition_loop(len(states) + 1, _STAY)
    path = librosa.sequence.viterbi_discriminative(shares, stay)
    return [_named(states, int(state), key) for state in path]


def _named(states: tuple[Chord, ...], state: int, key: Key | None) -> Chord:
    if state == len(states):
        return NO_CHORD
    chord = states[state]
    return chord if key is None else chord.transpose(0, key)


@lru_cache(2)
def _states(fifths: bool) -> tuple[tuple[Chord, ...], Array, NDArray[np.int64], Array]:
    """Chords with their templates (states, 12) of length 1, their roots, and their costs."""
    import numpy as np

    qualities = QUALITIES | POWER if fifths else QUALITIES
    states = tuple(
        Chord("C", quality).transpose(root) for quality in qualities for root in range(12)
    )
    templates = np.array([[float(p in chord.pitch_classes) for p in range(12)] for chord in states])
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    roots = np.array([chord.root_pitch_class for chord in states])
    return states, templates, roots, np.array([qualities[chord.quality] for chord in states])
