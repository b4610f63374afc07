"""A time signature as a grid of slots with metrical strengths.

The grid follows Lerdahl and Jackendoff, *A Generative Theory of Tonal Music* (1983),
ch. 4: every slot of a bar has a strength, from the downbeat (0) to the offbeat (3).
A slot is an eighth note (a sixteenth in metres over 16), so all positions are integers.

======== ===== ======================= ==========
metre    slots beats (slots)           half bar
======== ===== ======================= ==========
4/4, 2/2 8     0 2 4 6                 4
3/4      6     0 2 4                   none
2/4      4     0 2                     2
6/8      6     0 3                     3
12/8     12    0 3 6 9                 6
5/8      5     0 3                     3
======== ===== ======================= ==========
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import InputError, quoted

DOWNBEAT, HALF_BAR, BEAT, OFFBEAT = range(4)

_TIME_SIGNATURE = re.compile(r"([1-9]|[12][0-9]|3[0-2])/(1|2|4|8|16)")

# Note values in slots of an eighth: quarter = 2, dotted quarter = 3, ...
_NOTE_VALUES = frozenset({1, 2, 3, 4, 6, 8, 12, 16})


@dataclass(frozen=True)
class Metre:
    """One time signature.

    Parameters
    ----------
    numerator, denominator
        As written, e.g. 6 and 8.
    slots
        Slots in a bar.
    beats
        The slots on which a listener taps, starting with 0.
    half
        The slot of the secondary accent, or None.
    """

    numerator: int
    denominator: int
    slots: int
    beats: tuple[int, ...]
    half: int | None

    @classmethod
    def parse(cls, text: str) -> Metre:
        """Return the metre of a time signature such as ``"6/8"``.

        Raises
        ------
        InputError
            When the text is not a time signature.
        """
        return _metre(text)

    @property
    def compound(self) -> bool:
        """Whether a beat divides by three (3/8, 6/8, 9/8, 12/8)."""
        return self.denominator >= 8 and self.numerator % 3 == 0

    @property
    def triple(self) -> bool:
        """Whether a bar has three beats (3/4, 9/8, 3/2)."""
        return self.numerator == (9 if self.compound else 3)

    @property
    def slot_length(self) -> float:
        """Length of a slot in quarter notes."""
        return 4 * self.numerator / self.denominator / self.slots

    @property
    def bar_length(self) -> float:
        """Length of a bar in quarter notes."""
        return 4 * self.numerator / self.denominator

    @property
    def pulse(self) -> float:
        """Length in quarter notes of what the tempo counts.

        The dotted quarter in 6/8 and its kin, the half note in 2/2 and 3/2, else the quarter.
        """
        if self.compound:
            return 12 / self.denominator
        return 2.0 if self.denominator == 2 else 1.0

    def strength(self, slot: int) -> int:
        """Return the strength of a slot counted from any downbeat: 0 strongest, 3 weakest."""
        position = slot % self.slots
        if position == 0:
            return DOWNBEAT
        if position == self.half:
            return HALF_BAR
        return BEAT if position in self.beats else OFFBEAT

    def beat_end(self, slot: int) -> int:
        """Return the first beat after a slot (the next downbeat counts)."""
        bar, position = divmod(slot, self.slots)
        later = [beat for beat in self.beats if beat > position]
        return bar * self.slots + (later[0] if later else self.slots)

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Split a span into note values that show the metre (tied when it is one note).

        A note never crosses a bar line, nor an accent stronger than the one it starts on,
        except for the plain eighth-quarter-eighth syncopation. See Gould, *Behind Bars*
        (2011), pp. 166-173.

        Parameters
        ----------
        start, end
            Slots counted from any downbeat; negative slots lie before it.
        """
        done: list[tuple[int, int]] = []
        pending = [(start, end)]
        while pending:
            a, b = pending.pop()
            cut = self._cut(a, b)
            if cut is None:
                done.append((a, b))
            else:
                pending += [(cut, b), (a, cut)]
        return done

    def _cut(self, start: int, end: int) -> int | None:
        """Return where a span must be split first, or None when it is one note value."""
        inside = range(start + 1, end)
        if not inside:
            return None
        strongest = min(self.strength(slot) for slot in inside)
        cut = max(slot for slot in inside if self.strength(slot) == strongest)
        if end - start in _NOTE_VALUES and strongest > DOWNBEAT:
            syncopation = end - start == 2 and strongest >= BEAT and not self.compound
            if syncopation or strongest >= self.strength(start):
                return None
        return cut


@lru_cache(maxsize=64)
def _metre(text: str) -> Metre:
    match = _TIME_SIGNATURE.fullmatch(text)
    if match is None:
        raise InputError(
            f"{quoted(text)} is not a time signature; beats over a beat unit are accepted, "
            "1 to 32 over 1, 2, 4, 8 or 16, such as 4/4, 3/4 or 6/8."
        )
    numerator, denominator = int(match.group(1)), int(match.group(2))
    slots = numerator if denominator >= 8 else numerator * 8 // denominator
    return Metre(numerator, denominator, slots, *_beats(numerator, denominator, slots))


def _beats(numerator: int, denominator: int, slots: int) -> tuple[tuple[int, ...], int | None]:
    """Return the beats and the secondary accent of a bar."""
    if denominator >= 8:
        if numerator % 3 == 0:
            beats = tuple(range(0, slots, 3))
        elif numerator % 2 == 0:
            beats = tuple(range(0, slots, 2))
        else:  # additive: a group of three first, as in 5/8 = 3+2 and 7/8 = 3+2+2
            beats = (0, *range(3, slots, 2)) if slots > 2 else (0,)
    else:
        beats = tuple(range(0, slots, 2))
    if numerator == 5 and denominator < 8:
        return beats, slots * 3 // 5
    if numerator == 6 and denominator < 8:
        return beats, slots // 2
    if len(beats) in {2, 4, 8}:
        return beats, beats[len(beats) // 2]
    return beats, None
