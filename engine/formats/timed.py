"""Lines of a song out of words, chords and sections that have times: scores and MIDI files. Pure.

Conventions
-----------
- Times are quarter notes from the beginning.
- A chord at a word's onset stands on it, one while a word is held stands on that word. In a gap it
  stands on the next word of the line, or after the last; in a line that begins without words
  (`Timed.starts` between two words, say an intro) it is played.
- Where nothing says how lines end, one ends at a rest of a quarter note or more.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from engine.formats.chordpro_headings import number_of
from engine.lyrics import SECTIONS
from engine.lyrics.lines import section_heading
from engine.music.chord import Chord
from engine.music.lead_sheet import Line, PlacedChord

_NEAR = 1e-6
_REST = 1.0  # quarter notes
_LONGEST_LINE = 24  # words


@dataclass
class Sung:
    """A word from its onset to its release; whether a line and a stanza end with it."""

    start: float
    end: float
    text: str
    ends_line: bool = False
    ends_stanza: bool = False


@dataclass
class Timed:
    """A song in time.

    Attributes
    ----------
    words : list of Sung
    chords : list of (time, chord)
    sections : list of (time, heading)
        Headings that name no section are kept as "other".
    starts : list of float
        Where lines begin: systems, or bars that are known for it.
    """

    words: list[Sung] = field(default_factory=list[Sung])
    chords: list[tuple[float, Chord]] = field(default_factory=list[tuple[float, Chord]])
    sections: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    starts: list[float] = field(default_factory=list[float])

    def lines(self) -> tuple[Line, ...]:
        """The lines of the song, in order."""
        return _Lines(self).lines()


@dataclass
class _Draft:
    """A line on its way: its words, and its chords by the index of their word."""

    start: float
    words: list[Sung] = field(default_factory=list[Sung])
    chords: list[tuple[int, Chord]] = field(default_factory=list[tuple[int, Chord]])
    ends_stanza: bool = False


class _Lines:
    def __init__(self, timed: Timed) -> None:
        self._timed = timed
        self._words = sorted(timed.words, key=lambda word: word.start)
        self._onsets = [word.start for word in self._words]
        marks = [time for time, _ in timed.sections]
        self._starts = sorted({*timed.starts, *marks})
        self._drafts: list[_Draft] = []
        self._draft_of: list[tuple[_Draft, int]] = []  # of each word: its line, its index there
        self._played: dict[float, _Draft] = {}

    def lines(self) -> tuple[Line, ...]:
        self._part_words()
        for time, chord in sorted(self._timed.chords, key=lambda pair: pair[0]):
            self._place(time, chord)
        drafts = sorted([*self._drafts, *self._played.values()], key=lambda draft: draft.start)
        lines: list[Line] = []
        stanza, section, breaks = 0, None, False
        for draft in drafts:
            here = self._section(draft.words[-1].start if draft.words else draft.start)
            stanza += bool(lines) and (here != section or breaks)
            name = None if here is None else section_name(here[1])
            chords = sorted(draft.chords, key=lambda pair: pair[0])
            placed = tuple(PlacedChord(word, chord) for word, chord in chords)
            number = number_of(f"[{here[1].strip()}]") if here else None
            words = tuple(word.text for word in draft.words)
            lines.append(Line(words, placed, name, stanza, number))
            section, breaks = here, draft.ends_stanza
        return tuple(lines)

    def _part_words(self) -> None:
        has_ends = any(word.ends_line for word in self._words[:-1])
        draft: _Draft | None = None
        for index, word in enumerate(self._words):
            if draft is None:
                draft = _Draft(word.start)
                self._drafts.append(draft)
            self._draft_of.append((draft, len(draft.words)))
            draft.words.append(word)
            following = self._words[index + 1] if index + 1 < len(self._words) else None
            is_rest = following is not None and following.start - word.end >= _REST - _NEAR
            is_long = len(draft.words) >= _LONGEST_LINE
            if word.ends_line if has_ends else is_rest or is_long:
                draft.ends_stanza = word.ends_stanza
                draft = None

    def _place(self, time: float, chord: Chord) -> None:
        following = bisect_right(self._onsets, time - _NEAR)
        before = following - 1
        following = following if following < len(self._words) else -1
        if following >= 0 and abs(self._onsets[following] - time) <= _NEAR:
            self._on(following, chord)
        elif before >= 0 and time < self._words[before].end - _NEAR:
            self._on(before, chord)
        elif self._shares_line(before, following):
            self._on(following, chord)
        else:
            self._between(time, chord, before, following)

    def _between(self, time: float, chord: Chord, before: int, following: int) -> None:
        """Place a chord where no line is sung."""
        at = bisect_right(self._starts, time + _NEAR) - 1
        start = self._starts[at] if at >= 0 else 0.0
        is_new = before < 0 or start > self._words[before].start + _NEAR
        ends = self._starts[at + 1] if at + 1 < len(self._starts) else None
        if following >= 0 and is_new and self._begins(time, self._onsets[following], ends):
            self._on(following, chord)
        elif is_new:
            played = self._played.setdefault(start, _Draft(max(start, time)))
            played.chords.append((0, chord))
        else:
            draft, _ = self._draft_of[before]
            draft.chords.append((len(draft.words), chord))

    @staticmethod
    def _begins(time: float, onset: float, ends: float | None) -> bool:
        """Whether a word is sung to the line that began, not as a pickup to the one after it."""
        return ends is None or (onset < ends - _NEAR and ends - onset >= onset - time)

    def _on(self, word: int, chord: Chord) -> None:
        draft, index = self._draft_of[word]
        draft.chords.append((index, chord))

    def _shares_line(self, before: int, following: int) -> bool:
        if before < 0 or following < 0:
            return False
        return self._draft_of[before][0] is self._draft_of[following][0]

    def _section(self, time: float) -> tuple[float, str] | None:
        found = [mark for mark in self._timed.sections if mark[0] <= time + _NEAR]
        return found[-1] if found else None


def section_name(heading: str) -> str:
    """The section that a heading names, "other" where it names none."""
    plain = heading.strip().lower()
    return plain if plain in SECTIONS else section_heading(heading) or "other"
