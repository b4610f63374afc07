"""Where systems break: at ends of lyric lines, as full as their words allow. Pure.

Widths are in ems of the lyric font, estimated with the advance widths of Times, the font that
verovio measures with. A system holds whole lyric lines of one section, chosen by dynamic
programming so that systems are about equally full (Knuth and Plass 1981, "Breaking paragraphs into
lines", Software: Practice and Experience 11) and four bars are seldom passed. A line too wide for
one system is cut at bar lines into rows of equal bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.music.chord import Chord
from engine.notation.staves import Staff

BARS_PER_SYSTEM = 4
MOST_BARS = 6

_NOTE = 1.3
_BAR_LINE = 1.0
_WORD_SPACE = 0.45
_HYPHEN_SPACE = 0.9
_NUMBER = 1.0  # of a verse
_SIGNATURES = 3.6
_ACCIDENTAL = 0.5
_CHORD_SCALE = 1.1

# Advance widths of Times-Roman in thousandths of an em (Adobe font metrics).
_WIDTHS = {
    character: width
    for width, characters in {
        180: "'",
        200: "|",
        250: " ,.",
        278: "/:;\\ijlt",
        333: "!()-[]`Ifr’‘",
        389: "Js",
        408: '"',
        444: "?acez“”",
        480: "{}",
        541: "~",
        556: "FPS",
        564: "+<=>",
        611: "ELTZ",
        667: "BCR",
        722: "ADGHKNOQUVXYw",
        778: "&m",
        833: "%",
        889: "M",
        921: "@",
        944: "W",
    }.items()
    for character in characters
}


def text_width(text: str) -> float:
    """Return the width of text set in Times, in ems; unknown wide scripts count a full em."""
    return (
        sum(_WIDTHS.get(c, 500 if c < "\u2e80" else 1000) for c in text if c.isprintable()) / 1000
    )


def system_bars(staff: Staff, room: float) -> list[int]:
    """Return the bars (0-based) that begin a system.

    Parameters
    ----------
    staff
        The written music.
    room
        Width of a system in ems of the lyric font, clef and key included.
    """
    layout = staff.layout
    widths = bar_widths(staff)
    ends = [*layout.systems[1:], layout.bars]
    lines = list(zip(layout.systems, ends, strict=True))
    marks = {mark.bar for mark in layout.marks}
    first_of_sections = [i for i, (start, _) in enumerate(lines) if i == 0 or start in marks]
    begins: list[int] = []
    for low, high in pairwise([*first_of_sections, len(lines)]):
        begins += _section_breaks(lines[low:high], widths, room)
    return begins


def _section_breaks(
    lines: Sequence[tuple[int, int]], widths: Sequence[float], room: float
) -> list[int]:
    """Return the bars that begin the systems of one section: the cheapest way to part its lines.

    Parameters
    ----------
    lines
        First bar, and the bar after the last, of each lyric line.
    """
    best: list[tuple[float, list[int]]] = [(0.0, [])]  # for the first n lines: cost, begins
    for end in range(1, len(lines) + 1):
        ways: list[tuple[float, list[int]]] = []
        for start in range(end - 1, -1, -1):
            first, last = lines[start][0], lines[end - 1][1]
            filled, bars = sum(widths[first:last]), last - first
            cost, begins = best[start]
            if start == end - 1 and (filled > room or bars > MOST_BARS):
                rows = _rows(widths[first:last], room)
                ways.append((cost + 0.2 * len(rows), [*begins, *(first + row for row in rows)]))
            elif filled <= room and bars <= MOST_BARS:
                crowd = 0.1 * max(0, bars - BARS_PER_SYSTEM)
                ways.append((cost + (1 - filled / room) ** 2 + crowd + 0.01, [*begins, first]))
            else:
                break
        best.append(min(ways))
    return best[-1][1]


def _rows(line: Sequence[float], room: float) -> list[int]:
    """Return where the rows of one line begin: as few as fit, of equal numbers of bars."""
    bars = len(line)
    longest = min(bars, BARS_PER_SYSTEM)
    for size in range(longest, 0, -1):
        if bars % size and size > 1:
            continue
        rows = range(0, bars, size)
        if size == 1 or all(sum(line[row : row + size]) <= room for row in rows):
            return list(rows)
    return [0]


def widest_bar(staff: Staff) -> float:
    """Return the width of the widest bar in ems: no system can be narrower."""
    return max(bar_widths(staff))


def bar_widths(staff: Staff) -> list[float]:
    """Return the least width of every full bar in ems; a pickup bar counts with the first."""
    chords = {struck.start: struck.chord for struck in staff.layout.chords}
    widths: list[float] = []
    pickup = 0.0
    for start, _ in staff.bars:
        width = _BAR_LINE + pickup
        pending = 0.0  # what a chord symbol still needs beyond the notes under it
        for piece in staff.words[start]:
            length = (piece.end - piece.start) * staff.metre.slot_length
            note = _NOTE + 0.25 * max(0.0, length - 0.5)
            for syllable in piece.syllables:
                space = _WORD_SPACE if syllable.closes else _HYPHEN_SPACE
                space += _NUMBER if syllable.numbered else 0.0
                note = max(note, text_width(syllable.text) + space)
            if piece.start in chords:
                width += max(0.0, pending)
                pending = _chord_width(chords[piece.start])
            pending -= note
            width += note
        width += max(0.0, pending)
        if start < 0:
            pickup = width
        else:
            pickup = 0.0
            widths.append(width)
    return widths


def signature_width(fifths: int) -> float:
    """Return the width of clef, key and metre at the beginning of a system, in ems."""
    return _SIGNATURES + _ACCIDENTAL * abs(fifths)


def _chord_width(chord: Chord) -> float:
    return _CHORD_SCALE * text_width(chord.symbol) + _WORD_SPACE
