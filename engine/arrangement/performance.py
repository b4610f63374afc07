"""A lead sheet as performed: chords, bass and drums in the genre's style, with timed words. Pure.

The words are not played: they have no melody. Times are quarter notes from the beginning, pickup
included; swing is already in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.arrangement.rhythm import Layout, Struck, layout
from engine.arrangement.styles import CRASH, KICK, PLAIN, Pattern, Style, style
from engine.arrangement.voicing import BASS_RANGE, Voicing, voicings
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import Metre

_LOUD, _SOFT, _BASS, _DRUM = 86, 70, 84, 74
_SHORT = 0.4  # of a short chord, in quarter notes
_POWER_LOWEST = 40


@dataclass(frozen=True)
class Note:
    """A sounding note: MIDI pitch and velocity, start and length in quarter notes."""

    start: float
    length: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Cue:
    """A word or a section at its time; `ends_line` is for the last word of a lyric line."""

    start: float
    text: str
    ends_line: bool = False


@dataclass(frozen=True)
class Performance:
    """What is heard of a lead sheet.

    Parameters
    ----------
    style
        Gives the sounds.
    quarters_per_minute
        The tempo in quarter notes, whatever the metre counts.
    length
        In quarter notes.
    struck
        Onset, length and chord of each change of harmony.
    """

    metre: Metre
    style: Style
    quarters_per_minute: float
    length: float
    chords: tuple[Note, ...]
    bass: tuple[Note, ...]
    drums: tuple[Note, ...]
    words: tuple[Cue, ...]
    sections: tuple[Cue, ...]
    struck: tuple[tuple[float, float, Chord], ...]


def performance(sheet: LeadSheet, *, whole_bars: bool = False) -> Performance:
    """Return the lead sheet as performed.

    Parameters
    ----------
    whole_bars
        Whether a pickup is preceded by rests that fill its bar, so that programs which count bars
        from the beginning find the downbeats.
    """
    band = _Band(layout(sheet), style(sheet.genre), whole_bars=whole_bars)
    metre = band.metre
    slots = metre.slots
    words = band.layout.words
    ends = {word.line: word.word for word in words}
    return Performance(
        metre=metre,
        style=band.style,
        quarters_per_minute=sheet.tempo * metre.pulse,
        length=band.time(band.layout.bars * slots),
        chords=tuple(band.chords()),
        bass=tuple(band.bass()),
        drums=tuple(band.drums()),
        words=tuple(
            Cue(band.time(word.start), word.text, ends[word.line] == word.word) for word in words
        ),
        sections=tuple(Cue(band.time(mark.bar * slots), mark.title) for mark in band.layout.marks),
        struck=tuple(
            (band.time(struck.start), band.time(struck.end) - band.time(struck.start), struck.chord)
            for struck in band.layout.chords
        ),
    )


class _Band:
    """The players of one layout in one style."""

    def __init__(self, plan: Layout, manner: Style, *, whole_bars: bool) -> None:
        self.layout = plan
        self.metre = plan.metre
        self.style = manner
        self.pattern = self._pattern()
        self.swing = manner.swing and self.metre.slots == 8 and not self.metre.compound
        found = voicings([struck.chord for struck in plan.chords])
        self.voiced: list[tuple[Struck, Voicing | None]] = list(
            zip(plan.chords, found, strict=True)
        )
        self.last_bar = (plan.bars - 1) * self.metre.slots
        self.before = self.metre.slots if whole_bars and plan.pickup else plan.pickup

    def time(self, slot: int) -> float:
        """Return when a slot sounds, in quarter notes from the beginning."""
        late = 1 / 6 if self.swing and slot % 2 else 0.0
        return (slot + self.before) * self.metre.slot_length + late

    def chords(self) -> Iterator[Note]:
        """Return what the right hand, or the guitar, plays."""
        signs = self.pattern.piano
        for struck, voicing in self.voiced:
            if voicing is None:
                continue
            for slot, end, sign in self._strokes(struck, signs, "x"):
                start = self.time(slot)
                length = self.time(end) - start
                if sign == "p":
                    length = min(length, _SHORT)
                velocity = _SOFT if sign in "xp" else _LOUD
                for pitch in _played(sign, struck, voicing):
                    yield Note(start, length, pitch, velocity)

    def bass(self) -> Iterator[Note]:
        """Return the bass line."""
        for index, (struck, voicing) in enumerate(self.voiced):
            if voicing is None:
                continue
            following = next((v for _, v in self.voiced[index + 1 :] if v is not None), voicing)
            strokes = list(self._strokes(struck, self.pattern.bass, "R"))
            for count, (slot, end, sign) in enumerate(strokes):
                last = count == len(strokes) - 1
                pitch = _bass_pitch(sign, count, struck, voicing, following if last else None)
                start = self.time(slot)
                yield Note(start, self.time(end) - start, pitch, _BASS)

    def drums(self) -> Iterator[Note]:
        """Return the drums: every full bar but the last, which is one stroke."""
        if not self.pattern.drums:
            return
        silent = [(s.start, s.end) for s, voicing in self.voiced if voicing is None]
        for slot in range(self.last_bar):
            if any(start <= slot < end for start, end in silent):
                continue
            for drum, signs in self.pattern.drums.items():
                sign = signs[slot % self.metre.slots % len(signs)]
                if sign != ".":
                    yield Note(self.time(slot), 0.25, drum, _DRUM + (16 if sign == "X" else 0))
        for drum in (KICK, CRASH):
            yield Note(self.time(self.last_bar), 0.5, drum, _DRUM)

    def _pattern(self) -> Pattern:
        metre = self.metre
        if metre.compound:
            return self.style.compound
        if metre.slots % 8 == 0 or metre.slots == 4:
            return self.style.four
        if metre.triple:
            return self.style.three
        return PLAIN.four

    def _strokes(self, struck: Struck, signs: str, first: str) -> Iterator[tuple[int, int, str]]:
        """Return (slot, end, sign) of each stroke on a chord; its onset is always one.

        The last bar is struck once and held.
        """
        strokes: list[tuple[int, str]] = []
        for slot in range(struck.start, struck.end):
            sign = signs[slot % self.metre.slots % len(signs)]
            onset = slot == struck.start
            if slot > self.last_bar and not onset:
                continue
            if onset and sign in ".-":
                sign = "-" if sign == "-" and self._soon(signs, slot, struck) else first
            if sign != ".":
                strokes.append((slot, sign))
        for index, (slot, sign) in enumerate(strokes):
            end = strokes[index + 1][0] if index + 1 < len(strokes) else struck.end
            if sign != "-":
                yield slot, end, sign

    def _soon(self, signs: str, slot: int, struck: Struck) -> bool:
        """Return whether a chord that begins in a rest is struck within its time."""
        return any(
            signs[later % self.metre.slots % len(signs)] not in ".-"
            for later in range(slot, min(struck.end, self.last_bar))
        )


def _played(sign: str, struck: Struck, voicing: Voicing) -> tuple[int, ...]:
    """Return the pitches of a stroke of the chord instrument."""
    if sign == "P":
        lowest = _POWER_LOWEST + ((struck.chord.bass_pitch_class or 0) - _POWER_LOWEST) % 12
        return (lowest, lowest + _fifth(struck), lowest + 12)
    if sign.isdigit():
        hand = voicing.hand
        return (hand[-1] if sign == "3" else hand[int(sign) - 1],)
    return voicing.hand


def _fifth(struck: Struck) -> int:
    """Return the fifth above the bass that the chord has: perfect unless it is altered."""
    tones = {(tone - (struck.chord.bass_pitch_class or 0)) % 12 for tone in _tones(struck)}
    return next((step for step in (7, 6, 8) if step in tones), 7)


def _tones(struck: Struck) -> frozenset[int]:
    return struck.chord.pitch_classes


def _bass_pitch(
    sign: str, count: int, struck: Struck, voicing: Voicing, following: Voicing | None
) -> int:
    """Return the pitch of a bass stroke, the `count`-th on its chord.

    A walking line takes chord tones upwards and steps to the next bass from a semitone away.
    """
    bass = voicing.bass
    if sign == "5":
        return _within(bass + _fifth(struck))
    if sign in "WB" and count:
        if sign == "W" and following is not None and following.bass != bass:
            return following.bass + (1 if following.bass < bass else -1)
        above = sorted((tone - bass) % 12 for tone in _tones(struck) if (tone - bass) % 12)
        if sign == "B":
            third = next((step for step in (4, 3) if step in above), 7)
            top = 9 if third == 4 else 10
            return _within(bass + (0, third, _fifth(struck), top)[count % 4])
        return _within(bass + ([0, *above] if above else [0])[count % (len(above) + 1)])
    return bass


def _within(pitch: int) -> int:
    """Return the pitch an octave lower where it is above the reach of the bass."""
    return pitch - 12 if pitch > BASS_RANGE[1] + 4 else pitch
