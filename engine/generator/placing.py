"""Where on a line chords stand: how many fit, and which words carry them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

import numpy as np

from engine.generator.draft import MOST_PER_WORD, Slot
from engine.lyrics.prosody import is_weak, syllables, words_as_far_in

MOST_UNASKED = 8  # chords on one line when no count is asked for
_SYLLABLES_A_CHORD = 4.0


def capacity(words: int) -> int:
    """How many chords fit on a line: two a word, and two after the last."""
    return MOST_PER_WORD * (words + 1)


def places(
    words: Sequence[str], random: np.random.Generator, *, count: int | None, first: bool
) -> list[int]:
    """Words that carry the chords of a line, never running backwards.

    Parameters
    ----------
    count : int or None
        How many, at most `capacity`; None lets the words tell.
    first : bool
        Whether the line's first word shall carry one.
    """
    starts = [0, *accumulate(syllables(word) for word in words)]
    if count is None:
        expected = starts[-1] / _SYLLABLES_A_CHORD
        count = min(max(1, int(expected + random.random())), len(words), MOST_UNASKED)
    count = min(count, capacity(len(words)))
    if count > len(words):
        return [MOST_PER_WORD * (len(words) + 1) * number // count // 2 for number in range(count)]
    found: list[int] = []
    for number in range(count):
        if number == 0 and first:
            found.append(0)
            continue
        target = starts[-1] * number / count
        lowest = found[-1] + 1 if found else 0
        free = range(lowest, len(words) - (count - number - 1))
        found.append(
            min(
                free,
                key=lambda place: (
                    abs(starts[place] - target) + 2.5 * is_weak(words[place]) + random.random()
                ),
            )
        )
    return found


def mapped(source: Sequence[str], held: Sequence[int], words: Sequence[str]) -> list[int]:
    """The words of a line on which another line's chords fall: as many syllables in."""

    def cost(distance: float, word: int, place: int, found: Sequence[int]) -> float:
        return (
            distance
            + 0.8 * is_weak(words[word])
            - 0.3 * (word == place == 0)
            + 2.0 * (found.count(word) and place not in held[: len(found)])
        )

    return words_as_far_in(source, held, words, cost)


def resized(slots: Sequence[Slot], count: int, words: int, locked: Collection[int]) -> list[Slot]:
    """The slots made exactly so many, those that stand on locked words not counted twice.

    Free ones, then copied ones, go from the end where there are too many; where there are too few,
    free ones come on the emptiest words.
    """
    found = [slot for slot in slots if slot.word not in locked]
    wanted = max(count - len(locked), 0)
    while len(found) > wanted:
        found.pop(max(range(len(found)), key=lambda at: (found[at].free, at)))
    while len(found) < wanted:
        held = [*locked, *(slot.word for slot in found)]
        room = [word for word in range(words + 1) if held.count(word) < MOST_PER_WORD]
        room = [word for word in room if word not in locked]
        if not room:
            break
        emptiest = min(room, key=lambda word: (held.count(word), word == words, word))
        found.append(Slot(emptiest))
        found.sort(key=lambda slot: slot.word)
    return found
