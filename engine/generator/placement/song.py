"""What is known of each word that may carry the next chord; one definition to learn and to serve.

A line is told chord by chord: each time one of the words from the last chord on, the place behind
the last word, or `END`, that no chord comes any more. A candidate is described by the line (where
it stands in the song, how many chords lines have had), by the word (stress, syllables, function
word, distance from the last chord), and by earlier lines that this one may be like: where their
chord of the same number stands, counted in syllables, and how well that told the places so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from engine.generator.controls import COMPLEXITIES
from engine.generator.vocabulary import METRES, MODES
from engine.lyrics import line_key
from engine.lyrics.prosody import is_weak, stressed_syllable, syllables
from engine.music.form import PLANS, Form

END = -1  # no further chord on the line

Array = np.ndarray[Any, Any]

_LAGS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16)
_SOURCES = len(_LAGS) + 5
_TOLD = 6  # numbers for each source
_WEAK = 5  # the column of `_Words.local` that tells function words
_SECTIONS = (None, "verse", "chorus", "bridge", "intro", "outro")  # others count as one more
_FORGETTING = 0.97  # a record's weight of one chord ago
_NEAR = 0.4  # how much a place one syllable off counts as the same
_BREAK = (",", ".", ";", ":", "!", "?", "-", "–", "—", ")", "…")


@dataclass(frozen=True)
class PlacementFacts:
    """What is known of a song before its first chord.

    Attributes
    ----------
    genre : int
        Index among the genres that the ranker learnt.
    form : Form
        Its plan, of the same lines.
    """

    lines: tuple[tuple[str, ...], ...]
    form: Form
    mode: str
    complexity: str
    metre: str
    genre: int


@dataclass(frozen=True)
class _Words:
    """A line as placement sees it: numbers for each word."""

    words: tuple[str, ...]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Syllables before each word, and at last all of them."""
        return (0, *accumulate(map(syllables, self.words)))

    @cached_property
    def local(self) -> Array:
        """What is known of each place and at last of `END`, whatever was placed."""
        words, count = self.words, len(self.words)
        weak = [float(is_weak(word)) for word in words]
        content = [at for at in range(count) if not weak[at]]
        rows: list[list[float]] = []
        for at in range(count + 1):
            is_word = at < count
            before_weak = weak[at - 1] if at else 0.0
            after_weak = weak[at + 1] if at + 1 < count else 0.0
            rows.append(
                [
                    0.0,
                    float(at == 0),
                    float(at == 1),
                    float(at == count),
                    float(at == count - 1),
                    weak[at] if is_word else 0.0,
                    before_weak,
                    float(is_word and weak[at] > 0 and at + 1 < count and not after_weak),
                    (syllables(words[at]) if is_word else 0) / 3,
                    stressed_syllable(words[at]) / 2 if is_word else 0.0,
                    float(at > 0 and words[at - 1].endswith(_BREAK)),
                    float(content[:1] == [at]),
                    float(content[-1:] == [at]),
                    self.starts[at] / max(1, self.starts[-1]),
                    (self.starts[-1] - self.starts[at]) / 16,
                ]
            )
        rows.append([1.0] + [0.0] * (len(rows[0]) - 1))
        return np.array(rows, np.float32)


@dataclass(frozen=True)
class _Told:
    """A finished line: its words and where its chords stand."""

    line: _Words
    places: tuple[int, ...]


class SongPlaces:
    """A song as far as its chords are placed.

    Call `begin` for each line, then for each of its chords and for its end `candidates`,
    `features` and `put`; `keep` tells a line whose places are given.
    """

    def __init__(self, facts: PlacementFacts, genres: int) -> None:
        self._facts = facts
        keys = [line_key(words) for words in facts.lines]
        self._first = [keys.index(key) for key in keys]
        self._told: dict[int, _Told] = {}
        self._counts: list[int] = []
        self._successes = np.zeros(_SOURCES)
        self._tries = np.zeros(_SOURCES)
        part_of = [number for number, part in enumerate(facts.form.parts) for _ in part.lines]
        self._part_of = part_of
        one_hot = np.zeros(len(MODES) + genres + len(COMPLEXITIES) + len(METRES), np.float32)
        at = MODES.index(facts.mode)
        one_hot[at] = 1
        one_hot[len(MODES) + facts.genre] = 1
        one_hot[len(MODES) + genres + COMPLEXITIES.index(facts.complexity)] = 1
        one_hot[len(MODES) + genres + len(COMPLEXITIES) + METRES.index(facts.metre)] = 1
        self._song = one_hot

    def copy(self) -> SongPlaces:
        """The same song, to be continued in another way."""
        other = copy(self)
        other._told = dict(self._told)
        other._counts = list(self._counts)
        other._successes = self._successes.copy()
        other._tries = self._tries.copy()
        return other

    def begin(self, number: int) -> None:
        """Begin a line of the song."""
        self._number = number
        self._line = _Words(self._facts.lines[number])
        self._placed: list[int] = []
        self._right = np.ones(_SOURCES)
        self._sources = [self._telling(other) for other in self._like(number)]

    def keep(self, number: int, places: Sequence[int]) -> None:
        """Tell a line whose chords stand already."""
        self.begin(number)
        for place in (*places, END):
            self.put(place)

    @property
    def words(self) -> int:
        """How many words the line has."""
        return len(self._line.words)

    @property
    def placed(self) -> tuple[int, ...]:
        """The places of the line's chords so far."""
        return tuple(self._placed)

    def candidates(self) -> list[int]:
        """The words from the last chord on, the place behind the last word, and `END`."""
        lowest = self._placed[-1] if self._placed else 0
        return [*range(lowest, len(self._line.words) + 1), END]

    def weak(self) -> Array:
        """Which candidates are function words, shape (candidates,)."""
        return self._line.local[np.array(self.candidates()), _WEAK] > 0

    def features(self) -> Array:
        """What is known of each candidate, shape (candidates, n)."""
        candidates = np.array(self.candidates())
        local = self._line.local[candidates]
        starts = np.array([*self._line.starts, 0])[candidates]
        lowest = self._placed[-1] if self._placed else -1
        gone = starts - (self._line.starts[lowest] if lowest >= 0 else 0)
        is_end = candidates == END
        gone[is_end] = 0
        left = self._line.starts[-1] - (self._line.starts[lowest] if lowest >= 0 else 0)
        moved = np.stack(
            [
                candidates == lowest,
                gone / 8,
                (gone == 4) & (lowest >= 0),
                (gone == 2) & (lowest >= 0),
                is_end * left / 16,
            ],
            1,
        )
        line = np.broadcast_to(self._line_features, (len(candidates), len(self._line_features)))
        told = self._told_by_sources(candidates, starts)
        return np.concatenate([line, local, moved, told], 1).astype(np.float32)

    @property
    def _line_features(self) -> Array:
        facts, number = self._facts, self._number
        part = facts.form.parts[self._part_of[number]]
        chords, words = len(self._placed), len(self._line.words)
        counts = self._counts
        plan = facts.form.lines[number]
        section = part.section
        known = section in _SECTIONS
        numbers = [
            min(chords, 8) / 4,
            *(float(chords == at) for at in range(4)),
            min(words, 36) / 12,
            min(self._line.starts[-1], 48) / 16,
            min(number, 40) / 20,
            float(number == 0),
            float(number == part.stop - 1),
            float(number == facts.form.final or self._first[facts.form.final] == number),
            sum(counts) / len(counts) / 4 if counts else -0.25,
            (counts[-1] if counts else -1) / 4,
            *(float(plan.plan == name) for name in PLANS),
            *(float(section == name) for name in _SECTIONS),
            float(not known),
        ]
        return np.concatenate([np.array(numbers, np.float32), self._song])

    def _told_by_sources(self, candidates: Array, starts: Array) -> Array:
        told = np.zeros((len(candidates), _SOURCES, _TOLD), np.float32)
        chord = len(self._placed)
        behind = candidates == len(self._line.words)
        for at, source in enumerate(self._sources):
            if source is None:
                continue
            if chord < len(source.places):
                place = source.places[chord]
                away = np.abs(starts - source.line.starts[place])
                is_behind = place == len(source.line.words)
                match = np.where(away == 0, 1.0, np.where(away == 1, _NEAR, 0.0))
                match[(away == 0) & (behind != is_behind)] = _NEAR
                match[candidates == END] = 0.0
                same_word = (candidates == place) & ~behind
            else:
                match = (candidates == END).astype(np.float64)
                same_word = candidates == END
            trust = (self._successes[at] + 0.5) / (self._tries[at] + 1.5)
            told[:, at] = np.stack(
                [
                    np.ones(len(candidates)),
                    match,
                    match * trust,
                    match * self._right[at],
                    match * trust * self._right[at],
                    same_word,
                ],
                1,
            )
        return told.reshape(len(candidates), -1)

    def put(self, place: int) -> None:
        """Take a chord as placed, or the line as ended."""
        chord = len(self._placed)
        for at, source in enumerate(self._sources):
            if source is None:
                continue
            if chord < len(source.places):
                theirs = source.line.starts[source.places[chord]]
                right = place != END and abs(self._line.starts[place] - theirs) <= 1
            else:
                right = place == END
            self._successes[at] = self._successes[at] * _FORGETTING + right
            self._tries[at] = self._tries[at] * _FORGETTING + 1
            self._right[at] *= right
        if place != END:
            self._placed.append(place)
            return
        self._counts.append(chord)
        self._told[self._number] = _Told(self._line, tuple(self._placed))

    def _like(self, number: int) -> list[int | None]:
        """Earlier lines that a line may be like: some lines before, then those of like parts."""
        form = self._facts.form
        at = self._part_of[number]
        part = form.parts[at]
        place = number - part.start
        lags = [number - lag if lag <= number else None for lag in _LAGS]
        labelled = [one for one in form.parts[:at] if one.section == part.section]
        lettered = [one for one in form.parts[:at] if one.letter == part.letter]
        found: list[int | None] = [form.lines[number].source]
        for parts in (labelled, lettered):
            found.append(_at(parts[-1:], place))
            found.append(_at(parts[-1:], place - len(part.lines)))
        return [*lags, *found]

    def _telling(self, number: int | None) -> _Told | None:
        """A line with its places, that of its first time where it was not told itself."""
        if number is None:
            return None
        told = self._told.get(number) or self._told.get(self._first[number])
        return told if told and told.places else None


def _at(parts: Sequence[Any], place: int) -> int | None:
    """The line at a place of a part, from its end where that is negative."""
    if not parts or not -len(parts[0].lines) <= place < len(parts[0].lines):
        return None
    return parts[0].lines[place]
