"""Where answers go: one table, or a folder of Parquet parts with a manifest.

Rows fall into parts (one table is one part). While a part is being answered, its answers lie in a
journal beside it; when all are there, the part is written as a whole and its journal goes. A folder
has one more journal, of the parts that are written, which becomes the manifest in the end. So a
kill at any moment loses no answer that was kept, and no part is ever half there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.batch.answers import Answer, Answers
from engine.batch.journal import Journal
from engine.batch.parts import MANIFEST, Manifest, Part, manifest_of, part_file
from engine.batch.questions import Question
from engine.batch.writing import checked_output_extension, kept_columns, open_writer
from engine.corpora.rows import Chunk
from engine.corpora.tables import CHUNK, Table
from engine.errors import InputError
from engine.files import write_file

PART_ROWS = 100 * CHUNK
_WRITTEN = "_manifest.partial"
_ADVICE = "finish that run, name another --output, or begin anew with --restart"


def checked_output(source: Path, output: Path) -> None:
    """`InputError` if nothing can be written there, or if it is the input itself."""
    if output.suffix:
        checked_output_extension(output)
    if not output.absolute().parent.is_dir():
        raise InputError(f"The folder of --output {output} does not exist.")
    try:
        output.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:  # a name too long, a folder that may not be entered
        raise InputError(f"--output cannot be written: {error.strerror}.") from None
    if output.suffix and output.is_dir():
        raise InputError(f"--output {output} is a folder; a file is accepted.")
    if not output.suffix:
        _check_folder(output)
    elif output.exists() and source.exists() and output.samefile(source):
        raise InputError(f"--output {output} is the input itself; name another file.")


def _check_folder(folder: Path) -> None:
    """`InputError` unless it is free for parts, or holds nothing else."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"--output {folder} is a file without an ending; a folder for parts is accepted, or a "
            "file whose ending tells its format."
        )
    if not folder.is_dir():
        return
    strange = next((path for path in sorted(folder.iterdir()) if not _is_ours(path.name)), None)
    if strange:
        raise InputError(
            f"--output {folder} holds other files ({strange.name}); name a new folder."
        )


def _is_ours(name: str) -> bool:
    return name.startswith(("part-", "_part-", "_manifest", f".{MANIFEST}"))


class Output:
    """The answers to a table and their place; a context manager that keeps the journals open.

    Parameters
    ----------
    path : Path
        A table to write, or, without an ending, a folder of parts.
    table : Table
    question : Question
    about : mapping
        What is asked; an output that was begun for something else is refused.
    restart : bool
        Begin anew, whatever is there.
    unchanged : callable
        Raises where the input has changed since it was opened.
    part_rows : int
        Rows of a part in a folder: a multiple of `CHUNK`, so that no group falls into two.

    Attributes
    ----------
    answered : int
        Rows that have an answer, also those of earlier runs.
    notes : tuple of str
        What became of columns' names.
    """

    def __init__(
        self,
        path: Path,
        table: Table,
        question: Question,
        about: Mapping[str, Any],
        *,
        restart: bool,
        unchanged: Callable[[], None],
        part_rows: int = PART_ROWS,
    ) -> None:
        self._path = path
        self._table = table
        self._question = question
        self._about = dict(about)
        self._restart = restart
        self._unchanged = unchanged
        self._in_parts = not path.suffix
        self._part_rows = part_rows if self._in_parts else max(table.rows, 1)
        self._count = max(1, -(-table.rows // self._part_rows))
        self._journals = ExitStack()
        self._open: dict[int, tuple[Journal, Answers]] = {}
        self._written: list[Part] = []
        self._writing = False
        self._added = question.columns
        self._columns = kept_columns(table.columns, self._added)
        self.answered = 0
        self.notes = tuple(
            f"The input's column '{old}' is called '{new}' in the output."
            for old, new in zip(table.columns, self._columns, strict=True)
            if old != new
        )

    def __enter__(self) -> Output:
        try:
            if self._in_parts:
                self._enter_folder()
            for number in range(len(self._written), self._count):
                if self._journal_path(number).exists():
                    self.answered += self._part(number)[1].answered
        except BaseException:
            self._journals.close()
            raise
        self._unwritten = self._chunks()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journals.close()

    @property
    def errors(self) -> int:
        """Rows without an answer, of the parts that are written."""
        return sum(part.errors for part in self._written)

    def is_open(self, row: int) -> bool:
        """Whether this row has no answer yet."""
        number = row // self._part_rows
        return number >= len(self._written) and self._part(number)[1].is_open(row)

    def add(self, answers: list[Answer]) -> None:
        """Keep the answers to a group; on return they survive a kill."""
        if answers:
            self._part(answers[0][0] // self._part_rows)[1].add(answers)
            self.answered += len(answers)

    def write_complete(self) -> None:
        """Write the parts that have all their answers, in order; after the last, the manifest."""
        if self._writing:  # it failed before, and what workers still answered is only kept
            return
        while len(self._written) < self._count:
            number = len(self._written)
            if not self._part(number)[1].complete:
                return
            self._writing = True
            self._write(number)
            self._writing = False
        if self._in_parts:
            self._finish()

    def _enter_folder(self) -> None:
        try:
            self._path.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"--output {self._path} cannot be made: {error.strerror}.") from None
        manifest = self._path / MANIFEST
        # With the journal still there, it was killed between its last two steps.
        if manifest.exists() and not self._restart and not (self._path / _WRITTEN).exists():
            raise InputError(
                f"--output {self._path} holds a finished table; name another folder, or begin anew "
                "with --restart."
            )
        head = {**self._about, "part_rows": self._part_rows}
        self._journal = self._journals.enter_context(
            Journal(self._path / _WRITTEN, head, restart=self._restart, advice=_ADVICE)
        )
        if not self._journal.resumed:  # what lies there belongs to another run
            manifest.unlink(missing_ok=True)
            for pattern in ("part-*.parquet*", "_part-*.partial"):
                for path in self._path.glob(pattern):
                    path.unlink(missing_ok=True)
        for entry in self._journal.entries():
            part = Part.read(entry)
            if part is None or part.file != part_file(len(self._written)):
                raise self._journal.unfit("what is no part of this table")
            part.check(self._path, thorough=False)
            self._written.append(part)
            self.answered += part.rows
        for number in range(len(self._written)):  # killed between writing and tidying
            self._journal_path(number).unlink(missing_ok=True)

    def _journal_path(self, number: int) -> Path:
        if self._in_parts:
            return self._path / f"_{Path(part_file(number)).stem}.partial"
        return self._path.with_name(self._path.name + ".partial")

    def _part(self, number: int) -> tuple[Journal, Answers]:
        """The journal and the answers of a part, opened when they are first wanted."""
        if number not in self._open:
            first = number * self._part_rows
            rows = range(first, min(first + self._part_rows, self._table.rows))
            head = {**self._about, "part": number} if self._in_parts else self._about
            journal = self._journals.enter_context(
                Journal(
                    self._journal_path(number),
                    head,
                    restart=self._restart,
                    advice=_ADVICE,
                )
            )
            self._open[number] = journal, Answers(journal, rows, self._question.is_answer)
        return self._open[number]

    def _write(self, number: int) -> None:
        """Write a part, note it, and drop its journal."""
        self._unchanged()
        journal, answers = self._open[number]
        rows = len(answers.done)
        name = part_file(number)
        path = self._path / name if self._in_parts else self._path
        errors = 0
        in_order = answers.in_order()
        with open_writer(path, self._table, self._columns, self._added) as writer:
            for chunk in self._next_chunks(rows):
                new = [self._question.row(*next(in_order)) for _ in chunk.rows]
                errors += sum(values[0] is None for values in new)
                writer.write(chunk, new)
        part = Part.of(path, name, rows, errors) if self._in_parts else Part(name, rows, errors)
        if self._in_parts:
            self._journal.add(asdict(part))
        self._written.append(part)
        del self._open[number]
        journal.close(remove=True)

    def _finish(self) -> None:
        manifest = Manifest(self._table.rows, self.errors, self._about, tuple(self._written))
        write_file(self._path / MANIFEST, manifest_of(manifest))
        self._journal.close(remove=True)

    def _chunks(self) -> Iterator[Chunk]:
        """The input's rows from the first that is not written."""
        skipped = sum(part.rows for part in self._written)
        for chunk in self._table.chunks():
            if skipped >= len(chunk.rows):
                skipped -= len(chunk.rows)
            elif skipped:
                yield chunk.part(skipped, len(chunk.rows))
                skipped = 0
            else:
                yield chunk

    def _next_chunks(self, rows: int) -> Iterator[Chunk]:
        """The next so many rows of the input."""
        while rows:
            chunk = next(self._unwritten)
            if len(chunk.rows) > rows:
                rest = chunk.part(rows, len(chunk.rows))
                self._unwritten = itertools.chain([rest], self._unwritten)
                chunk = chunk.part(0, rows)
            rows -= len(chunk.rows)
            yield chunk
