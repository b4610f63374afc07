"""Undo and redo as values: what was, what is, what was undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_STEPS = 5_000


@dataclass(frozen=True)
class History(Generic[T]):
    """States of one thing, in order.

    Attributes
    ----------
    present : T
    past : tuple of T
        Oldest first, at most `MOST_STEPS`; older ones are forgotten. States share what an edit
        left alone: a step of a song of 150 lines weighs about 2 KB.
    future : tuple of T
        What was undone, nearest first.
    """

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def then(self, state: T) -> History[T]:
        """The history with a new state; what was undone before is forgotten.

        The same state again is no step.
        """
        if state == self.present:
            return self
        return History(state, (*self.past[-(MOST_STEPS - 1) :], self.present))

    def with_present(self, state: T) -> History[T]:
        """The history with another present, no step of its own."""
        return replace(self, present=state)

    def undone(self) -> History[T]:
        """One step back; the same history where there is none."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redone(self) -> History[T]:
        """One step forward again; the same history where there is none."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])
