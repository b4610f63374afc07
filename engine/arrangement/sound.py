"""A lead sheet as sound: a 16-bit stereo WAV of real instruments, from a SoundFont.

The notes are those of the MIDI file. Each key is sounded once (`engine.arrangement.sampler`) and
added wherever it is struck; a small room answers, differently left and right. Every song is made
equally loud (`engine.arrangement.loudness`), and the few peaks beyond full scale are rounded off.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.arrangement.loudness import SILENCE, integrated_loudness
from engine.arrangement.performance import Note, Performance, performance
from engine.arrangement.sampler import DRUMS, LONGEST, SAMPLE_RATE, Tone, gain, panned, tone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.music.lead_sheet import LeadSheet

    Samples = NDArray[np.float32]

__all__ = ["ROOM", "SAMPLE_RATE", "WIDTH", "mixed", "parts", "wav"]

LOUDNESS = -16.0
"""LUFS of every song: what streaming services ask of music for headphones."""

ROOM = ((0.019, 0.13, 0.05), (0.027, 0.05, 0.12), (0.041, 0.09, 0.05), (0.059, 0.04, 0.08))
"""The answers of a small room: seconds later, and how much of it left and right."""

WIDTH = 1 / 40
"""How far from the middle a key of the chord instrument sounds, for each semitone from E4."""

_MIDDLE = 64
_TAIL = 1.2  # seconds for the last chord to ring out
_FADE = 0.75  # seconds, when the music is cut
_KNEE, _CEILING = 0.75, 0.89  # of full scale: where peaks begin to be rounded, and their limit


def wav(sheet: LeadSheet, max_seconds: float | None = None) -> bytes:
    """Return the lead sheet as a WAV file.

    Parameters
    ----------
    sheet
        What to play; without chords the sound is silence.
    max_seconds
        Where to fade out; without it the whole song sounds.
    """
    import numpy as np

    sound = mixed(sheet, max_seconds)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.ascontiguousarray((sound * 32_767).astype("<i2").T).data)
    return buffer.getvalue()


def mixed(sheet: LeadSheet, max_seconds: float | None = None) -> Samples:
    """Return the lead sheet as samples: shape (2, samples), at `SAMPLE_RATE`, full scale 1.

    Parameters
    ----------
    sheet, max_seconds
        As for `wav`.
    """
    import numpy as np

    played = performance(sheet)
    seconds = 60 / played.quarters_per_minute
    end = played.length * seconds + _TAIL
    length = end if max_seconds is None else min(end, max_seconds)
    dry = np.zeros((2, max(1, round(length * SAMPLE_RATE))), dtype=np.float32)
    for program, level, notes in parts(played):
        tones = _tones(program, notes, seconds)
        for note in notes:
            _add(dry, note, tones[note.pitch], level, seconds, spread=program == played.style.keys)
    sound = dry.copy()
    for delay, *sides in ROOM:
        later = round(delay * SAMPLE_RATE)
        for side, amount in enumerate(sides):
            sound[side, later:] += np.float32(amount) * dry[side, : max(0, dry.shape[1] - later)]
    if length < end:
        count = min(sound.shape[1], round(_FADE * SAMPLE_RATE))
        sound[:, -count:] *= np.linspace(1.0, 0.0, count, dtype=np.float32)
    loudness = integrated_loudness(sound, SAMPLE_RATE)
    if loudness > SILENCE:
        sound *= np.float32(10 ** ((LOUDNESS - loudness) / 20))
    return _rounded(sound)


def parts(played: Performance) -> Iterator[tuple[int, float, tuple[Note, ...]]]:
    """Yield program (`sampler.DRUMS` for the kit), gain and notes of each part."""
    style = played.style
    balance = style.balance
    for program, decibels, notes in (
        (style.keys, balance.chords, played.chords),
        (style.bass, balance.bass, played.bass),
        (DRUMS, balance.drums, played.drums),
    ):
        yield program, 10 ** (decibels / 20), notes


def _tones(program: int, notes: tuple[Note, ...], seconds: float) -> dict[int, Tone]:
    """Return each key that is struck, as long as it is held at most, and its release."""
    longest: dict[int, float] = {}
    for note in notes:
        longest[note.pitch] = max(longest.get(note.pitch, 0.0), note.length * seconds)
    return {pitch: tone(program, pitch, min(held + 1, LONGEST)) for pitch, held in longest.items()}


def _add(
    sound: Samples, note: Note, key: Tone, level: float, seconds: float, *, spread: bool
) -> None:
    """Add a note to the sound where it begins, let go where it ends."""
    import numpy as np

    start = round(note.start * seconds * SAMPLE_RATE)
    samples = key.samples
    if key.release:
        held = round(note.length * seconds * SAMPLE_RATE)
        count = min(samples.shape[1], held + round(key.release * 0.6 * SAMPLE_RATE))
        samples = samples[:, :count].copy()
        if held < count:
            late = np.arange(count - held, dtype=np.float32) / np.float32(SAMPLE_RATE)
            samples[:, held:] *= np.float32(10) ** (late * np.float32(-5 / key.release))
    room = sound.shape[1] - start
    if room <= 0:
        return
    force = level * gain(note.velocity)
    left, right = panned((note.pitch - _MIDDLE) * WIDTH) if spread else (0.7071, 0.7071)
    for side, amount in enumerate((left, right)):
        sound[side, start : start + samples.shape[1]] += samples[side, :room] * np.float32(
            amount * force * 1.4142
        )


def _rounded(sound: Samples) -> Samples:
    """Return the sound with what is beyond the knee bent under the ceiling."""
    import numpy as np

    beyond = np.abs(sound) > _KNEE
    if beyond.any():
        peaks = sound[beyond]
        room = _CEILING - _KNEE
        bent = _KNEE + room * np.tanh((np.abs(peaks) - _KNEE) / room)
        sound[beyond] = np.copysign(bent, peaks)
    return sound
