"""Where chords stand on a line that has them already: copied ones, more or fewer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.generator.draft import Slot
from engine.generator.placement.ranker import MOST_PER_WORD
from engine.lyrics.prosody import is_weak, words_as_far_in


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
