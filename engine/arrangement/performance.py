"""A lead sheet as performed: chords, bass and drums in the genre's style, with timed words. Pure.

The words are not played: they have no melody. Times are quarter notes from the beginning, pickup
included; swing is already in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.arrangement.accompaniment import Accompaniment, Stroke
from engine.arrangement.drumming import hits
from engine.arrangement.dynamics import Dynamics, passages
from engine.arrangement.rhythm import layout
from engine.arrangement.styles import Style, style
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import Metre

_LOUD, _SOFT, _BASS, _DRUM, _DRUM_ACCENT = 92, 76, 88, 78, 100
_SHORT = 0.4  # of a short chord, in quarter notes
_HIT = 0.25


@dataclass(frozen=True)
class Note:
    """A sounding note: MIDI pitch and velocity, start and length in quarter notes."""

    start: float
    length: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Cue:
    """A word or a section at its time; the last word of a line, and of a stanza, ends it."""

    start: float
    text: str
    ends_line: bool = False
    ends_stanza: bool = False


@dataclass(frozen=True)
class Performance:
    """What is heard of a lead sheet.

    Parameters
    ----------
    style
        Gives the sounds.
    quarters_per_minute
        The tempo in quarter notes, whatever the metre counts.
    length, pickup
        In quarter notes; a pickup is what sounds before bar 1.
    struck
        Onset, length and chord of each change of harmony.
    places
        For each of `struck` the line and which of its chords it is, as the sheet counts.
    stanzas
        When each stanza begins.
    """

    metre: Metre
    style: Style
    quarters_per_minute: float
    length: float
    pickup: float
    chords: tuple[Note, ...]
    bass: tuple[Note, ...]
    drums: tuple[Note, ...]
    words: tuple[Cue, ...]
    sections: tuple[Cue, ...]
    struck: tuple[tuple[float, float, Chord], ...]
    places: tuple[tuple[int, int], ...]
    stanzas: tuple[float, ...]


def performance(sheet: LeadSheet, *, whole_bars: bool = False) -> Performance:
    """Return the lead sheet as performed.

    Parameters
    ----------
    whole_bars
        Whether a pickup is preceded by rests that fill its bar, so that programs which count bars
        from the beginning find the downbeats.
    """
    plan = layout(sheet)
    band = Accompaniment(plan, style(sheet.genre))
    metre = plan.metre
    sections = passages(sheet, plan)
    players = _Players(band, Dynamics(metre, sections), whole_bars=whole_bars)
    time = players.time
    ends = {word.line: word.word for word in plan.words}
    last_lines = set({sheet.lines[line].stanza: line for line in ends}.values())
    return Performance(
        metre=metre,
        style=band.style,
        quarters_per_minute=sheet.tempo * metre.pulse,
        length=time(plan.bars * metre.slots),
        pickup=time(0),
        chords=players.chords(),
        bass=players.bass(),
        drums=tuple(
            Note(time(hit.slot), _HIT, hit.key, players.force_of_drum(hit.slot, hit.key, hit.loud))
            for hit in hits(band, sections)
        ),
        words=tuple(
            Cue(
                time(word.start),
                word.text,
                ends[word.line] == word.word,
                ends[word.line] == word.word and word.line in last_lines,
            )
            for word in plan.words
        ),
        sections=tuple(Cue(time(mark.bar * metre.slots), mark.title) for mark in plan.marks),
        struck=tuple(
            (time(struck.start), time(struck.end) - time(struck.start), struck.chord)
            for struck in plan.chords
        ),
        places=tuple((struck.line, struck.place) for struck in plan.chords),
        stanzas=tuple(time(passage.start * metre.slots) for passage in sections),
    )


class _Players:
    """Strokes in slots become notes: they get a time and a force."""

    def __init__(self, band: Accompaniment, loudness: Dynamics, *, whole_bars: bool) -> None:
        self._band = band
        self._loudness = loudness
        metre = band.metre
        self._slot = metre.slot_length
        self._swing = band.style.swing and metre.slots == 8 and not metre.compound
        pickup = band.layout.pickup
        self._before = metre.slots if whole_bars and pickup else pickup

    def time(self, slot: int) -> float:
        """Return when a slot sounds, in quarter notes from the beginning."""
        late = 1 / 6 if self._swing and slot % 2 else 0.0
        return (slot + self._before) * self._slot + late

    def chords(self) -> tuple[Note, ...]:
        """Return what the hand plays."""
        notes: list[Note] = []
        for stroke in self._band.hand:
            start, length = self._span(stroke)
            force = self._loudness.velocity(_LOUD if stroke.loud else _SOFT, stroke.start, "chords")
            notes += [Note(start, length, pitch, force) for pitch in stroke.pitches]
        return tuple(notes)

    def bass(self) -> tuple[Note, ...]:
        """Return the bass line."""
        notes: list[Note] = []
        for stroke in self._band.bass:
            start, length = self._span(stroke)
            force = self._loudness.velocity(_BASS, stroke.start, "bass")
            notes += [Note(start, length, pitch, force) for pitch in stroke.pitches]
        return tuple(notes)

    def force_of_drum(self, slot: int, key: int, loud: bool) -> int:
        """Return the velocity of a drum stroke."""
        return self._loudness.velocity(_DRUM_ACCENT if loud else _DRUM, slot, str(key))

    def _span(self, stroke: Stroke) -> tuple[float, float]:
        start = self.time(stroke.start)
        length = self.time(stroke.end) - start
        return start, min(length, _SHORT) if stroke.short else length
