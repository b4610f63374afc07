"""Whether sections that belong together sound alike: in harmony, and in bars.

Conventions
-----------
- Two sections are *like* each other if they have the same heading (or none), as many lines (two at
  least), and no line of one is more than three syllables longer or shorter than its counterpart.
- Harmony is compared where words differ: a line sung again proves nothing. Pairs in which more than
  half of the lines are sung again, or more than a quarter have no chord, are left out.
- Bars and downbeats are those that the words and chords are laid out in to be played
  (`engine.arrangement.rhythm`); lines without words are left out first.
- Figures are pairs (sum, count), as in `engine.evaluation.metrics.song_harmony`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, groupby

from engine.arrangement.rhythm import layout
from engine.evaluation.metrics.song_harmony import (
    Degree,
    Figure,
    SungLine,
    sections,
    sung_lines,
)
from engine.lyrics import line_key
from engine.lyrics.prosody import is_weak, syllables
from engine.music.lead_sheet import LeadSheet, Line

_APART = 3
"""By how many syllables lines of like sections may differ."""


def form_figures(sheet: LeadSheet) -> dict[str, Figure]:
    """The figures of a song's form, by name: see `engine.evaluation.metrics.written`."""
    lines = sung_lines(sheet)
    return {**_likeness(lines), **_distinct_verses(lines), **_bars(sheet)}


def are_like(first: Sequence[Line], second: Sequence[Line]) -> bool:
    """Whether two sections could be sung to the same music."""
    return (
        first[0].section == second[0].section
        and len(first) == len(second) > 1
        and all(
            abs(_syllables(one) - _syllables(other)) <= _APART
            for one, other in zip(first, second, strict=True)
        )
    )


def _syllables(line: Line) -> int:
    return sum(map(syllables, line.words))


def _likeness(lines: Sequence[SungLine]) -> dict[str, Figure]:
    """How often lines of like sections have one progression, and lines at other places."""
    same = counterparts = elsewhere = others = 0
    for first, second in _pairs(lines):
        for at, one in enumerate(first):
            for place, other in enumerate(second):
                if line_key(one.line.words) == line_key(other.line.words):
                    continue
                equal = one.progression == other.progression
                if at == place:
                    counterparts += 1
                    same += equal
                else:
                    others += 1
                    elsewhere += equal
    return {
        "line-sameness": (same, counterparts),
        "elsewhere-sameness": (elsewhere, others),
    }


def _pairs(lines: Sequence[SungLine]) -> Iterator[tuple[list[SungLine], list[SungLine]]]:
    """Like sections whose harmony can be compared."""
    for first, second in combinations(sections(lines), 2):
        if not are_like([one.line for one in first], [one.line for one in second]):
            continue
        again = sum(
            line_key(one.line.words) == line_key(other.line.words)
            for one, other in zip(first, second, strict=True)
        )
        with_chords = min(sum(bool(one.line.chords) for one in of) for of in (first, second))
        if again <= 0.5 * len(first) and with_chords >= 0.75 * len(first):
            yield first, second


def _distinct_verses(lines: Sequence[SungLine]) -> dict[str, Figure]:
    """How many different harmonies the verses have; songs with one verse say nothing."""
    found: list[tuple[tuple[Degree, ...], ...]] = [
        tuple(one.progression for one in section)
        for section in sections(lines)
        if section[0].line.section == "verse"
    ]
    return {"distinct-verses": (len(set(found)), len(found)) if len(found) > 1 else (0, 0)}


def _bars(sheet: LeadSheet) -> dict[str, Figure]:
    """How often like sections have equally many bars, and downbeats fall on function words."""
    sung = tuple(line for line in sheet.lines if line.words)
    if not sung:
        return {"equal-bars": (0, 0), "downbeat-function-word": (0, 0)}
    plan = layout(replace(sheet, lines=sung))
    downbeats = [
        is_weak(word.text)
        for word in plan.words
        if word.start >= 0 and word.start % plan.metre.slots == 0
    ]
    starts = [*plan.systems, plan.bars]
    numbered = list(zip(sung, starts, starts[1:], strict=False))
    parts = [list(run) for _, run in groupby(numbered, lambda one: (one[0].stanza, one[0].section))]
    equal = pairs = 0
    for first, second in combinations(parts, 2):
        ours, theirs = [one[0] for one in first], [one[0] for one in second]
        again = [line.words for line in ours] == [line.words for line in theirs]
        if again or not are_like(ours, theirs):
            continue
        pairs += 1
        equal += first[-1][2] - first[0][1] == second[-1][2] - second[0][1]
    return {
        "equal-bars": (equal, pairs),
        "downbeat-function-word": (sum(downbeats), len(downbeats)),
    }
