"""Whole songs written on the words of human songs, and what they are like beside those.

A generator is given each song's words with its key, genre, complexity, metre and tempo, and writes
it with several seeds. What comes out is not compared chord by chord: nobody says that another
harmony is wrong. Told are the statistics of `engine.evaluation.metrics.written`, for the generator
and, as the model called `HUMAN`, for the songs as humans wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.errors import CancelledError, EngineError
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.song_harmony import Figure
from engine.evaluation.metrics.written import WRITTEN_METRICS, columns, written_figures
from engine.evaluation.tasks.chord_songs import ReferenceSong, chord_songs
from engine.evaluation.tasks.chords import (
    controls_of,
    described,
    generator_subject,
    is_valid,
    songs_assignment,
)
from engine.evaluation.tasks.data import short_hash
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task
from engine.generator import GENERATORS

if TYPE_CHECKING:
    import pandas as pd

    from engine.music.lead_sheet import LeadSheet

HUMAN = "human"
SEEDS = 3


def written_assignment(request: Request, seeds: int = SEEDS) -> Assignment:
    """Songs written on the words of a file of songs, each with so many seeds.

    A statistic that none of the songs has, such as that of like sections, is left out.
    """
    read = chord_songs(request.data, request.limit, request.seed)

    def answering(model: Any) -> Callable[[int], dict[str, Any]]:
        return lambda number: written_row(
            written_songs(model, read.songs[number], range(request.seed, request.seed + seeds))
        )

    def subject(name: str) -> Subject:
        if name == HUMAN:
            revision = short_hash(f"{HUMAN}|{read.sha256}", 12)
            return Subject(HUMAN, "people", "", "baseline", revision, 0.0, human, batch=1)
        return generator_subject(name, request, answering)

    def human(numbers: Sequence[int]) -> list[dict[str, Any]]:
        return [written_row([_sung(read.songs[number])]) for number in numbers]

    def table(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, Sequence[Metric]]:
        found = described(read.songs)
        for metric in WRITTEN_METRICS:
            for name in metric.needs:
                found[name] = [float(row[name]) for row in rows]
        return found, tuple(one for one in WRITTEN_METRICS if any(found[one.needs[1]]))

    return songs_assignment(read, subject, table, part="written")


def written_songs(model: Any, song: ReferenceSong, seeds: Iterable[int]) -> list[LeadSheet | None]:
    """The song as a generator writes it with each seed; None where it could not, or not right."""
    found: list[LeadSheet | None] = []
    for seed in seeds:
        try:
            sheet = model.generate(song.lyrics, controls_of(song, seed))
        except CancelledError:
            raise
        except EngineError:  # it could not write this song: that is counted
            sheet = None
        found.append(sheet if sheet is not None and is_valid(sheet, song.lyrics) else None)
    return found


def written_row(sheets: Sequence[LeadSheet | None]) -> dict[str, Any]:
    """What is kept of a song: sum and count of each statistic over its versions."""
    row: dict[str, Any] = dict.fromkeys(
        (name for metric in WRITTEN_METRICS for name in metric.needs), 0.0
    )
    for sheet in sheets:
        figures: dict[str, Figure] = {"kept": (float(sheet is not None), 1)}
        if sheet is not None:
            figures |= written_figures(sheet)
        for name, figure in figures.items():
            for column, value in zip(columns(name), figure, strict=True):
                row[column] += float(value)
    return row


def _sung(song: ReferenceSong) -> LeadSheet:
    return replace(song.sheet, lines=song.lines)


TASK = Task(
    name="written",
    title="Written songs",
    songs="Songs with chords, one lead sheet in JSON a line (JSON lines, .jsonl or .jsonl.gz)",
    extensions=(".jsonl.gz", ".jsonl"),
    models=lambda: (HUMAN, *GENERATORS),
    assignment=written_assignment,
    headline="written/line-sameness",
    recorded_as="chords",
)
