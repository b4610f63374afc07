"""In which order the bars of a score are played: repeats, endings, D.C., D.S., coda and fine. Pure.

Conventions
-----------
- Signs are those of one part; programs write them alike in all.
- After a jump (D.C. or D.S.) repeats are not taken again, and of endings the last is played.
- What a sign asks for that is not there (a coda without its mark) is not done.
- A song is at most `MOST_BARS` bars long, whatever the signs say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BARS = 5_000
_MOST_TIMES = 16
_WORDS = {
    "dalsegno": re.compile(r"d\.?\s*s\.?(\s|$)|dal segno", re.IGNORECASE),
    "dacapo": re.compile(r"d\.?\s*c\.?(\s|$)|da capo", re.IGNORECASE),
    "tocoda": re.compile(r"to coda|al coda$", re.IGNORECASE),
    "fine": re.compile(r"fine$", re.IGNORECASE),
}


@dataclass
class _Bar:
    forward: bool = False
    times: int = 0  # how often what ends here is played; 0 without a repeat
    ending: frozenset[int] = frozenset()
    signs: set[str] = field(default_factory=set[str])  # of segno, coda and those of `_WORDS`


def playing_order(measures: Sequence[Element]) -> list[int]:
    """The numbers of the bars (0-based) as they follow each other when the score is played."""
    return list(_played(_bars(measures)))


def _bars(measures: Sequence[Element]) -> list[_Bar]:
    bars: list[_Bar] = []
    ending: frozenset[int] = frozenset()
    for measure in measures:
        bar = _Bar()
        stops = False
        for line in measure.iter("barline"):
            repeat, end = line.find("repeat"), line.find("ending")
            if repeat is not None and repeat.get("direction") == "forward":
                bar.forward = True
            elif repeat is not None:
                bar.times = _times(repeat.get("times"))
            if end is not None and end.get("type") == "start":
                ending = frozenset(map(int, re.findall(r"\d{1,2}", end.get("number") or "")))
            elif end is not None:
                stops = True
        bar.ending = ending
        ending = frozenset() if stops else ending
        bar.signs = set(_signs(measure))
        bars.append(bar)
    return bars


def _times(text: str | None) -> int:
    return min(int(text), _MOST_TIMES) if text and text.isdecimal() and len(text) < 9 else 2


def _signs(measure: Element) -> Iterator[str]:
    said: set[str] = set()
    for sound in measure.iter("sound"):
        names = {*_WORDS, "segno", "coda"}
        said |= {name for name in sound.keys() if name in names}  # noqa: SIM118 - an element's
    words = " ".join("".join(text.itertext()).strip() for text in measure.iter("words")).strip()
    if not said & _WORDS.keys() and words:
        jumps = {name for name, pattern in _WORDS.items() if pattern.match(words)}
        said |= jumps
    if measure.find("direction/direction-type/segno") is not None:
        said.add("segno")
    # The sign stands where one leaves for the coda, too.
    if measure.find("direction/direction-type/coda") is not None and "tocoda" not in said:
        said.add("coda")
    yield from said


def _played(bars: Sequence[_Bar]) -> Iterator[int]:
    marked = {name: [n for n, bar in enumerate(bars) if name in bar.signs] for name in _WORDS}
    segno = next((n for n, bar in enumerate(bars) if "segno" in bar.signs), 0)
    coda = next((n for n in reversed(range(len(bars))) if "coda" in bars[n].signs), None)
    leaves = marked["tocoda"] or [n for n, bar in enumerate(bars) if "coda" in bar.signs][:-1]
    at = start = 0
    number = 1  # of the pass through what is repeated
    jumped = False
    for _ in range(MOST_BARS):
        if at >= len(bars):
            return
        bar = bars[at]
        if at != start and (bar.forward or (at and bars[at - 1].ending and not bar.ending)):
            start, number = at, 1
        last = _last_ending(bars, at)
        if bar.ending and (last not in bar.ending if jumped else number not in bar.ending):
            at += 1
            continue
        yield at
        if jumped and "fine" in bar.signs:
            return
        if jumped and at in leaves and coda is not None and coda > at:
            at, start, number, leaves = coda, coda, 1, []
        elif bar.times and not jumped and number < (last if bar.ending else bar.times):
            at, number = start, number + 1
        elif not jumped and bar.signs & {"dalsegno", "dacapo"}:
            jumped = True
            at = start = segno if "dalsegno" in bar.signs else 0
        else:
            at += 1
            if bar.times and not bar.ending:
                start, number = at, 1


def _last_ending(bars: Sequence[_Bar], at: int) -> int:
    """The last pass that the endings around a bar are for; 0 for a bar of none."""
    found: set[int] = set(bars[at].ending)
    for step in (-1, 1):
        near = at + step
        while found and 0 <= near < len(bars) and bars[near].ending:
            found |= bars[near].ending
            near += step
    return max(found, default=0)
