"""What the song itself has done: prediction by partial matching over its own chords.

The short-term model. Cleary and Witten 1984 ("Data compression using adaptive coding and partial
string matching", IEEE Transactions on Communications 32) for the matching, Kuhn and De Mori 1990
("A cache-based natural language model for speech recognition", IEEE TPAMI 12) for the cache beside
a model of the language, Pearce's IDyOM (2005) for both in music.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LONGEST = 5  # chords before, as far as counts go
FARTHEST = 16  # chords before, as far as one repetition is followed

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Past:
    """The song's chords so far, and where in them the last chords stood before.

    Attributes
    ----------
    history : array of int
    places : tuple of array
        By how many chords before are the same as now: indices into `history`.
    """

    history: Array
    places: tuple[Array, ...]

    @classmethod
    def of(cls, history: Sequence[int]) -> Past:
        """Find them."""
        chords = np.array(history, np.int64)
        places = np.arange(len(chords))
        found: list[Array] = []
        for length in range(FARTHEST + 1):
            if length:
                places = places[places >= length]
                places = places[chords[places - length] == chords[-length]]
            if not len(places):
                break
            found.append(places)
        return cls(chords, tuple(found))

    def blended(self, probability: Array) -> Array:
        """A distribution (chords,) joined with what followed in the song after the same chords."""
        found = probability
        for length, places in enumerate(self.places[: LONGEST + 1]):
            counts = np.bincount(self.history[places], minlength=len(probability))
            total = len(places)
            different = np.count_nonzero(counts)
            # Witten and Bell's escape, slower to trust bare frequencies than a context.
            escape = different + (0.5 if length else 4.0)
            found = (counts + found * escape) / (total + escape)
        return found

    @property
    def matched(self) -> int:
        """How many chords before now stood before together."""
        return max(len(self.places) - 1, 0)

    @property
    def repetitions(self) -> tuple[int, int]:
        """What followed last time: after as many chords as match, and after two; -1 for nothing."""
        if self.matched == 0:
            return -1, -1
        longest = int(self.history[self.places[-1][-1]])
        return longest, int(self.history[self.places[2][-1]]) if self.matched > 1 else -1
