"""One key of one instrument as it sounds, from the samples of a SoundFont. Pure.

The voice of the SoundFont 2.04 specification (section 9): a sample read at the key's pitch and
looped, a low-pass filter of second order whose cutoff follows an envelope, and a volume envelope.
Left out are the two slow oscillators, which our instruments hardly use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING

from engine.arrangement.soundfont import (
    ATTACK,
    ATTENUATION,
    DECAY,
    DELAY,
    DRUM_BANK,
    ENVELOPE_TO_CUTOFF,
    FILTER_CUTOFF,
    FILTER_Q,
    HOLD,
    KEY_TO_DECAY,
    KEY_TO_HOLD,
    MODULATION,
    PAN,
    RELEASE,
    SUSTAIN,
    VOLUME,
    Zone,
    general_midi,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SAMPLE_RATE = 44_100
LONGEST = 4.0  # seconds that a key sounds, however long it is held
DRUMS = -1
"""Stands for the drum kit where a General MIDI program is asked for."""

_HOP = 256  # samples from one window of the filter to the next
_CUTOFF_STEP = 25  # cents: the filter moves in steps nobody hears
_OPEN = 18_000.0  # hertz: a cutoff beyond this is no filter
_DRUM_SECONDS = {46: 0.5, 49: 2.0, 51: 0.8, 57: 2.0}
_DRUM_LENGTH = 0.6
_FADE = 0.03
# The specification says centibels; all players follow the first sound cards, which took 0.4 of it.
_ATTENUATION = 0.4


@dataclass(frozen=True)
class Tone:
    """A key as it sounds while it is held.

    Parameters
    ----------
    samples
        Left and right, at `SAMPLE_RATE`.
    release
        Seconds in which it falls by 100 dB once it is let go; 0 for a drum, which rings on.
    """

    samples: Samples
    release: float


def tone(program: int, key: int, seconds: float = LONGEST) -> Tone:
    """Return a key of a General MIDI program, or of the kit (`DRUMS`), held so many seconds.

    The key is struck with full force; a player scales it by `gain`.
    """
    import numpy as np

    drum = program == DRUMS
    bank, preset = (DRUM_BANK, 0) if drum else (0, program)
    if drum:
        seconds = _DRUM_SECONDS.get(key, _DRUM_LENGTH)
    count = round(min(seconds, LONGEST) * SAMPLE_RATE)
    both = np.zeros((2, count), dtype=np.float32)
    release = 0.0
    for zone in general_midi().zones(bank, preset, key):
        mono = _voice(zone, key, count)
        left, right = panned(zone.generators.get(PAN, 0) / 500)
        both[0] += left * mono
        both[1] += right * mono
        release = max(release, _seconds(zone.generators[VOLUME + RELEASE]))
    fade = min(count, round(_FADE * SAMPLE_RATE))
    both[:, count - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return Tone(both, 0.0 if drum else min(release, 1.0))


@lru_cache(maxsize=128)
def gain(velocity: int) -> float:
    """How much a velocity (1-127) leaves of a tone: the default curve of the specification."""
    return (velocity / 127) ** 2


def _voice(zone: Zone, key: int, count: int) -> Samples:
    import numpy as np

    held = _envelope(zone, VOLUME, key, count)
    sound = _read(zone, count)
    sound = _filtered(zone, key, sound)
    loudness = 10 ** (-_ATTENUATION * zone.generators.get(ATTENUATION, 0) / 200)
    return (sound * held * loudness).astype(np.float32, copy=False)


def _read(zone: Zone, count: int) -> Samples:
    """Return the sample at its pitch, between its values on straight lines.

    A loop that is not about zero would press the membrane out as long as it sounds.
    """
    import numpy as np

    at = np.arange(count, dtype=np.float64) * (zone.step / SAMPLE_RATE)
    source = zone.samples
    if zone.loop is not None:
        start, end = zone.loop
        late = at >= end
        at[late] = start + (at[late] - start) % (end - start)
        source = np.append(source[:end], source[start])
        middle = source[start:end].mean(dtype=np.float32)
    else:
        source = np.append(source, np.int16(0))
        middle = np.float32(0)
        at = np.minimum(at, len(source) - 1.001)
    whole = at.astype(np.int64)
    part = (at - whole).astype(np.float32)
    values: Samples = (source.astype(np.float32) - middle) / np.float32(32_768)
    last = len(values) - 1
    return (values[whole] * (1 - part) + values[np.minimum(whole + 1, last)] * part).astype(
        np.float32, copy=False
    )


def _envelope(zone: Zone, first: int, key: int, count: int) -> Samples:
    """Return the volume envelope (amplitude) or the modulation envelope (0 to 1)."""
    import numpy as np

    amounts = zone.generators
    volume = first == VOLUME
    scaled = (60 - key) if volume else 0
    delay, attack = (_seconds(amounts[first + step]) for step in (DELAY, ATTACK))
    hold = _seconds(amounts[first + HOLD] + scaled * amounts.get(KEY_TO_HOLD, 0))
    decay = _seconds(amounts[first + DECAY] + scaled * amounts.get(KEY_TO_DECAY, 0))
    sustain = amounts[first + SUSTAIN]
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE - delay
    rising = np.clip(time / max(attack, 0.001), 0, 1)
    fallen = np.maximum(time - attack - hold, 0) / max(decay, 0.001)
    if volume:
        left = 10 ** (-np.minimum(100 * fallen, max(0, sustain) / 10) / 20)
    else:
        left = np.maximum(1 - fallen, 1 - min(max(sustain, 0), 1000) / 1000)
    return (rising * left).astype(np.float32, copy=False)


def _filtered(zone: Zone, key: int, sound: Samples) -> Samples:
    """Return the sound through the low-pass, whose cutoff follows an envelope.

    Short windows of the sound, which add up to it, are weighted by the filter's magnitude.
    """
    import numpy as np

    times = np.arange(0, len(sound) + _HOP, _HOP)
    envelope = _envelope(zone, MODULATION, key, len(sound))
    opened = (
        zone.generators.get(ENVELOPE_TO_CUTOFF, 0) * envelope[np.minimum(times, len(sound) - 1)]
    )
    cents = np.round((zone.generators[FILTER_CUTOFF] + opened) / _CUTOFF_STEP) * _CUTOFF_STEP
    steps, which = np.unique(cents, return_inverse=True)
    cutoffs = (8.176 * 2 ** (steps / 1200)).astype(np.float32)
    if cutoffs.min() >= _OPEN:
        return sound
    quality = 10 ** (zone.generators.get(FILTER_Q, 0) / 200) / np.sqrt(2)
    ratio = np.fft.rfftfreq(4 * _HOP, 1 / SAMPLE_RATE).astype(np.float32) / cutoffs[:, None]
    weights = 1 / np.sqrt((1 - ratio**2) ** 2 + (ratio / np.float32(quality)) ** 2)
    padded = np.zeros(_HOP * (len(times) + 1), dtype=np.float32)
    padded[_HOP : _HOP + len(sound)] = sound
    halves = padded.reshape(-1, _HOP)
    frames = np.concatenate([halves[:-1], halves[1:]], axis=1) * np.hanning(2 * _HOP + 1)[:-1]
    # The filter looks as far ahead as behind: turned by a hop, no frame wraps round its end.
    spectra = np.fft.rfft(frames.astype(np.float32), 4 * _HOP)
    shaped = np.roll(np.fft.irfft(spectra * weights[which], 4 * _HOP), _HOP, axis=1)
    out = np.zeros((len(times) + 3, _HOP), dtype=np.float32)
    for part in range(4):
        out[part : part + len(times)] += shaped[:, part * _HOP : (part + 1) * _HOP]
    return out.reshape(-1)[2 * _HOP : 2 * _HOP + len(sound)]


def panned(where: float) -> tuple[float, float]:
    """Return the gains of left and right for -1 to 1, of equal power."""
    angle = (min(max(where, -1), 1) + 1) * pi / 4
    return cos(angle), sin(angle)


def _seconds(timecents: int) -> float:
    return 0.0 if timecents <= -12_000 else float(2 ** (timecents / 1200))
