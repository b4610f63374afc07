"""Answer a table: read it, have its songs answered in groups of like length, write it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.batch.answers import Answer
from engine.batch.cluster import Cluster, workers_on
from engine.batch.groups import Group, answering, groups, in_chunks
from engine.batch.output import PART_ROWS, Output, checked_output
from engine.batch.questions import Load, Question, question
from engine.batch.workers import Workers, threads, work_through
from engine.corpora.opening import open_table
from engine.corpora.sources import Source
from engine.corpora.tables import Table
from engine.errors import CancelledError, InputError
from engine.generator import Controls

Progress = Callable[[int, int], None]


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


def answer_table(  # noqa: PLR0913 - the one door: every choice of a run is named here
    source: Path,
    output: Path,
    model: str,
    *,
    text_column: str = "lyrics",
    preset: str = "embedded",
    controls: Controls | None = None,
    restart: bool = False,
    cluster: Cluster | None = None,
    part_rows: int = PART_ROWS,
    progress: Progress | None = None,
    load: Load | None = None,
) -> BatchRun:
    """Write a table again with what a model says of every song.

    A genre model's columns are ``prediction``, ``confidence``, ``p_<label>`` for each genre, and
    ``error``, a generator's ``written_key``, ``written_chords``, ``chordpro`` and ``error``; a
    column of the input that is called so becomes ``input_<name>``. Rows keep their order.

    Parameters
    ----------
    source, output : Path
        Tables; the extension tells the format, and the two may differ. An output without one is a
        folder of Parquet parts (`engine.batch.parts`).
    model : str
        One of `engine.batch.questions.MODELS`: a genre model, a part of one, or a generator.
    text_column : str
        Which column holds the lyrics.
    preset : str
        Whose weights are used.
    controls : Controls, optional
        Wishes for the chords of every song.
    restart : bool
        Begin anew instead of going on where an earlier run stopped.
    cluster : Cluster, optional
        Workers that answer; without one, threads of this process do.
    part_rows : int
        Rows of a part, where the output is a folder.
    progress : callable, optional
        Called with (rows answered, rows in all).
    load : callable, optional
        (name, preset) to a loaded model, in place of loading the one of that name.

    Raises
    ------
    InputError
        If the input, the column, the model, the output or the cluster is not usable, or if the
        answers beside the output belong to another input or model.
    WeightsError
        If weights are missing or corrupt.
    CancelledError
        On Ctrl-C; its message says how to go on.
    """
    asked = question(model, preset, controls=controls, load=load)
    checked_output(source, output)
    table = open_table(Source.of_file(source), text_column)
    stamp = _stamp(source)
    about = {"input": table.sha256, "column": table.columns[table.text], **asked.about}

    def unchanged() -> None:
        if _stamp(source) != stamp:
            raise InputError(f"{source} was changed while it was read; begin anew.")

    with Output(
        output,
        table,
        asked,
        about,
        restart=restart,
        unchanged=unchanged,
        part_rows=part_rows,
    ) as out:
        resumed = out.answered
        seconds = 0.0
        try:
            out.write_complete()
            if out.answered < table.rows:
                with _workers(asked, cluster) as workers:
                    began = time.perf_counter()
                    _answer(table, out, workers, asked.characters, progress)
                    seconds = time.perf_counter() - began
        except KeyboardInterrupt:
            raise CancelledError(
                f"Interrupted after {out.answered:,} of {table.rows:,} songs; "
                "the same command goes on from there."
            ) from None
    return BatchRun(table.rows, out.errors, resumed, seconds, (*table.notes, *out.notes))


def _workers(asked: Question, cluster: Cluster | None) -> AbstractContextManager[Workers]:
    if cluster:
        return workers_on(cluster, partial(answering, asked))
    return threads(answering(asked), together=asked.together)


def _answer(
    table: Table,
    out: Output,
    workers: Workers,
    characters: int,
    progress: Progress | None,
) -> None:
    """Answer the rows that have no answer yet, and write what is complete."""
    if progress:
        progress(out.answered, table.rows)

    def tasks() -> Iterator[Group]:
        rows = (row for read in table.chunks() for row in read.rows)
        for chunk in in_chunks(rows, table.text):
            songs = [song for song in chunk if out.is_open(song.number)]
            yield from groups(songs, characters, workers.capacity)

    def keep(answers: list[Answer]) -> None:
        out.add(answers)
        if progress:
            progress(out.answered, table.rows)
        out.write_complete()

    work_through(workers, tasks(), keep)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_size, status.st_mtime_ns
