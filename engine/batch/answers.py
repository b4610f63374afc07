"""The answers to a table's rows so far, kept in a journal beside the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from engine.batch.journal import Journal

# Row number, probabilities (None where there are none), and why.
Answer = tuple[int, "list[float] | None", str]


class Answers:
    """What is answered of a table; each entry of the journal holds the answers to one batch.

    Parameters
    ----------
    journal : Journal
        Open; what an earlier run left in it is taken over.
    rows : int
        How many rows there are to answer.

    Attributes
    ----------
    done : bytearray
        1 for each row that has an answer.
    answered : int
        How many those are.
    """

    def __init__(self, journal: Journal, rows: int) -> None:
        self._journal = journal
        self.done = bytearray(rows)
        self.answered = 0
        for entry in journal.entries():
            self._mark(cast("list[Answer]", entry))

    def add(self, answers: Sequence[Answer]) -> None:
        """Keep the answers to a batch; on return they survive a kill."""
        self._journal.add(answers)
        self._mark(answers)

    def in_order(self) -> Iterator[tuple[list[float] | None, str]]:
        """Every row's answer, in the order of the rows; all must be there.

        Memory is that of the rows answered out of turn: one chunk.
        """
        held: dict[int, tuple[list[float] | None, str]] = {}
        entries = self._journal.entries()
        for row in range(len(self.done)):
            while row not in held:
                for number, probabilities, error in next(entries):
                    held[number] = (probabilities, error)
            yield held.pop(row)

    def _mark(self, answers: Sequence[Answer]) -> None:
        for row, _, _ in answers:
            self.done[row] = 1
        self.answered += len(answers)
