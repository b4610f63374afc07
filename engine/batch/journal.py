"""What a run has answered so far: a file beside the output that is only ever appended to.

Its first line says what was asked (input's checksum, column, model and its revision); every further
line holds the answers to one batch. A line cut short by a kill is dropped when the file is opened
again, so at most one batch is answered twice. The file stays locked while a run writes to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from engine.errors import InputError

# Row number, probabilities (None where there are none), and why.
Answer = tuple[int, "list[float] | None", str]


class Partial:
    """The answers so far; a context manager that keeps the file open and locked.

    Parameters
    ----------
    path : Path
    about : dict
        What is asked; a file that was begun for something else is refused.
    rows : int
        How many rows there are to answer.
    restart : bool
        Begin anew, whatever the file holds.

    Attributes
    ----------
    done : bytearray
        1 for each row that has an answer.
    answered : int
        How many those are.

    Raises
    ------
    InputError
        If the file belongs to another question, another run is writing it, or it cannot be written.
    """

    def __init__(self, path: Path, about: dict[str, Any], rows: int, *, restart: bool) -> None:
        self.path = path
        self.done = bytearray(rows)
        self.answered = 0
        try:
            self._file = path.open("r+b" if path.exists() else "w+b")
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}.") from None
        try:
            self._lock()
            if restart or not self._resumed(about):
                self._file.seek(0)
                self._file.truncate()
                self._append(about)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Partial:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, answers: Sequence[Answer]) -> None:
        """Keep the answers to a batch; on return they survive a kill."""
        self._append(answers)
        self._mark(answers)

    def answers(self) -> Iterator[tuple[list[float] | None, str]]:
        """Every row's answer, in the order of the rows; all must be there.

        Memory is that of the rows answered out of turn: one chunk.
        """
        held: dict[int, tuple[list[float] | None, str]] = {}
        with self.path.open("rb") as file:
            file.readline()
            for row in range(len(self.done)):
                while row not in held:
                    for number, probabilities, error in json.loads(file.readline()):
                        held[number] = (probabilities, error)
                yield held.pop(row)

    def remove(self) -> None:
        """Delete the file: its answers are in the output."""
        self.path.unlink(missing_ok=True)

    def _mark(self, answers: Sequence[Answer]) -> None:
        for row, _, _ in answers:
            self.done[row] = 1
        self.answered += len(answers)

    def _append(self, value: Any) -> None:
        # One write: what a kill leaves is a line or the beginning of one.
        self._file.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")
        self._file.flush()

    def _resumed(self, about: dict[str, Any]) -> bool:
        """Take over what the file holds; False if it holds nothing."""
        head = self._file.readline()
        if not head.endswith(b"\n"):  # killed before its first line was whole
            return False
        found = _parsed(head)
        if found != about:
            differs = [name for name in about if _value(found, name) != about[name]]
            raise InputError(
                f"{self.path} was begun with another {', '.join(differs)}: "
                "finish that run, name another --output, or begin anew with --restart."
            )
        end = self._file.tell()
        for line in self._file:
            answers = _parsed(line) if line.endswith(b"\n") else None
            if not isinstance(answers, list):
                break
            self._mark(cast("list[Answer]", answers))
            end += len(line)
        self._file.seek(end)
        self._file.truncate()
        return True

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows: two runs with one output are not kept apart
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"Another run is writing {self.path}; wait for it, or name another --output."
            ) from None


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _value(found: Any, name: str) -> Any:
    return cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
