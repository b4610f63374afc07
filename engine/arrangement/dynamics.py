"""How loud: by section, towards the next one, by metre, and a little at random. Pure.

A band plays a verse softer than a chorus, grows into what is louder, leans on the downbeat, and
strikes no two notes alike. Chance is drawn from place and part alone, so a song always sounds the
same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from engine.arrangement.rhythm import Layout
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import Metre

_LEVELS = {
    "intro": 0.88,
    "verse": 0.92,
    "pre-chorus": 0.98,
    "chorus": 1.08,
    "bridge": 0.96,
    "outro": 0.90,
    "other": 0.96,
}
_UNNAMED = 0.97
_AGAIN = 0.025  # louder each time a section comes back
_MOST_AGAIN = 2
_ACCENTS = (7, 3, 0, -6)  # of velocity, by metrical strength
_BREATH = (2, -2, 1, -3)  # over a group of four bars
_CHANCE = 4  # of velocity, to either side


@dataclass(frozen=True)
class Passage:
    """The bars of one section, or of a stanza that has no name; `section` as in a `Line`."""

    start: int
    end: int
    section: str | None


def passages(sheet: LeadSheet, plan: Layout) -> tuple[Passage, ...]:
    """Return the stanzas of a song in bars."""
    starts: list[tuple[int, str | None]] = []
    before: tuple[str | None, int, int | None] | None = None
    for line, bar in zip(sheet.lines, plan.systems, strict=True):
        here = (line.section, line.stanza, line.number)
        if here != before:
            starts.append((bar, line.section))
        before = here
    ends = [bar for bar, _ in starts[1:]] + [plan.bars]
    return tuple(
        Passage(bar, end, section) for (bar, section), end in zip(starts, ends, strict=True)
    )


class Dynamics:
    """The loudness of every slot of a song.

    Parameters
    ----------
    metre, sections
        Of the song.
    """

    def __init__(self, metre: Metre, sections: Sequence[Passage]) -> None:
        self._metre = metre
        self._starts = [passage.start for passage in sections]
        self._sections = sections
        counts: dict[str, int] = {}
        self._levels: list[float] = []
        for passage in sections:
            level = _UNNAMED
            if passage.section is not None:
                times = counts.get(passage.section, 0)
                counts[passage.section] = times + 1
                level = _LEVELS[passage.section] + _AGAIN * min(times, _MOST_AGAIN)
            self._levels.append(level)

    def level(self, slot: int) -> float:
        """Return how loud the band plays around a slot, 1 in the middle."""
        if not self._sections:
            return 1.0
        bar = slot / self._metre.slots
        index = max(0, bisect_right(self._starts, bar) - 1)
        level = self._levels[index]
        if index + 1 < len(self._levels) and self._levels[index + 1] > level:
            left = self._sections[index].end - bar
            if left < 1:
                level += (self._levels[index + 1] - level) * (1 - left) * 0.7
        return level

    def velocity(self, force: int, slot: int, part: str) -> int:
        """Return the MIDI velocity of a stroke that would be of `force` on a plain beat."""
        chance = crc32(f"{part} {slot}".encode()) % (2 * _CHANCE + 1) - _CHANCE
        accent = _ACCENTS[self._metre.strength(slot)] + _BREATH[slot // self._metre.slots % 4]
        return min(127, max(1, round(force * self.level(slot)) + accent + chance))
