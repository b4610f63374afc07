"""A performance as a player needs it that schedules notes itself. Pure.

Times are quarter notes, so a player can change the tempo; what it shows of chords, bars and
sections stands beside what it plays.
"""

from __future__ import annotations

from itertools import pairwise
from math import log10

from engine.arrangement.loudness import OFFSET
from engine.arrangement.performance import Note, Performance
from engine.arrangement.sample_bank import Sample, SampleBank
from engine.arrangement.sampler import gain
from engine.arrangement.sound import LOUDNESS, parts

PARTS = ("chords", "bass", "drums")
_STEP = 0.1  # seconds that each of a sample's powers is for
_FEW = 1e-9


def spans(played: Performance) -> tuple[tuple[float, float], ...]:
    """Return when each stanza begins and ends, in quarter notes; a pickup is part of the first."""
    starts = (0.0, *played.stanzas[1:])
    return tuple(pairwise((*starts, played.length)))


def master_gain(played: Performance, bank: SampleBank) -> float:
    """Return what brings a performance, played from a bank, to the loudness of all songs.

    The powers of all notes are added up, as if no two of them were in phase, and spread over the
    song's time.
    """
    seconds = 60 / played.quarters_per_minute
    total = 0.0
    for name, (_, level, notes) in zip(PARTS, parts(played), strict=True):
        samples = [sample for sample in bank.samples if sample.part == name]
        for note in notes:
            sample = min(samples, key=lambda one: abs(one.pitch - note.pitch))
            total += (level * gain(note.velocity)) ** 2 * _power(sample, note, seconds)
    if total <= _FEW:
        return 1.0
    expected = OFFSET + 10 * log10(total * _STEP / (played.length * seconds))
    return 10 ** ((LOUDNESS - expected) / 20)


def _power(sample: Sample, note: Note, seconds: float) -> float:
    """Return the sum of a sample's powers over the time that a note is held."""
    if not sample.release:
        return sum(sample.powers)
    held = note.length * seconds / _STEP
    whole = int(held)
    return sum(sample.powers[:whole]) + (held - whole) * sum(sample.powers[whole : whole + 1])
