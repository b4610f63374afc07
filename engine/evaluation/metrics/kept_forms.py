"""Whether a song keeps the form that its words ask for: twelve-bar blues, AABA.

What is asked is what a listener waits for, no more. A blues verse goes to the subdominant in its
second line and comes home in its third, with or without a dominant behind that turns it around. The
last A of an AABA song has the chords of an A before it in all lines but the last, which may end
otherwise; a chord may come a word earlier or later.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from engine.evaluation.metrics.song_harmony import Degree, SungLine, sections

_TONIC, _SUBDOMINANT, _DOMINANT = 0, 5, 7
_BLUES_LINES = 3


def keeps_blues(verse: Sequence[SungLine]) -> bool:
    """Whether an AAB verse, in three lines or six half lines, goes to IV and comes home.

    Raises
    ------
    ValueError
        If it has another number of lines.
    """
    if len(verse) not in (_BLUES_LINES, 2 * _BLUES_LINES):
        raise ValueError(f"A blues verse has 3 lines or 6 half lines, not {len(verse)}.")
    half = len(verse) // _BLUES_LINES
    second, third = (_roots(verse[half * at : half * (at + 1)]) for at in (1, 2))
    if third[-1:] == [_DOMINANT] and len(third) > 1:
        third = third[:-1]  # the turnaround
    return _SUBDOMINANT in second and third[-1:] == [_TONIC]


def last_a_returns(lines: Sequence[SungLine]) -> bool:
    """Whether the last of four sections (AABA) has the harmony of the first or the second.

    Raises
    ------
    ValueError
        If there are not four sections.
    """
    parts = sections(lines)
    if len(parts) != len("AABA"):
        raise ValueError(f"An AABA song has 4 sections, not {len(parts)}.")
    last = _steps(parts[3])
    return any(last == _steps(parts[at]) for at in (0, 1))


def _steps(section: Sequence[SungLine]) -> list[Degree]:
    """The chords of all lines but the last, restatements left out."""
    return [one for one, _ in groupby(degree for line in section[:-1] for degree in line.placed)]


def _roots(lines: Sequence[SungLine]) -> list[int]:
    return [root for line in lines for root, _ in line.progression]
