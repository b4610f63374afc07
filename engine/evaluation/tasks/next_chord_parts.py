"""What each part of the chord generator adds: next chords by one part alone, as by the whole.

The whole mix is measured with the task of chords; here its parts answer the same question, how
likely the true next chord is, given the words and the true past:

==================  ===============================================================================
part                what it knows
==================  ===============================================================================
decoder             the words and the chords before, read by the LLaMA decoder
decoder-other-words the same, but every line has words of a song of ours, as many as its own
decoder-no-words    the same, but every word is "la"
counts              the last few chords (Kneser-Ney over songs and progressions)
counts-and-past     the same, with what the song itself has done so far (PPM)
general             counts and where a chord stands, weighed by a network; no song's past
memory              all but the decoder: counts, past, copies of aligned lines, weighed
==================  ===============================================================================
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.corpora.songbook import songbook
from engine.evaluation.metrics.chords import CHORD_METRICS
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.tasks.chord_songs import chord_songs
from engine.evaluation.tasks.chords import described, songs_assignment
from engine.evaluation.tasks.genre import megabytes_read
from engine.evaluation.tasks.next_chord import decoder_answers
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task
from engine.generator import load_generator
from engine.models.card import model_revision
from engine.models.presets import slot

if TYPE_CHECKING:
    import pandas as pd

    from engine.generator.songs import HomeSong
    from engine.generator.tinyllama import TinyLlamaGenerator

Array = np.ndarray[Any, Any]

_COUNTS, _COUNTS_AND_PAST = 2, 3  # places in `engine.generator.memory.features.Features.dense`


def _decoder(generator: TinyLlamaGenerator, song: HomeSong) -> Array:
    decoder = generator.decoder
    return decoder_answers(decoder.model, decoder.encoder, [song], window=decoder.window)


def _other_words(generator: TinyLlamaGenerator, song: HomeSong) -> Array:
    others = [word for sheet in songbook() for line in sheet.lines for word in line.words]
    drawn = random.Random(" ".join(song.lines[0].words))  # noqa: S311 - not for secrets
    lines = tuple(
        replace(line, words=tuple(others[start : start + len(line.words)]))
        for line in song.lines
        for start in [drawn.randrange(len(others) - len(line.words))]
    )
    return _decoder(generator, replace(song, lines=lines))


def _no_words(generator: TinyLlamaGenerator, song: HomeSong) -> Array:
    lines = tuple(replace(line, words=("la",) * len(line.words)) for line in song.lines)
    return _decoder(generator, replace(song, lines=lines))


def _network(past: bool) -> Callable[[TinyLlamaGenerator, HomeSong], Array]:
    def answers(generator: TinyLlamaGenerator, song: HomeSong) -> Array:
        memory = generator.memory
        told = [features for features, _ in song.told(memory.counts, memory.vocabulary)]
        return memory.log_probabilities(told, past=past)

    return answers


def _expert(place: int) -> Callable[[TinyLlamaGenerator, HomeSong], Array]:
    def answers(generator: TinyLlamaGenerator, song: HomeSong) -> Array:
        memory = generator.memory
        told = song.told(memory.counts, memory.vocabulary)
        return np.stack([features.dense[place] for features, _ in told])

    return answers


PARTS: dict[str, Callable[[TinyLlamaGenerator, HomeSong], Array]] = {
    "decoder": _decoder,
    "decoder-other-words": _other_words,
    "decoder-no-words": _no_words,
    "counts": _expert(_COUNTS),
    "counts-and-past": _expert(_COUNTS_AND_PAST),
    "general": _network(past=False),
    "memory": _network(past=True),
}
"""Each gives log-probabilities (chords said in the song, chords)."""

_METRICS = tuple(one for one in CHORD_METRICS if one.name.startswith("next-chord-"))
_COLUMNS = ("next_hits", "next_count", "next_loss")


def part_sums(generator: TinyLlamaGenerator, song: HomeSong, part: str) -> dict[str, float]:
    """Sums for the next-chord metrics of a song, by one of `PARTS`."""
    memory = generator.memory
    chords = [chord for _, chord in song.told(memory.counts, memory.vocabulary)]
    if not chords:
        return dict.fromkeys(_COLUMNS, 0.0)
    found = PARTS[part](generator, song)
    return {
        "next_hits": float((found.argmax(1) == np.array(chords)).sum()),
        "next_count": float(len(chords)),
        "next_loss": -float(found[np.arange(len(chords)), chords].sum()),
    }


def parts_assignment(request: Request) -> Assignment:
    """Next chords of a file of songs by the generator's parts."""
    read = chord_songs(request.data, request.limit, request.seed)

    def subject(name: str) -> Subject:
        whole, _, part = name.partition("/")
        load = request.load or load_generator
        model: Any = load(whole, request.preset)
        own = slot(whole, request.preset)

        def answer(numbers: Sequence[int]) -> list[dict[str, Any]]:
            return [part_sums(model, read.songs[number].home, part) for number in numbers]

        revision = model_revision(model.card, own, part)
        size = megabytes_read(whole, request.preset)
        return Subject(name, model.base, request.preset, "model", revision, size, answer, batch=1)

    def table(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, Sequence[Metric]]:
        found = described(read.songs)
        for name in _COLUMNS:
            found[name] = [row[name] for row in rows]
        return found, _METRICS

    return songs_assignment(read, subject, table, part="next-chord")


TASK = Task(
    name="next-chord",
    title="Next chords by parts of the generator",
    songs="Songs with chords, one lead sheet in JSON a line (JSON lines, .jsonl or .jsonl.gz)",
    extensions=(".jsonl.gz", ".jsonl"),
    models=lambda: tuple(f"tinyllama/{part}" for part in PARTS),
    assignment=parts_assignment,
    headline="next-chord-accuracy",
    recorded_as="chords",
)
