"""What is settled of a line before its chords are drawn: places, kept chords, asked roots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

import numpy as np

from engine.generator.cadences import asked_of
from engine.generator.palette import Palette
from engine.generator.placement.ranker import MOST_PER_WORD
from engine.lyrics.prosody import syllables
from engine.music.chord import Chord

_STAYING = 0.5  # how often a bar stays on its chord where it may

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Slot:
    """A place for a chord.

    Attributes
    ----------
    word : int
        The word it stands on.
    chord : Chord or None
        Kept as it is, in the line's own key; None to be drawn.
    index : int or None
        Its index in the vocabulary, or that of a chord copied from another line.
    allowed : array of bool (chords,), optional
        Which chords may be drawn.
    """

    word: int
    chord: Chord | None = None
    index: int | None = None
    allowed: Array | None = field(default=None, compare=False)

    @property
    def free(self) -> bool:
        """Whether a chord is to be drawn."""
        return self.index is None


def with_locks(slots: Sequence[Slot], locks: Mapping[int, tuple[Chord, int]]) -> list[Slot]:
    """The slots with chords kept on single words; what stood on those words gives way."""
    kept = [slot for slot in slots if slot.word not in locks]
    kept += [Slot(word, chord, index) for word, (chord, index) in locks.items()]
    return sorted(kept, key=lambda slot: slot.word)


def with_cadence(slots: Sequence[Slot], cadence: str, palette: Palette, mode: str) -> list[Slot]:
    """The slots with the roots that a cadence asks of the last two that are free to follow."""
    found = list(slots)
    before, last = asked_of(cadence, mode)
    wanted = [(len(found) - 1, last), (len(found) - 2, before)]
    for place, roots in wanted:
        if place < 0 or not found[place].free:
            break
        if roots is not None:
            found[place] = narrowed(found[place], palette.ending(roots))
    return found


def narrowed(slot: Slot, allowed: Array) -> Slot:
    """The slot with fewer chords; as it was where none would be left."""
    both = allowed if slot.allowed is None else slot.allowed & allowed
    return replace(slot, allowed=both) if both.any() else slot


def framed(
    words: Sequence[str],
    bars: Sequence[Sequence[int]],
    palette: Palette,
    random: np.random.Generator,
) -> list[Slot] | None:
    """Slots where the bars of a frame change their chord; None where it asks nothing.

    The line is sung over all but its last bar, as a breath follows it, and its bars begin as far
    into the words as into the time. A bar that may stay on its chord or leave it does either.

    Parameters
    ----------
    bars : sequence of sequence of int
        For each bar the roots above the tonic that may begin it; none for a free bar. Roots that
        no chord of the palette has ask nothing.
    """
    if not any(bars):
        return None
    starts = [0, *accumulate(syllables(word) for word in words)]
    sung = max(len(bars) - 1, 1)
    slots: list[Slot] = []
    held: frozenset[int] | None = None
    for number, named in enumerate(bars):
        roots = frozenset(named)
        if not roots:
            held = None
            continue
        if held is not None and held <= roots:
            if held == roots or random.random() < _STAYING:
                continue
            roots = roots - held
        wanted = starts[-1] * number / sung
        word = next((at for at, start in enumerate(starts) if start >= wanted - 0.5), len(words))
        word = max(word, slots[-1].word + 1) if slots else word
        word = min(word, len(words))
        if sum(slot.word == word for slot in slots) < MOST_PER_WORD:
            slots.append(narrowed(Slot(word), palette.with_roots(roots)))
        held = roots
    return slots
