"""A clip taken in: beats, chroma between them, chords, the key, the chords again in that key."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from engine.listening.beats import bars_of, beats
from engine.listening.chords import chords_of
from engine.listening.chroma import RATE, chromas
from engine.listening.heard import Heard, HeardChord
from engine.listening.key import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.listening.clip import Clip
    from engine.music.chord import Chord

    Array = NDArray[np.float64]

_BEAT_RATE = 22_050
_SHORTEST = 0.05  # seconds: a span before the first beat or after the last one


def heard_in(clip: Clip) -> Heard:
    """What is heard in a recording that has some sound."""
    times, tempo = beats(_resampled(clip, _BEAT_RATE), _BEAT_RATE)
    edges, beat_spans = _spans(times, clip.seconds)
    chroma, bass = chromas(_resampled(clip, RATE), edges)
    key = key_of(chroma, chords_of(chroma, bass, fifths=True))
    chords = chords_of(chroma, bass, key)
    beats_in_bar, downbeat = bars_of(
        [span == 0 or chords[span] != chords[span - 1] for span in beat_spans]
    )
    return Heard(
        seconds=clip.seconds,
        tempo=round(tempo, 1),
        beats=tuple(map(float, times)),
        beats_in_bar=beats_in_bar,
        downbeat=downbeat,
        key=key,
        chords=tuple(_joined(chords, edges)),
        edges=tuple(map(float, edges)),
        chroma=tuple(tuple(map(float, span)) for span in chroma),
    )


def _resampled(clip: Clip, rate: int) -> NDArray[np.float32]:
    import librosa

    if clip.rate == rate:
        return clip.samples
    samples: NDArray[np.float32] = librosa.resample(
        clip.samples, orig_sr=clip.rate, target_sr=rate, res_type="soxr_mq"
    )
    return samples


def _spans(times: Array, seconds: float) -> tuple[Array, list[int]]:
    """Where the spans between beats begin and the last one ends; which of them begin on a beat."""
    import numpy as np

    within = times[times < seconds - _SHORTEST]
    lead = [0.0] if not len(within) or within[0] > _SHORTEST else []
    edges = np.array([*lead, *within, seconds])
    edges[0] = 0.0
    return edges, list(range(len(lead), len(lead) + len(within)))


def _joined(chords: Sequence[Chord], edges: Array) -> Iterator[HeardChord]:
    """Equal neighbours as one."""
    at = 0
    for chord, run in groupby(chords):
        stop = at + len(list(run))
        yield HeardChord(float(edges[at]), float(edges[stop]), chord)
        at = stop
