"""Which pitch classes sound between the beats: constant-Q chroma of what is harmonic.

Harmonic sound is parted from drums by median filtering (Fitzgerald 2010, "Harmonic/percussive
separation using median filtering", DAFx), as librosa does it. Two chromas are taken: of the middle
register, and of the bass, which tells roots from other chord tones.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RATE = 11_025  # chords live below 2 kHz; a coarser clip is quicker to part
_HOP = 512
_LOWEST, _OCTAVES = "C3", 4
_BASS_LOWEST, _BASS_OCTAVES = "C1", 2


def chromas(samples: NDArray[np.float32], edges: Array) -> tuple[Array, Array]:
    """Chroma of the middle register and of the bass, each (spans, 12), a span's strongest tone 1.

    Parameters
    ----------
    samples : array of float32 (frames,)
        At `RATE`.
    edges : array of float (spans + 1,)
        Where spans begin, in seconds.
    """
    import librosa

    harmonic: Any = librosa.effects.harmonic(samples, margin=1.5)
    tuning = float(librosa.estimate_tuning(y=harmonic, sr=RATE))
    middle, bass = (
        librosa.feature.chroma_cqt(
            y=harmonic,
            sr=RATE,
            hop_length=_HOP,
            fmin=float(librosa.note_to_hz(lowest)),
            n_octaves=octaves,
            bins_per_octave=36,
            tuning=tuning,
            norm=None,
        )
        for lowest, octaves in ((_LOWEST, _OCTAVES), (_BASS_LOWEST, _BASS_OCTAVES))
    )
    return _by_span(middle, edges), _by_span(bass, edges)


def _by_span(chroma: Array, edges: Array) -> Array:
    """The mean of the frames of each span, in equal loudness."""
    import librosa
    import numpy as np

    frames = librosa.time_to_frames(edges, sr=RATE, hop_length=_HOP)
    frames = np.clip(frames, 0, chroma.shape[1])
    spans = [
        np.mean(chroma[:, a : max(b, a + 1)], axis=1) if a < chroma.shape[1] else np.zeros(12)
        for a, b in pairwise(frames)
    ]
    found = np.array(spans, dtype=np.float64).reshape(-1, 12)
    strongest = found.max(axis=1, keepdims=True, initial=0.0)
    return np.divide(found, strongest, out=np.zeros_like(found), where=strongest > 0)
