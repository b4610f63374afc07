"""The sounds of a style in one file, for a player that has none of its own.

A FLAC file holds one key after another: of the chord instrument and of the bass a key every minor
third, which a player turns a semitone up or down, each drum the style strikes, and two clicks.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.arrangement.accompaniment import POWER_RANGE
from engine.arrangement.loudness import stepwise_power
from engine.arrangement.sampler import DRUMS, SAMPLE_RATE, Tone, tone
from engine.arrangement.styles import FILLS, Style
from engine.arrangement.voicing import BASS_RANGE, HAND_RANGE

CLICKS = (76, 77)
"""Wood blocks that count: the first beat of a bar, the others."""

_STEP = 3  # semitones from one key to the next
_SECONDS = {"chords": 3.5, "bass": 2.5, "drums": 2.0}
_GAP = 0.02  # seconds of silence between two keys
_ABOVE_BASS = 4  # where lines over the bass may go


@dataclass(frozen=True)
class Sample:
    """Where a key lies in the file.

    Parameters
    ----------
    part
        "chords", "bass" or "drums".
    start, length
        In seconds.
    release
        Seconds in which it falls by 100 dB once it is let go; 0 for a drum, which rings on.
    powers
        What the ear gets of each tenth of a second (`loudness.stepwise_power`).
    """

    part: str
    pitch: int
    start: float
    length: float
    release: float
    powers: tuple[float, ...]


@dataclass(frozen=True)
class SampleBank:
    """The sounds of a style."""

    flac: bytes
    samples: tuple[Sample, ...]


def sample_bank(manner: Style) -> SampleBank:
    """Return the sounds of a style, rendered once."""
    patterns = (manner.four, manner.three, manner.compound)
    struck = {key for pattern in patterns for key in pattern.drums}
    struck |= {key for fill in FILLS[manner.manner.fills] for key in fill}
    struck |= {*manner.manner.lifted.values(), *manner.manner.last, *CLICKS}
    struck |= {key for key in (manner.manner.crash, manner.manner.turn) if key is not None}
    low, high = HAND_RANGE
    if any("P" in pattern.piano for pattern in patterns):
        low, high = POWER_RANGE
    return _rendered(manner.keys, range(low, high + _STEP, _STEP), manner.bass, frozenset(struck))


@lru_cache(maxsize=16)
def _rendered(keys: int, hand: range, bass: int, drums: frozenset[int]) -> SampleBank:
    import numpy as np
    import soundfile

    low, high = BASS_RANGE[0], BASS_RANGE[1] + _ABOVE_BASS
    samples: list[Sample] = []
    sounds: list[np.ndarray[tuple[int, int], np.dtype[np.float32]]] = []
    at = 0.0
    gap = np.zeros((2, round(_GAP * SAMPLE_RATE)), dtype=np.float32)
    for part, pitch, key in (
        *_tones("chords", keys, hand),
        *_tones("bass", bass, range(low - 1, high + _STEP, _STEP)),
        *_tones("drums", DRUMS, sorted(drums)),
    ):
        length = key.samples.shape[1] / SAMPLE_RATE
        powers = tuple(float(f"{power:.4g}") for power in stepwise_power(key.samples, SAMPLE_RATE))
        samples.append(Sample(part, pitch, at, length, key.release, powers))
        sounds += [key.samples, gap]
        at += length + gap.shape[1] / SAMPLE_RATE
    buffer = io.BytesIO()
    data = np.clip(np.concatenate(sounds, axis=1), -1, 1).T
    soundfile.write(buffer, data, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return SampleBank(buffer.getvalue(), tuple(samples))


def _tones(part: str, program: int, pitches: Iterable[int]) -> Iterator[tuple[str, int, Tone]]:
    for pitch in pitches:
        yield part, pitch, tone(program, pitch, _SECONDS[part])
