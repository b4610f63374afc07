"""Do explanations tell what a model used? Words are taken away, and the model is asked again.

Two measures of DeYoung et al. 2020 (ERASER, arXiv:1911.03429, section 4), for the genre a model
gives a song, p being its probability:

- comprehensiveness, p(song) - p(song without the words that pushed most): high if those words
  mattered;
- sufficiency, p(song) - p(those words alone): low if those words were enough.

Each is the mean over several shares of the words (their area over the perturbation curve), and
stands beside the same measure for words drawn by chance. A word of a line that is sung again is
taken from each of its repeats: some models read a repeated line once, and would find it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.classifiers import explainable
from engine.corpora import EXTENSIONS
from engine.errors import InputError
from engine.evaluation.metrics.faithfulness import DRAWS, FAITHFULNESS_METRICS, SHARES
from engine.evaluation.tasks.data import genre_songs
from engine.evaluation.tasks.genre import assignment_over, loaded, model_subject
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task
from engine.explanation import Explanation, explain
from engine.lyrics import Lyrics

if TYPE_CHECKING:
    from numpy.random import Generator

    from engine.classifiers.prediction import GenreClassifier

_FEWEST_WORDS = 2
Unit = tuple[str, int]
"""A word to take away: its line's text, and its place in it."""


@dataclass(frozen=True)
class Faithfulness:
    """Both measures of an explanation and of random words, as differences of probability."""

    comprehensiveness: float
    sufficiency: float
    comprehensiveness_random: float
    sufficiency_random: float


def faithfulness(
    classifier: GenreClassifier,
    lyric: Lyrics,
    explanation: Explanation,
    generator: Generator,
    shares: Sequence[float] = SHARES,
    draws: int = DRAWS,
) -> Faithfulness:
    """Measure an explanation of this lyric by this model.

    Parameters
    ----------
    explanation : Explanation
        Of any genre; its probability is the one that is followed.
    generator : numpy Generator
        Draws the random words.
    shares : sequence of float
        Shares of the words to take, each over 0 and below 1; at least one word is taken and one
        left.
    draws : int
        How often random words are drawn for each share.

    Raises
    ------
    InputError
        If the lyric has fewer than two different words in place.
    """
    ranked = ranked_units(lyric, explanation)
    if len(ranked) < _FEWEST_WORDS:
        raise InputError(
            f"The lyric has {len(ranked)} word that could be taken away; at least "
            f"{_FEWEST_WORDS} are needed."
        )
    counts = [min(max(1, round(share * len(ranked))), len(ranked) - 1) for share in shares]
    chosen = [set(ranked[:count]) for count in counts]
    for _ in range(draws):
        shuffled = [ranked[index] for index in generator.permutation(len(ranked))]
        chosen += [set(shuffled[:count]) for count in counts]
    asked = [lyric]
    for units in chosen:
        asked += [without(lyric, units), only(lyric, units)]
    place = classifier.predict([lyric])[0].labels.index(explanation.genre)
    answers = np.array([p.probabilities[place] for p in classifier.predict(asked)])
    drops = (answers[0] - answers[1:]).reshape(1 + draws, len(counts), 2).mean(axis=1)
    by_chance = drops[1:].mean(axis=0)
    return Faithfulness(*map(float, drops[0]), *map(float, by_chance))


def ranked_units(lyric: Lyrics, explanation: Explanation) -> list[Unit]:
    """Every different word in place, the one that pushed most first; repeats are added up."""
    sums: dict[Unit, float] = {}
    for line, values in zip(lyric.lines, explanation.words, strict=True):
        for index, value in enumerate(values):
            unit = (line.text.casefold(), index)
            sums[unit] = sums.get(unit, 0.0) + (value or 0.0)
    return sorted(sums, key=lambda unit: -sums[unit])


def without(lyric: Lyrics, units: set[Unit]) -> Lyrics:
    """The lyric with these words taken away."""
    return lyric.with_words(
        [
            [(line.text.casefold(), index) not in units for index in range(len(line.words))]
            for line in lyric.lines
        ]
    )


def only(lyric: Lyrics, units: set[Unit]) -> Lyrics:
    """The lyric with nothing but these words."""
    return lyric.with_words(
        [
            [(line.text.casefold(), index) in units for index in range(len(line.words))]
            for line in lyric.lines
        ]
    )


def faithfulness_assignment(request: Request) -> Assignment:
    """The faithfulness of explanations on a file of songs with genres.

    A lyric of a single word, of which nothing can be taken away, counts as 0.
    """
    songs = genre_songs(request.data, request.limit, request.seed)

    def subject(name: str) -> Subject:
        model = loaded(name, request.preset, request.load)

        def answer(numbers: Sequence[int]) -> list[dict[str, Any]]:
            return [_row(model, songs.lyrics[n], request.seed + n) for n in numbers]

        return model_subject(name, request.preset, model, answer, 1)

    def table(rows: list[dict[str, Any]]) -> Any:
        found = songs.table.copy()
        found.insert(2, "prediction", [row["prediction"] for row in rows])
        for metric in FAITHFULNESS_METRICS:
            (column,) = metric.needs
            found[column] = [float(row[column]) for row in rows]
        return found, FAITHFULNESS_METRICS

    return assignment_over(songs, subject, table, part="faithfulness")


def _row(model: Any, lyric: Lyrics, seed: int) -> dict[str, Any]:
    found = explain(model, lyric)
    row: dict[str, Any] = {"prediction": found.genre, "completeness_gap": abs(found.gap)}
    try:
        measured = faithfulness(model, lyric, found, np.random.default_rng(seed))
    except InputError:  # a lyric of one word: nothing can be taken away
        measured = Faithfulness(0.0, 0.0, 0.0, 0.0)
    row |= {
        "comprehensiveness": measured.comprehensiveness,
        "sufficiency": measured.sufficiency,
        "comprehensiveness_random": measured.comprehensiveness_random,
        "sufficiency_random": measured.sufficiency_random,
        "comprehensiveness_gain": measured.comprehensiveness - measured.comprehensiveness_random,
        "sufficiency_gain": measured.sufficiency_random - measured.sufficiency,
    }
    return row


TASK = Task(
    name="faithfulness",
    title="Faithfulness of explanations",
    songs="Songs with columns lyrics and genre",
    extensions=EXTENSIONS,
    models=explainable,
    assignment=faithfulness_assignment,
    headline="comprehensiveness-gain",
    sheets=True,
    recorded_as="genre",
)
