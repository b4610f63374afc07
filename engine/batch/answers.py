"""The answers to a table's rows so far, kept in a journal beside the output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from engine.batch.journal import Journal

# Row number, what was answered (None where there is nothing), and why.
Answer = tuple[int, "list[Any] | None", str]


class Answers:
    """What is answered of a table; each entry of the journal holds the answers to one batch.

    Parameters
    ----------
    journal : Journal
        Open; what an earlier run left in it is taken over.
    rows : range
        The rows to answer.
    is_answer : callable
        Whether values may be an answer to a song.

    Attributes
    ----------
    done : bytearray
        1 for each row that has an answer, counted from the first of `rows`.
    answered : int
        How many those are.

    Raises
    ------
    InputError
        If the journal holds anything but answers to these rows, each once.
    """

    def __init__(
        self, journal: Journal, rows: range, is_answer: Callable[[list[Any]], bool]
    ) -> None:
        self._journal = journal
        self._fits = is_answer
        self._rows = rows
        self.done = bytearray(len(rows))
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

    def is_open(self, row: int) -> bool:
        """Whether this row has no answer yet."""
        return not self.done[row - self._rows.start]

    @property
    def complete(self) -> bool:
        """Whether every row has its answer."""
        return self.answered == len(self.done)

    def in_order(self) -> Iterator[tuple[list[Any] | None, str]]:
        """Every row's answer, in the order of the rows; all must be there.

        Memory is that of the rows answered out of turn: what workers have at once.
        """
        held: dict[int, tuple[list[Any] | None, str]] = {}
        entries = self._journal.entries()
        for row in self._rows:
            while row not in held:
                for number, values, error in next(entries):
                    held[number] = (values, error)
            yield held.pop(row)

    def _is_answer(self, found: Any) -> bool:
        """Whether this is an answer to a row that has none yet."""
        if not isinstance(found, list) or len(cast("list[Any]", found)) != 3:
            return False
        row, values, error = cast("list[Any]", found)
        if type(row) is not int or row not in self._rows or not self.is_open(row):
            return False
        if values is None:
            return isinstance(error, str)
        return isinstance(values, list) and self._fits(cast("list[Any]", values)) and error == ""

    def _mark(self, answers: Sequence[Answer]) -> None:
        for row, _, _ in answers:
            self.done[row - self._rows.start] = 1
        self.answered += len(answers)
