"""The drums of a song, in slots: the style's pattern, lifted in choruses, with fills. Pure.

Every section ends in a fill and a chorus begins with a crash; of four bars the last one differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from engine.arrangement.accompaniment import Accompaniment
from engine.arrangement.dynamics import Passage
from engine.arrangement.styles import FILLS

_LIFTED = {"chorus"}


@dataclass(frozen=True)
class Hit:
    """One stroke of a drum, by its General MIDI key; `loud` means accented."""

    slot: int
    key: int
    loud: bool = False


def hits(band: Accompaniment, sections: Sequence[Passage]) -> tuple[Hit, ...]:
    """Return the strokes of every full bar but the last, which is one stroke."""
    if not band.pattern.drums:
        return ()
    found: list[Hit] = []
    for passage in sections:
        for bar in range(passage.start, passage.end):
            if bar * band.metre.slots < band.last_bar:
                found += _bar(band, passage, bar)
    found += [Hit(band.last_bar, key) for key in band.style.manner.last]
    return tuple(
        hit for hit in found if not any(start <= hit.slot < end for start, end in band.silences)
    )


def _bar(band: Accompaniment, passage: Passage, bar: int) -> Iterator[Hit]:
    """Return the strokes of one bar."""
    slots = band.metre.slots
    manner = band.style.manner
    lifted = passage.section in _LIFTED
    first = bar * slots
    fill = _fill(band, passage, bar)
    until = slots - (max(map(len, fill.values())) if fill else 0)
    if lifted and bar == passage.start and manner.crash is not None:
        yield Hit(first, manner.crash, loud=True)
    for key, signs in band.pattern.drums.items():
        played = manner.lifted.get(key, key) if lifted else key
        for slot in range(until):
            sign = signs[slot % len(signs)]
            if sign != ".":
                yield Hit(first + slot, played, sign == "X")
    if fill:
        for key, signs in fill.items():
            for at, sign in enumerate(signs):
                if sign != ".":
                    yield Hit(first + until + at, key, sign == "X")
    elif (bar - passage.start) % 4 == 3 and manner.turn is not None:
        yield Hit(first + slots - 1, manner.turn)


def _fill(band: Accompaniment, passage: Passage, bar: int) -> dict[int, str]:
    """Return the strokes that end a section of more than a bar; nothing in other bars."""
    if bar != passage.end - 1 or passage.end - passage.start < 2:
        return {}
    choices = FILLS[band.style.manner.fills]
    chosen = choices[crc32(f"{passage.section} {bar}".encode()) % len(choices)]
    length = min(4, band.metre.slots // 2)
    return {key: signs[-length:] for key, signs in chosen.items()}
