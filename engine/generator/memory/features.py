"""What is known where a chord is to be said: the experts' answers, their record, the place.

One definition for training and for serving. Experts are of two kinds: distributions over all chords
(counts of songs in general, with and without the song's own past), and single chords copied from
earlier lines that stand where this one does, each with its record in this song so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.generator.controls import COMPLEXITIES
from engine.generator.memory.counts import ChordCounts
from engine.generator.memory.outline import Outline
from engine.generator.memory.past import FARTHEST, Past
from engine.generator.vocabulary import METRES, MODES, Vocabulary
from engine.lyrics.prosody import is_weak

Array = np.ndarray[Any, Any]

LAGS = (*range(1, 17), 20, 24, 32)
COPIES = len(LAGS) + 3 + 2  # earlier lines, like-labelled lines, repetitions of chords
RECORD = 4  # numbers told of each copy
DENSE = 4  # distributions: those of `Counts`, and the last of them with the song's past
GENERAL = (0, 1, 2)  # which of them do not know the song's past
SECTIONS = (None, "verse", "chorus", "bridge", "other", "intro", "outro")
_FORGETTING = 0.97  # a record's weight of one chord ago


@dataclass(frozen=True)
class Facts:
    """What is known of a song before its first chord.

    Attributes
    ----------
    genre : int
        Index into `engine.generator.vocabulary.Vocabulary.genres`.
    outline : Outline
    final : int
        The sung line that ends the song, or the earlier one whose chords it has.
    """

    mode: str
    genre: int
    complexity: str
    metre: str
    outline: Outline
    final: int


@dataclass(frozen=True)
class Features:
    """What is known at one place.

    Attributes
    ----------
    dense : array of float32 (DENSE, chords)
        Log-probabilities.
    copies : array of int16 (COPIES,)
        The chord each copy says, -1 for none.
    records : array of float32 (COPIES, RECORD)
        Of each copy: its success so far, its streak, whether its chord stands as far into the line,
        whether it was right on the line so far.
    place : array of int16
        Categories, see `cardinalities`.
    """

    dense: Array
    copies: Array
    records: Array
    place: Array


def cardinalities(chords: int, genres: int) -> tuple[int, ...]:
    """How many values each category of `Features.place` has."""
    before = chords + 2
    counts = (len(MODES), genres, len(COMPLEXITIES), len(METRES), len(SECTIONS))
    return (*counts, 8, 25, 26, 3, 2, before, before, before, 41, before, 17, 2, 9, 9)


def genre_index(vocabulary: Vocabulary, genre: str | None) -> int:
    """A genre's own category, its nearest neighbour's, or that of unknown ones."""
    return vocabulary.genres.index(vocabulary.genre_token(genre).removeprefix("genre:"))


@dataclass(frozen=True)
class Counts:
    """The long-term models, by what was counted.

    Attributes
    ----------
    songs : ChordCounts
        Chords of songs with words.
    lines : ChordCounts
        The same, with beginnings of lines among the chords.
    everything : ChordCounts
        Chords of songs with words and of progressions without.
    """

    songs: ChordCounts
    lines: ChordCounts
    everything: ChordCounts


class SongMemory:
    """A song as far as it is written; tells the features of the next chord.

    Call `begin` for each line, then for each of its chords `features` and `accept`.
    """

    def __init__(self, counts: Counts, facts: Facts) -> None:
        self._counts = counts
        self._facts = facts
        self._history: list[int] = []  # chords
        self._with_lines: list[int] = []  # chords and line beginnings
        self._lines: dict[int, tuple[tuple[int, int], ...]] = {}  # (word, chord)
        self._record = np.zeros((3, COPIES))  # successes, tries, streak
        self._number = -1  # the line that is being written; none yet

    def copy(self) -> SongMemory:
        """The same song, to be continued in another way."""
        other = copy(self)
        other._history = list(self._history)
        other._with_lines = list(self._with_lines)
        other._lines = dict(self._lines)
        other._line = list(self._line)
        return other

    @property
    def swinging(self) -> int | None:
        """The chord that would come back a second time by turns with the last one: Y after XYX."""
        if len(self._history) < 3 or self._history[-3] != self._history[-1]:
            return None
        return self._history[-2]

    def begin(self, number: int, words: Sequence[str]) -> None:
        """Begin a line: its number in the outline, and its words."""
        if self._number >= 0:
            self._lines[self._number] = tuple(self._line)
        self._with_lines.append(self._counts.lines.line)
        self._number = number
        self._words = words
        self._line: list[tuple[int, int]] = []
        self._right = np.ones(COPIES, bool)
        outline = self._facts.outline
        self._sources = [self._lines.get(line) for line in outline.sources(number, LAGS)]
        self._place_in_run = outline.place(number)
        self._look_back()

    def _look_back(self) -> None:
        """Find what the experts that copy say of the next chord."""
        said = len(self._line)
        self._past = Past.of(self._history)
        self._copies = np.full(COPIES, -1, np.int16)
        self._copied_from = np.full(COPIES, -9, np.int16)
        for number, source in enumerate(self._sources):
            if source is not None and said < len(source):
                self._copied_from[number], self._copies[number] = source[said]
        self._copies[-2:] = self._past.repetitions

    def features(self, position: int) -> Features:
        """What is known of a chord at a word of the line (its number of words: behind them)."""
        counts = self._counts
        general = counts.everything.distribution(self._history)
        dense = np.stack(
            [
                counts.songs.distribution(self._history),
                counts.lines.distribution(self._with_lines),
                general,
                self._past.blended(general),
            ]
        )
        return Features(
            np.log(np.maximum(dense, 1e-12)).astype(np.float32),
            self._copies,
            self._records(position),
            self._place(position),
        )

    def _records(self, position: int) -> Array:
        successes, tries, streak = self._record
        near = (np.abs(self._copied_from - position) <= 1).astype(np.float64)
        near[-2] = self._past.matched / FARTHEST
        found = np.stack(
            [(successes + 0.5) / (tries + 1.5), np.minimum(streak, 8) / 8, near, self._right], 1
        )
        found[self._copies < 0] = 0.0
        return found.astype(np.float32)

    def _place(self, position: int) -> Array:
        facts, words = self._facts, len(self._words)
        start = self._counts.songs.beginning
        before = [start] * (3 - len(self._history)) + self._history[-3:]
        section = facts.outline.lines[self._number].section
        place, length = self._place_in_run
        weak = int(is_weak(self._words[position])) if position < words else 2
        return np.array(
            [
                MODES.index(facts.mode),
                facts.genre,
                COMPLEXITIES.index(facts.complexity),
                METRES.index(facts.metre),
                SECTIONS.index(section) if section in SECTIONS else 0,
                min(len(self._line), 7),
                min(position, 24),
                min(words, 25),
                weak,
                self._number == facts.final,
                *before[::-1],
                min(len(self._lines), 40),
                self._history[0] if self._history else start,
                min(place, 16),
                place == length - 1,
                8 * position // max(1, words),
                min(len(self._lines[max(self._lines)]), 8) if self._lines else 0,
            ],
            np.int16,
        )

    def accept(self, position: int, chord: int) -> None:
        """Take a chord as said."""
        there = self._copies >= 0
        right = there & (self._copies == chord)
        successes, tries, streak = self._record
        self._record = np.stack(
            [
                np.where(there, successes * _FORGETTING + right, successes),
                np.where(there, tries * _FORGETTING + 1, tries),
                np.where(there, (streak + 1) * right, streak),
            ]
        )
        self._right = self._right & right
        self._history.append(chord)
        self._with_lines.append(chord)
        self._line.append((position, chord))
        self._look_back()
