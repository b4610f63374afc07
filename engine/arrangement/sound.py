"""A lead sheet as sound: a 16-bit mono WAV, synthesised without sound fonts.

The notes are those of the MIDI file, in seconds through pretty_midi. Pitched sounds are sums of
decaying partials (Moorer 1977, "Signal Processing Aspects of Computer Music", Proc. IEEE 65), drums
are swept sines and shaped noise. Each different note is computed once and added where it sounds.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.arrangement.performance import Note, performance
from engine.arrangement.styles import (
    CLAP,
    CLOSED_HAT,
    CRASH,
    KICK,
    OPEN_HAT,
    PEDAL_HAT,
    RIDE,
    RIM,
    SNARE,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.music.lead_sheet import LeadSheet

    Samples = NDArray[np.float32]

SAMPLE_RATE = 32_000
_PEAK = 0.89  # of full scale: one decibel of headroom
_TAIL = 1.2  # seconds for the last chord to ring out
_FADE = 0.75  # seconds, when the music is cut
_REFLECTIONS = ((0.023, 0.16), (0.041, 0.11), (0.067, 0.07))  # a small room: seconds, gain
_GRID = 0.02  # seconds: lengths are rounded so that equal notes are computed once


@dataclass(frozen=True)
class _Timbre:
    """A pitched sound.

    Parameters
    ----------
    partials
        Amplitude of each harmonic.
    decay
        Seconds in which the fundamental falls by 60 dB; higher partials fall faster.
    attack, release
        Seconds.
    drive
        Strength of a soft clipping, 0 for none.
    level
        Loudness among the others.
    """

    partials: tuple[float, ...]
    decay: float
    attack: float
    release: float
    drive: float = 0.0
    level: float = 1.0


_PIANO = _Timbre((1.0, 0.55, 0.32, 0.2, 0.13, 0.08, 0.05, 0.03), 4.0, 0.004, 0.12)
_ELECTRIC_PIANO = _Timbre((1.0, 0.12, 0.06, 0.2, 0.02, 0.01, 0.05), 4.5, 0.006, 0.15)
_ORGAN = _Timbre((1.0, 0.7, 0.5, 0.35, 0.0, 0.2, 0.0, 0.15), 60.0, 0.012, 0.05, level=0.6)
_GUITAR = _Timbre((1.0, 0.7, 0.5, 0.4, 0.25, 0.2, 0.12, 0.1, 0.06), 2.6, 0.003, 0.08)
_OVERDRIVE = _Timbre(
    (1.0, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15), 9.0, 0.005, 0.04, drive=2.5, level=0.42
)
_SYNTH = _Timbre((1.0, 0.5, 0.33, 0.25, 0.2, 0.17, 0.14, 0.12), 12.0, 0.008, 0.08, level=0.55)
_BASS = _Timbre((1.0, 0.6, 0.28, 0.12, 0.05), 3.2, 0.006, 0.06, level=1.05)


def wav(sheet: LeadSheet, max_seconds: float | None = None) -> bytes:
    """Return the lead sheet as a WAV file, peak-normalised.

    Parameters
    ----------
    sheet
        What to play; without chords the sound is silence.
    max_seconds
        Where to fade out; without it the whole song sounds.
    """
    import numpy as np

    song = _song(sheet)
    end = float(song.get_end_time()) + _TAIL
    length = end if max_seconds is None else min(end, max_seconds)
    sound = np.zeros(max(1, round(length * SAMPLE_RATE)), dtype=np.float32)
    sounds: dict[tuple[int, ...], Samples] = {}
    for instrument in song.instruments:
        for note in instrument.notes:
            _add(sound, note, instrument, sounds)
    for seconds, gain in _REFLECTIONS:
        delay = round(seconds * SAMPLE_RATE)
        if delay < len(sound):
            sound[delay:] += gain * sound[:-delay].copy()
    if length < end:
        count = min(len(sound), round(_FADE * SAMPLE_RATE))
        sound[-count:] *= np.linspace(1.0, 0.0, count, dtype=np.float32)
    peak = float(np.abs(sound).max())
    if peak > 0:
        sound *= _PEAK * 32767 / peak
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(sound.round().astype("<i2").tobytes())
    return buffer.getvalue()


def _song(sheet: LeadSheet) -> Any:
    """Return the performance as a `pretty_midi.PrettyMIDI`, timed in seconds."""
    import pretty_midi

    played = performance(sheet)
    seconds = 60 / played.quarters_per_minute
    song: Any = pretty_midi.PrettyMIDI(initial_tempo=played.quarters_per_minute)
    parts: tuple[tuple[int, bool, Iterable[Note]], ...] = (
        (played.style.keys, False, played.chords),
        (played.style.bass, False, played.bass),
        (0, True, played.drums),
    )
    for program, is_drum, notes in parts:
        instrument: Any = pretty_midi.Instrument(program=program, is_drum=is_drum)
        instrument.notes = [
            pretty_midi.Note(
                velocity=note.velocity,
                pitch=note.pitch,
                start=note.start * seconds,
                end=(note.start + note.length) * seconds,
            )
            for note in notes
        ]
        song.instruments.append(instrument)
    return song


def _add(
    sound: Samples, note: Any, instrument: Any, sounds: dict[tuple[int, ...], Samples]
) -> None:
    """Add a note to the sound where it begins; `sounds` holds those computed before."""
    start = round(note.start * SAMPLE_RATE)
    room = len(sound) - start
    if room <= 0:
        return
    if instrument.is_drum:
        key = (note.pitch,)
        make = _drum
    else:
        steps = max(1, round((note.end - note.start) / _GRID))
        key = (instrument.program, note.pitch, steps)
        make = _tone
    if key not in sounds:
        sounds[key] = make(*key)
    samples = sounds[key][:room]
    sound[start : start + len(samples)] += samples * (note.velocity / 127) ** 1.5


def _timbre(program: int) -> _Timbre:
    """Return the sound nearest to a General MIDI program."""
    families = {2: _ORGAN, 3: _GUITAR, 4: _BASS}
    if program in {4, 5}:
        return _ELECTRIC_PIANO
    if program in {29, 30}:
        return _OVERDRIVE
    if program >= 80:
        return _SYNTH
    return families.get(program // 8, _PIANO)


def _tone(program: int, pitch: int, steps: int) -> Samples:
    """Return a note of `steps` grid steps and its release, peaking near its timbre's level."""
    import numpy as np

    timbre = _timbre(program)
    count = round((steps * _GRID + timbre.release) * SAMPLE_RATE)
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    phase = 2 * np.pi * frequency * time
    fall = -6.9 / timbre.decay * (frequency / 262) ** 0.5
    tone = np.zeros(count, dtype=np.float32)
    for number, amplitude in enumerate(timbre.partials, start=1):
        if amplitude and frequency * number < SAMPLE_RATE * 0.45:
            envelope = np.exp(fall * (0.6 + 0.4 * number) * time)
            tone += amplitude * envelope * np.sin(number * phase)
    tone /= sum(timbre.partials) ** 0.7
    if timbre.drive:
        tone = np.tanh(timbre.drive * tone)
    rise = max(1, round(timbre.attack * SAMPLE_RATE))
    release = min(count, round(timbre.release * SAMPLE_RATE))
    tone[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:count]
    tone[-release:] *= np.linspace(1, 0, release, dtype=np.float32) ** 2
    return (timbre.level * tone).astype(np.float32)


def _drum(key: int) -> Samples:
    """Return a stroke of a drum by its General MIDI key."""
    import numpy as np

    seconds = {KICK: 0.3, CRASH: 1.6, RIDE: 0.5, OPEN_HAT: 0.3, SNARE: 0.22, CLAP: 0.2}.get(
        key, 0.08
    )
    time = np.arange(round(seconds * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    fall = np.exp(-6.9 * time / seconds)
    if key == KICK:
        sweep = 2 * np.pi * (48 * time - 100 / 30 * (np.exp(-30 * time) - 1))
        return (1.6 * fall * np.sin(sweep)).astype(np.float32)
    noise = np.random.default_rng(key).uniform(-1, 1, len(time))
    bright = np.diff(noise, prepend=0.0)
    if key in {SNARE, CLAP}:
        body = 0.5 * np.sin(2 * np.pi * 185 * time) * np.exp(-30 * time) if key == SNARE else 0.0
        return (fall * (0.55 * noise + body)).astype(np.float32)
    if key == RIM:
        return (0.5 * fall * np.sin(2 * np.pi * 1700 * time)).astype(np.float32)
    level = {CLOSED_HAT: 0.22, PEDAL_HAT: 0.18, RIDE: 0.34, OPEN_HAT: 0.22, CRASH: 0.35}.get(
        key, 0.2
    )
    return (level * fall * np.diff(bright, prepend=0.0) * 0.5).astype(np.float32)
