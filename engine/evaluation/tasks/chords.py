"""Chord generation as a task of the runner."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import CancelledError, EngineError
from engine.evaluation.baselines import baselines_of, fitted_baseline
from engine.evaluation.files import training_file
from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.chords import CHORD_METRICS, song_columns
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.tasks.chord_songs import ChordSongs, ReferenceSong, chord_songs
from engine.evaluation.tasks.genre import megabytes_read
from engine.evaluation.tasks.task import Assignment, Loader, Request, Subject, Task
from engine.generator.controls import COMPLEXITIES, Controls
from engine.generator.vocabulary import complexity_of
from engine.generator.wishes import wished_form
from engine.lyrics import Lyrics, line_key
from engine.models.card import model_revision
from engine.models.presets import slot
from engine.music.form import COPY
from engine.music.lead_sheet import LeadSheet

if TYPE_CHECKING:
    import pandas as pd


def chord_assignment(request: Request) -> Assignment:
    """Chord generation on a file of songs.

    Each song's words are given with the reference's key, genre, complexity, metre and tempo; lines
    without words are left out of words and reference alike.
    """
    from engine.evaluation.metrics.bertscore import bert_scorer

    bert_scorer(request.scorer)  # better missed now than after hours of writing
    read = chord_songs(request.data, request.limit, request.seed)

    def answering(model: Any) -> Callable[[int], dict[str, Any]]:
        next_chords = next_chord_sums(model)
        return lambda number: _row(model, read.songs[number], request.seed, next_chords)

    def subject(name: str) -> Subject:
        return generator_subject(name, request, answering)

    def table(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, Sequence[Metric]]:
        return _table(read.songs, rows, request.scorer)

    return songs_assignment(read, subject, table)


def songs_assignment(
    read: ChordSongs,
    subject: Callable[[str], Subject],
    table: Callable[[list[dict[str, Any]]], tuple[pd.DataFrame, Sequence[Metric]]],
    part: str = "",
) -> Assignment:
    """What the runner is to do with songs that have chords; `part` is that of an `Assignment`."""
    return Assignment(
        name="chords",
        dataset=read.dataset,
        split=read.split,
        sha256=read.sha256,
        ids=[song.id for song in read.songs],
        order=range(len(read.songs)),
        load=subject,
        table=table,
        problems=read.problems,
        part=part,
    )


def generator_subject(
    name: str, request: Request, answering: Callable[[Any], Callable[[int], dict[str, Any]]]
) -> Subject:
    """A generator or baseline as the runner sees it.

    Parameters
    ----------
    answering : callable
        The loaded generator to the function from a song's number to its row.
    """
    if name in baselines_of("chords"):
        training = training_file(request.data, request.training)
        model: Any = fitted_baseline("chords", name, training)
        kind, preset, revision, size = "baseline", "", model.revision, model.megabytes
    else:
        kind, preset = "model", request.preset
        model = _loaded(name, preset, request.load)
        revision = model_revision(model.card, slot(name, preset))
        size = megabytes_read(name, preset)
    row = answering(model)

    def answer(numbers: Sequence[int]) -> list[dict[str, Any]]:
        return [row(number) for number in numbers]

    return Subject(name, model.base, preset, kind, revision, size, answer, batch=1)


def controls_of(song: ReferenceSong, seed: int) -> Controls:
    """What is asked of a generator for a song: what a user who knows the song would ask."""
    sheet = song.sheet
    return Controls(
        key=sheet.key,
        genre=None if song.genre == "unknown" else song.genre,
        complexity=song.home.complexity,
        seed=seed,
        tempo=sheet.tempo,
        time_signature=sheet.time_signature,
    )


def is_valid(sheet: LeadSheet, lyrics: Lyrics) -> bool:
    """Whether a lead sheet has the words given, line by line, and labels that mir_eval reads.

    Positions need no check: a `LeadSheet` cannot be built with positions out of order or range.
    """
    given = [line.words for line in lyrics.lines]
    return [line.words for line in sheet.lines] == given and all(
        _readable(chord.label) for chord in sheet.chords
    )


@cache
def _readable(label: str) -> bool:
    import mir_eval

    try:
        mir_eval.chord.encode(label, reduce_extended_chords=True)
    except mir_eval.chord.InvalidChordException:
        return False
    return True


def obeyed(sheet: LeadSheet, controls: Controls) -> dict[str, bool]:
    """Each control asked for, and whether the lead sheet obeys it."""
    level = COMPLEXITIES.index(controls.complexity)
    found = {
        "complexity": all(complexity_of(chord) <= level for chord in sheet.chords),
        "time_signature": sheet.time_signature == controls.time_signature,
        "like_lines": _like_lines_have_like_chords(sheet, controls),
    }
    if controls.key is not None:
        found["key"] = sheet.key == controls.key
    if controls.tempo is not None:
        found["tempo"] = sheet.tempo == controls.tempo
    if controls.genre is not None:
        found["genre"] = sheet.genre == controls.genre
    if controls.chords_per_line is not None:
        wanted = controls.chords_per_line
        found["chords_per_line"] = all(
            len(line.chords) == min(wanted, 2 * len(line.words) + 2)
            for line in sheet.lines
            if line.words
        )
    return found


def _like_lines_have_like_chords(sheet: LeadSheet, controls: Controls) -> bool:
    """Whether lines of equal words that the form plans as copies have equal chords."""
    lines = [line for line in sheet.lines if line.words]
    form = wished_form(lines, controls)
    return all(
        plan.plan != COPY
        or plan.source is None
        or line_key(line.words) != line_key(lines[plan.source].words)
        or line.chords == lines[plan.source].chords
        for line, plan in zip(lines, form.lines, strict=True)
    )


def next_chord_sums(model: Any) -> Callable[[Any], dict[str, float]]:
    """How a model's next-chord sums are had, teacher-forced: a song to `next_hits` and so on."""
    if hasattr(model, "next_chords"):
        return model.next_chords
    from engine.evaluation.tasks.next_chord import generator_sums

    return lambda song: generator_sums(model, song)


def _row(
    model: Any, song: ReferenceSong, seed: int, next_chords: Callable[[Any], dict[str, float]]
) -> dict[str, Any]:
    controls = controls_of(song, seed)
    began = time.perf_counter()
    try:
        sheet: LeadSheet | None = model.generate(song.lyrics, controls)
    except CancelledError:
        raise
    except EngineError:  # the model could not write this song: it counts as not valid
        sheet = None
    seconds = time.perf_counter() - began
    valid = sheet is not None and is_valid(sheet, song.lyrics)
    lines = tuple(line for line in sheet.lines if line.words) if sheet and valid else ()
    return {
        "seconds": seconds,
        "prediction": _written(lines),
        "valid": float(valid),
        "compliant": float(sheet is not None and all(obeyed(sheet, controls).values())),
        **song_columns(song.lines, lines),
        **next_chords(song.home),
    }


def _written(lines: Sequence[Any]) -> str:
    """Chords as text, lines parted by " / ": ``C@0 G7@4 / Am@0`` (symbol, word index)."""
    return " / ".join(
        " ".join(f"{placed.chord.symbol}@{placed.word}" for placed in line.chords) for line in lines
    )


def _table(
    songs: Sequence[ReferenceSong], rows: list[dict[str, Any]], scorer: str
) -> tuple[pd.DataFrame, Sequence[Metric]]:
    from engine.evaluation.metrics.bertscore import bert_scorer

    bert = bert_scorer(scorer)
    texts = [
        " ".join(step.split("@")[0] for step in row["prediction"].split() if step != "/")
        for row in rows
    ]
    references = [" ".join(_symbols(song)) for song in songs]
    scores = bert.score(texts, references)
    table = described(songs)
    for name in rows[0]:
        if name != "seconds":
            table[name] = [row[name] for row in rows]
    for index, part in enumerate(("precision", "recall", "f1")):
        table[f"bertscore_{part}"] = scores[:, index].astype(np.float32)
    return table, (*CHORD_METRICS, *bertscore_metrics(bert.signature))


def described(songs: Sequence[ReferenceSong]) -> pd.DataFrame:
    """What is kept of each song in a table of predictions: ``id``, ``genre``, ``words``, ..."""
    import pandas as pd

    return pd.DataFrame(
        {
            "id": [song.id for song in songs],
            "genre": [song.genre for song in songs],
            "words": [len(song.lyrics.words) for song in songs],
            "year": pd.array([song.year for song in songs], dtype="Int16"),
            "cluster": [song.cluster for song in songs],
        }
    )


def _symbols(song: ReferenceSong) -> list[str]:
    return [placed.chord.symbol for line in song.lines for placed in line.chords]


def _loaded(name: str, preset: str, load: Loader | None) -> Any:
    if load is not None:
        return load(name, preset)
    from engine.generator import load_generator

    return load_generator(name, preset)


TASK = Task(
    name="chords",
    title="Chords",
    songs="Songs with chords, one lead sheet in JSON a line (JSON lines, .jsonl or .jsonl.gz)",
    extensions=(".jsonl.gz", ".jsonl"),
    models=lambda: ("tinyllama",),
    assignment=chord_assignment,
    headline="majmin",
)
