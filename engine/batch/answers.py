"""The answers to a table's rows so far, kept in a journal beside the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

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
    labels : int
        How many probabilities an answer has.

    Attributes
    ----------
    done : bytearray
        1 for each row that has an answer.
    answered : int
        How many those are.

    Raises
    ------
    InputError
        If the journal holds anything but answers to these rows, each once.
    """

    def __init__(self, journal: Journal, rows: int, labels: int) -> None:
        self._journal = journal
        self._labels = labels
        self.done = bytearray(rows)
        self.answered = 0
        for entry in journal.entries():
            answers: list[Any] = entry if isinstance(entry, list) else [None]
            for answer in answers:
                if not self._is_answer(answer):
                    raise journal.unfit("what is no answer to a song of this table")
                self._mark([answer])

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

    def _is_answer(self, found: Any) -> bool:
        """Whether this is an answer to a row that has none yet."""
        if not isinstance(found, list) or len(cast("list[Any]", found)) != 3:
            return False
        row, probabilities, error = cast("list[Any]", found)
        if type(row) is not int or not 0 <= row < len(self.done) or self.done[row]:
            return False
        if probabilities is None:
            return isinstance(error, str)
        return (
            isinstance(probabilities, list)
            and len(cast("list[Any]", probabilities)) == self._labels
            and all(map(_is_probability, cast("list[Any]", probabilities)))
            and error == ""
        )

    def _mark(self, answers: Sequence[Answer]) -> None:
        for row, _, _ in answers:
            self.done[row] = 1
        self.answered += len(answers)


def _is_probability(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1
