"""What the hand and the bass play in a style, in slots: for the ear and for the printed page. Pure.

`engine.arrangement.performance` gives the strokes their time and loudness, notation their note
values, so what is printed is what is heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.arrangement.rhythm import Layout, Struck
from engine.arrangement.styles import PLAIN, Pattern, Style
from engine.arrangement.voicing import BASS_RANGE, Voicing, voicings
from engine.music.chord import Chord
from engine.music.metre import Metre

POWER_RANGE = (40, 63)
"""From the lowest root of a power chord to the highest octave above one."""


@dataclass(frozen=True)
class Stroke:
    """Keys struck together, from a slot until the end of another.

    Parameters
    ----------
    chord
        The harmony it belongs to, for its spelling.
    loud
        Whether it is accented.
    short
        Whether it is let go at once, whatever its end.
    """

    start: int
    end: int
    pitches: tuple[int, ...]
    chord: Chord
    loud: bool = False
    short: bool = False


@dataclass(frozen=True)
class Accompaniment:
    """The players of one layout in one style."""

    layout: Layout
    style: Style

    @property
    def metre(self) -> Metre:
        """The metre of the layout."""
        return self.layout.metre

    @property
    def last_bar(self) -> int:
        """First slot of the last bar, which is struck once and held."""
        return (self.layout.bars - 1) * self.metre.slots

    @cached_property
    def pattern(self) -> Pattern:
        """The style's pattern for the metre."""
        metre = self.metre
        if metre.compound:
            return self.style.compound
        if metre.slots % 8 == 0 or metre.slots == 4:
            return self.style.four
        if metre.triple:
            return self.style.three
        return PLAIN.four

    @cached_property
    def voiced(self) -> tuple[tuple[Struck, Voicing | None], ...]:
        """Every chord with its voicing; none where the hands rest."""
        struck = self.layout.chords
        return tuple(zip(struck, voicings([s.chord for s in struck]), strict=True))

    @cached_property
    def hand(self) -> tuple[Stroke, ...]:
        """What the right hand, or the guitar, plays."""
        return tuple(
            Stroke(
                slot,
                end,
                _played(sign, struck, voicing),
                struck.chord,
                loud=sign not in "xp",
                short=sign == "p",
            )
            for struck, voicing in self.voiced
            if voicing is not None
            for slot, end, sign in self._strokes(struck, self.pattern.piano, "x")
        )

    @cached_property
    def bass(self) -> tuple[Stroke, ...]:
        """The bass line."""
        strokes: list[Stroke] = []
        for index, (struck, voicing) in enumerate(self.voiced):
            if voicing is None:
                continue
            following = next((v for _, v in self.voiced[index + 1 :] if v is not None), voicing)
            signs = list(self._strokes(struck, self.pattern.bass, "R"))
            for count, (slot, end, sign) in enumerate(signs):
                last = count == len(signs) - 1
                pitch = _bass_pitch(sign, count, struck, voicing, following if last else None)
                strokes.append(Stroke(slot, end, (pitch,), struck.chord))
        return tuple(strokes)

    @cached_property
    def silences(self) -> tuple[tuple[int, int], ...]:
        """Where there is no chord, and nobody plays."""
        return tuple((s.start, s.end) for s, voicing in self.voiced if voicing is None)

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
            if sign.isdigit() and slot >= self.last_bar:
                sign = "X"  # a song ends on a chord, not on one note of it
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
        lowest = POWER_RANGE[0] + ((struck.chord.bass_pitch_class or 0) - POWER_RANGE[0]) % 12
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
