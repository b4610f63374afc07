"""What the harmony of a whole song is like: its variety, its cadences, its way of repeating.

Conventions
-----------
- Lines without words are left out: they are played, not sung.
- A *degree* is a chord's root in semitones above the tonic and whether its third is minor (a chord
  without a third counts as major): sevenths, suspensions and basses make no other degree. "No
  chord" is a degree of its own, `SILENCE`.
- The *steps* of a song are the degrees of its placed chords, restatements left out.
- The *progression* of a line is the degrees that sound in it. The one sounding before counts where
  the line's first chord is not on its first word, and alone where the line has no chord.
- A *section* is a stanza under its heading.
- Every figure is a pair (sum, count), so that songs add up; the figure is sum over count. Where
  the text says "a song", each song counts as one, else each line, chord or section does.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from engine.lyrics.prosody import is_weak

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.lead_sheet import LeadSheet, Line

Degree = tuple[int, str]
Figure = tuple[float, float]

SILENCE: Degree = (-1, "N")
DOMINANT: Degree = (7, "M")
DIATONIC: dict[str, frozenset[Degree]] = {
    "major": frozenset(
        {(0, "M"), (2, "m"), (4, "m"), (5, "M"), (7, "M"), (9, "m"), (11, "m")},
    ),
    "minor": frozenset(
        {(0, "m"), (2, "m"), (3, "M"), (5, "m"), (7, "m"), (7, "M"), (8, "M"), (10, "M")},
    ),
}
"""Triads of the major scale; of the minor scale, with the major dominant beside the minor one."""


@dataclass(frozen=True)
class SungLine:
    """A line with words, as the figures read it.

    Attributes
    ----------
    line : Line
    progression : tuple of Degree
        What sounds in it, each step once; empty before the song's first chord.
    placed : tuple of Degree
        Those of its own chords, wherever on the line they stand.
    changes : int
        How many of its chords are of another degree than the one sounding before.
    """

    line: Line
    progression: tuple[Degree, ...]
    placed: tuple[Degree, ...]
    changes: int

    @property
    def end(self) -> Degree | None:
        """What sounds at its end; None before the song's first chord."""
        return self.progression[-1] if self.progression else None


def degree(chord: Chord, tonic: int) -> Degree:
    """The degree of a chord above a tonic's pitch class."""
    return _degree(chord, tonic)


@cache
def _degree(chord: Chord, tonic: int) -> Degree:
    root = chord.root_pitch_class
    if root is None:
        return SILENCE
    above = {(one - root) % 12 for one in chord.pitch_classes}
    return ((root - tonic) % 12, "m" if 3 in above and 4 not in above else "M")


def sung_lines(sheet: LeadSheet) -> list[SungLine]:
    """The lines with words, in order."""
    tonic = sheet.key.tonic_pitch_class
    sounding: Degree | None = None
    found: list[SungLine] = []
    for line in sheet.lines:
        if not line.words:
            continue
        progression: list[Degree] = []
        changes = 0
        if sounding is not None and (not line.chords or line.chords[0].word > 0):
            progression.append(sounding)
        own = tuple(degree(placed.chord, tonic) for placed in line.chords)
        for one in own:
            changes += one != sounding
            if progression[-1:] != [one]:
                progression.append(one)
            sounding = one
        found.append(SungLine(line, tuple(progression), own, changes))
    return found


def sections(lines: Sequence[SungLine]) -> list[list[SungLine]]:
    """The lines by stanza and heading, in order."""
    runs = groupby(lines, key=lambda one: (one.line.stanza, one.line.section))
    return [list(run) for _, run in runs]


def steps(sheet: LeadSheet) -> list[Degree]:
    """The degrees of the chords on lines with words, restatements left out."""
    tonic = sheet.key.tonic_pitch_class
    every = [
        degree(placed.chord, tonic) for line in sheet.lines if line.words for placed in line.chords
    ]
    return [one for one, _ in groupby(every)]


def harmony_figures(sheet: LeadSheet) -> dict[str, Figure]:
    """The figures of a song's chords, by name: see `engine.evaluation.metrics.written`."""
    lines = sung_lines(sheet)
    song = steps(sheet)
    scale = DIATONIC[sheet.key.mode]
    counts = Counter(song)
    fours = list(zip(song, song[1:], song[2:], song[3:], strict=False))
    ends = [one.end for one in lines if one.end is not None]
    lasts = [section[-1] for section in sections(lines)]
    words = [
        line.line.words[placed.word]
        for line in lines
        for placed in line.line.chords
        if placed.word < len(line.line.words)
    ]
    return {
        "changes-a-line": _total([one.changes for one in lines]),
        "distinct-chords": (len(counts), 1),
        "entropy": (_entropy(counts), 1),
        "two-commonest": _once(sum(n for _, n in counts.most_common(2)), len(song)),
        "xyxy": _once(sum(a == c and b == d for a, b, c, d in fours), len(fours)),
        "repeated-fours": (1 - len(set(fours)) / len(fours), 1) if fours else (0, 0),
        "diatonic": _once(sum(one in scale for one in song), len(song)),
        "function-word": _total([is_weak(word) for word in words]),
        "line-ends-i": _once(sum(end[0] == 0 for end in ends), len(ends)),
        "line-ends-v": _once(sum(end[0] == 7 for end in ends), len(ends)),
        "section-ends-i": _total([one.end is not None and one.end[0] == 0 for one in lasts]),
        "section-ends-v": _total([one.end is not None and one.end[0] == 7 for one in lasts]),
        "section-ends-v-i": _total([_is_authentic(one.progression) for one in lasts]),
        "song-ends-i": (float(bool(ends) and ends[-1][0] == 0), 1),
    }


def _is_authentic(progression: Sequence[Degree]) -> bool:
    """Whether a line ends with the major dominant and the tonic after it."""
    return progression[-2:-1] == (DOMINANT,) and progression[-1][0] == 0


def _entropy(counts: Counter[Degree]) -> float:
    """Bits."""
    total = counts.total()
    return sum(-n / total * math.log2(n / total) for n in counts.values())


def _total(values: Sequence[float]) -> Figure:
    """Each value counts as one."""
    return float(sum(values)), len(values)


def _once(hits: float, chances: int) -> Figure:
    """The song counts as one, with its share."""
    return hits / max(1, chances), 1
