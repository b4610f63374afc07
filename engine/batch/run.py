"""Answer a table: read it, ask the model in batches of like length, write it with the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.batch.answers import Answer, Answers
from engine.batch.journal import Journal
from engine.batch.writing import (
    added_columns,
    added_values,
    checked_output_extension,
    kept_columns,
    open_writer,
)
from engine.classifiers import check_name, load_classifier, model_of, part_of
from engine.corpora.opening import open_table
from engine.corpora.rows import Row, is_missing
from engine.corpora.sources import Source
from engine.corpora.tables import CHUNK, Table
from engine.errors import CancelledError, InputError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard, model_revision
from engine.models.presets import slot
from engine.models.threads import cores

if TYPE_CHECKING:
    from engine.classifiers.prediction import Loader, Prediction

# Characters of padded text given to the model at once: one of its own batches. More would lose
# more work in a kill, fewer would leave that batch half empty.
_GROUP_CHARACTERS = 16_000
_MOST_WORKERS = 8
_ADVICE = "finish that run, name another --output, or begin anew with --restart"

Progress = Callable[[int, int], None]
Predict = Callable[[Sequence[Lyrics]], "list[Prediction]"]


@dataclass(frozen=True)
class BatchRun:
    """What a run did.

    Attributes
    ----------
    rows, errors : int
        Rows in the output, and how many of them have an ``error`` instead of an answer.
    resumed : int
        Rows that an earlier run had answered.
    seconds : float
        Time from the model's first song to its last.
    notes : tuple of str
        What a user should know of how the input was read and its columns named.
    """

    rows: int
    errors: int
    resumed: int
    seconds: float
    notes: tuple[str, ...]

    def __str__(self) -> str:
        fresh = self.rows - self.resumed
        rate = f", {fresh / self.seconds:,.1f} songs/s" if fresh and self.seconds else ""
        before = f", {self.resumed:,} of them by an earlier run" if self.resumed else ""
        return f"{self.rows:,} songs{before}, {self.errors:,} with an error{rate}"


def answer_table(
    source: Path,
    output: Path,
    model: str,
    *,
    text_column: str = "lyrics",
    preset: str = "embedded",
    restart: bool = False,
    progress: Progress | None = None,
    load: Loader = load_classifier,
) -> BatchRun:
    """Write a table again with the genre of every song.

    The new columns are ``prediction``, ``confidence``, ``p_<label>`` for each genre, and ``error``;
    a column of the input that is called so becomes ``input_<name>``. Rows keep their order.

    Parameters
    ----------
    source, output : Path
        Tables; the extension tells the format, and the two may differ.
    model : str
        One of `engine.classifiers.NAMES`: a model, or a part of one.
    text_column : str
        Which column holds the lyrics.
    preset : str
        Whose weights are used.
    restart : bool
        Begin anew instead of going on where an earlier run stopped.
    progress : callable, optional
        Called with (rows answered, rows in all).
    load : callable
        (name, preset) to a loaded model.

    Raises
    ------
    InputError
        If the input, the column, the model or the output is not usable, or if the answers beside
        the output belong to another input or model.
    WeightsError
        If weights are missing or corrupt.
    CancelledError
        On Ctrl-C; its message says how to go on.
    """
    check_name(model)
    checked_output(source, output)
    own = slot(model_of(model), preset)
    card = ModelCard.read(own.folder)
    table = open_table(Source.of_file(source), text_column)
    stamp = _stamp(source)
    about = {
        "input": table.sha256,
        "column": table.columns[table.text],
        "model": model,
        "preset": preset,
        "revision": model_revision(card, own, part_of(model)),
    }
    journal_path = output.with_name(output.name + ".partial")
    with Journal(journal_path, about, restart=restart, advice=_ADVICE) as journal:
        answers = Answers(journal, table.rows, len(card.labels))
        resumed = answers.answered
        seconds = 0.0
        try:
            if resumed < table.rows:
                predict = load(model, preset).predict
                began = time.perf_counter()
                _answer(table, answers, predict, card.labels, progress)
                seconds = time.perf_counter() - began
            if _stamp(source) != stamp:
                raise InputError(f"{source} was changed while it was read; begin anew.")
            errors, notes = _write(table, answers, output, card.labels)
        except KeyboardInterrupt:
            raise CancelledError(
                f"Interrupted after {answers.answered:,} of {table.rows:,} songs; "
                "the same command goes on from there."
            ) from None
        journal.remove()
    return BatchRun(table.rows, errors, resumed, seconds, (*table.notes, *notes))


def checked_output(source: Path, output: Path) -> None:
    """`InputError` if nothing can be written there, or if it is the input itself."""
    checked_output_extension(output)
    if not output.absolute().parent.is_dir():
        raise InputError(f"The folder of --output {output} does not exist.")
    try:
        output.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:  # a name too long, a folder that may not be entered
        raise InputError(f"--output cannot be written: {error.strerror}.") from None
    if output.is_dir():
        raise InputError(f"--output {output} is a folder; a file is accepted.")
    if output.exists() and source.exists() and output.samefile(source):
        raise InputError(f"--output {output} is the input itself; name another file.")


def lyric_of(value: Any) -> Lyrics:
    """The lyric in a cell: text, bytes, or a list of lines; `InputError` says what else it is."""
    if is_missing(value):
        raise InputError("The lyric is missing.")
    if isinstance(value, list) and all(isinstance(line, str) for line in cast("list[Any]", value)):
        value = "\n".join(cast("list[str]", value))
    if not isinstance(value, str | bytes):
        raise InputError(f"The lyric is not text but {_kind_of(value)}.")
    if isinstance(value, str):  # half characters, which JSON can hold and no tokenizer reads
        value = value.encode("utf-8", "replace").decode()
    return Lyrics.parse(value)


def _kind_of(value: Any) -> str:
    kinds = {bool: "true or false", dict: "an object", list: "a list"}
    return next((name for of, name in kinds.items() if isinstance(value, of)), "a number or date")


def _answer(
    table: Table,
    answers: Answers,
    predict: Predict,
    labels: Sequence[str],
    progress: Progress | None,
) -> None:
    """Answer the rows that have no answer yet."""
    if progress:
        progress(answers.answered, table.rows)

    def ask(group: list[tuple[int, Row]]) -> list[Answer]:
        lyrics: list[tuple[int, Lyrics]] = []
        unusable: list[Answer] = []
        for number, row in group:
            try:
                if row.problem:
                    raise InputError(row.problem)
                lyrics.append((number, lyric_of(row.values[table.text])))
            except InputError as error:
                unusable.append((number, None, str(error)))
        return unusable + (_answers(predict, lyrics, labels) if lyrics else [])

    def keep(batch: list[Answer]) -> None:
        answers.add(batch)
        if progress:
            progress(answers.answered, table.rows)

    with _workers() as workers:
        for chunk in _in_chunks(row for read in table.chunks() for row in read.rows):
            open_rows = [numbered for numbered in chunk if not answers.done[numbered[0]]]
            _keep([workers.submit(ask, group) for group in _groups(open_rows, table.text)], keep)


def _keep(asked: Sequence[Future[list[Answer]]], keep: Callable[[list[Answer]], None]) -> None:
    """Keep each group's answers as they come; if one fails, also those being made just then."""
    waiting = set(asked)
    try:
        for future in as_completed(asked):
            waiting.discard(future)
            keep(future.result())
    except BaseException:  # Ctrl-C among them
        under_way = [future for future in waiting if not future.cancel()]
        for future in wait(under_way).done:
            if not future.exception():
                keep(future.result())
        raise


@contextmanager
def _workers() -> Generator[ThreadPoolExecutor]:
    """Threads that each answer a group of their own, and share the cores among them.

    A recurrent network's steps are too small to be shared between cores, groups are not. On a GPU
    there is one: it answers one group after another anyway.
    """
    import torch

    threads, free = torch.get_num_threads(), cores()
    count = 1 if torch.cuda.is_available() else min(free, _MOST_WORKERS)
    pool = ThreadPoolExecutor(count, "batch", torch.set_num_threads, (free // count,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        # What a worker sets holds for itself and for threads that start later.
        torch.set_num_threads(threads)


def _in_chunks(rows: Iterable[Row]) -> Iterator[list[tuple[int, Row]]]:
    """Rows with their numbers, `CHUNK` at a time whatever the file's own chunks are."""
    chunk: list[tuple[int, Row]] = []
    for numbered in enumerate(rows):
        chunk.append(numbered)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _groups(rows: list[tuple[int, Row]], text: int) -> Iterator[list[tuple[int, Row]]]:
    """Rows of like length, at most `_GROUP_CHARACTERS` a group when padded."""
    group: list[tuple[int, Row]] = []

    def size(row: Row) -> int:
        return 0 if row.problem else len(str(row.values[text]))

    for number, row in sorted(rows, key=lambda numbered: size(numbered[1])):
        if group and (len(group) + 1) * size(row) > _GROUP_CHARACTERS:
            yield group
            group = []
        group.append((number, row))
    if group:
        yield group


def _answers(
    predict: Predict,
    group: Sequence[tuple[int, Lyrics]],
    labels: Sequence[str],
) -> list[Answer]:
    try:
        predictions = predict([lyrics for _, lyrics in group])
    except (RuntimeError, ValueError, TypeError) as error:
        if len(group) == 1:
            number = group[0][0]
            return [(number, None, f"The model cannot read this lyric ({error}).")]
        # One song must not hold up the others; and where all fail, something else is wrong.
        alone = [answer for song in group for answer in _answers(predict, [song], labels)]
        if all(probabilities is None for _, probabilities, _ in alone):
            raise
        return alone
    answers: list[Answer] = []
    for (number, _), prediction in zip(group, predictions, strict=True):
        of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
        answers.append((number, [_rounded(of[label]) for label in labels], ""))
    return answers


def _rounded(probability: float) -> float:
    """Six significant digits: every format then holds the same number, and none becomes 0."""
    return float(f"{probability:.6g}")


def _write(
    table: Table, answers: Answers, output: Path, labels: Sequence[str]
) -> tuple[int, list[str]]:
    """Write the output; how many rows have no answer, and what became of columns' names."""
    added = added_columns(labels)
    columns = kept_columns(table.columns, added)
    notes = [
        f"The input's column '{old}' is called '{new}' in the output."
        for old, new in zip(table.columns, columns, strict=True)
        if old != new
    ]
    errors = 0
    in_order = answers.in_order()
    with open_writer(output, table, columns, added) as writer:
        for chunk in table.chunks():
            new = [added_values(labels, *next(in_order)) for _ in chunk.rows]
            errors += sum(values[0] is None for values in new)
            writer.write(chunk, new)
    return errors, notes


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_size, status.st_mtime_ns
