"""Chords drawn one after another from the mix of memory and decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.generator.decoder import DecoderSong
from engine.generator.draft import Slot
from engine.generator.memory.features import SongMemory
from engine.generator.memory.model import ChordMemory, normalised
from engine.generator.palette import Palette

# Chords this much less likely than the likeliest are not drawn, min-p sampling: Nguyen et al. 2024
# (arXiv:2407.01082). A nucleus of .98 before let through what no song does: on 90 validation songs
# .9% of the steps from chord to chord were all but unknown in the training songs, with humans .2%;
# now .2% are, while chords can be drawn so much livelier that songs swing between two less often.
MIN_P = 0.065
_FORBIDDEN = -1e9
# A song that has swung between two chords is read as one that swings, and goes on. So many nats
# less for the fourth chord of X-Y-X-Y, chosen on 60 validation songs: .12 of four chords then do
# so, as with humans (.12), not .20. A repetition penalty: Keskar et al. 2019 (arXiv:1909.05858).
SWING = 0.7

Array = np.ndarray[Any, Any]


class Mix:
    """How likely each chord is at a place: memory with and without the song's past, and decoder.

    Parameters
    ----------
    variety : float
        The weight of what songs in general do; see `engine.generator.controls.Controls`.
    """

    def __init__(self, memory: ChordMemory, palette: Palette, variety: float) -> None:
        self._memory = memory
        self._variety = variety
        self.palette = palette

    def log_probabilities(
        self, songs: Sequence[SongMemory], position: int, said: Array | None = None
    ) -> Array:
        """Log-probabilities (songs, chords) of the next chord at a word of the line.

        Parameters
        ----------
        said : array, optional
            The decoder's log-probabilities (chords,).
        """
        rows = [song.features(position) for song in songs]
        found = np.zeros(1)
        for past, share in ((True, 1 - self._variety), (False, self._variety)):
            if share == 0:
                continue
            own = self._memory.log_probabilities(rows, past=past)
            if said is not None:
                own = self._memory.mixed(own, said, past=past)
            found = found + share * own
        return normalised(found)

    def possible(self, scores: Array, slot: Slot, before: int | None) -> Array:
        """Scores (chords,) with what the slot does not allow, or would restate, forbidden."""
        allowed = self.palette.allowed if slot.allowed is None else slot.allowed
        if before is not None:
            other = allowed & ~self.palette.alike(before)
            allowed = other if other.any() else allowed
        return np.where(allowed, scores + self.palette.leaning, _FORBIDDEN)


def drawn(
    scores: Array, temperature: float, random: np.random.Generator, *, min_p: float = MIN_P
) -> int:
    """An index drawn from scores: the greatest at temperature 0, else by min-p sampling."""
    if temperature <= 0:
        return int(scores.argmax())
    # Below a hundredth, differences of scores would overflow; the draw is greedy long before.
    probability = np.exp(normalised(scores / max(temperature, 0.01)))
    probability[probability < min_p * probability.max()] = 0.0
    return int(random.choice(len(probability), p=probability / probability.sum()))


def restrained(scores: Array, memory: SongMemory) -> Array:
    """Scores (chords,) with less for a chord that would make the song swing between two."""
    chord = memory.swinging
    if chord is None:
        return scores
    found = scores.copy()
    found[chord] -= SWING
    return found


class LineDrawing:
    """One way in which a line, and what is kept after it, may go.

    Attributes
    ----------
    memory : SongMemory
    chords : list of int
        One for each slot so far.
    likelihood : float
        Sum of the log-probabilities of the chords drawn.
    fit : float
        That of the kept chords after one that was drawn.
    """

    def __init__(self, memory: SongMemory) -> None:
        self.memory = memory
        self.chords: list[int] = []
        self.likelihood = 0.0
        self.fit = 0.0


def drawn_line(
    mix: Mix,
    memory: SongMemory,
    slots: Sequence[Slot],
    temperature: float,
    random: np.random.Generator,
    decoder: DecoderSong | None,
) -> list[int]:
    """The chords of a line whose slots are free, or kept before the first that is free."""
    chords: list[int] = []
    for slot in slots:
        if slot.index is None:
            said = decoder.log_probabilities(slot.word) if decoder else None
            scores = mix.log_probabilities([memory], slot.word, said)[0]
            scores = mix.possible(scores, slot, chords[-1] if chords else None)
            chords.append(drawn(restrained(scores, memory), temperature, random))
        else:
            chords.append(slot.index)
        memory.accept(slot.word, chords[-1])
        if decoder:
            decoder.accept(slot.word, chords[-1])
    return chords


def fitting_line(
    mix: Mix,
    memory: SongMemory,
    slots: Sequence[Slot],
    following: Sequence[tuple[int, Sequence[str], Sequence[tuple[int, int]]]],
    temperature: float,
    random: np.random.Generator,
    ways: int,
) -> list[int]:
    """The chords of a line after which something is kept: what follows has a say.

    As many ways are drawn as asked for, each from what stands before it; one of them is then chosen
    by how likely the kept chords are after it (sampling importance resampling, Rubin 1987). The
    memory alone is asked: it can go on from any way at once.

    Parameters
    ----------
    following : sequence of (line, words, chords)
        Lines after this one with their kept (word, chord) pairs, the nearest first.
    """
    found = [LineDrawing(memory.copy()) for _ in range(ways if temperature > 0 else 4 * ways)]
    lively = temperature if temperature > 0 else 1.0
    for slot in slots:
        scores = mix.log_probabilities([way.memory for way in found], slot.word)
        for way, own in zip(found, scores, strict=True):
            if slot.index is None:
                before = way.chords[-1] if way.chords else None
                possible = normalised(mix.possible(own, slot, before))
                chord = drawn(restrained(possible, way.memory), lively, random)
                way.likelihood += float(possible[chord])
            else:
                chord = slot.index
                way.fit += float(own[chord])
            way.chords.append(chord)
            way.memory.accept(slot.word, chord)
    for line, words, chords in following:
        for way in found:
            way.memory.begin(line, words)
        for word, chord in chords:
            scores = mix.log_probabilities([way.memory for way in found], word)
            for way, own in zip(found, scores, strict=True):
                way.fit += float(own[chord])
                way.memory.accept(word, chord)
    if temperature <= 0:
        return max(found, key=lambda way: way.likelihood + way.fit).chords
    return found[drawn(np.array([way.fit for way in found]), 1.0, random, min_p=0.0)].chords


def with_hindsight(
    mix: Mix,
    memory: SongMemory,
    position: int,
    scores: Array,
    following: Sequence[tuple[int, Sequence[str], Sequence[tuple[int, int]]]],
    horizon: int,
    most: int = 24,
) -> list[tuple[int, float]]:
    """Chords for one place with their probabilities, the likeliest first.

    Parameters
    ----------
    scores : array (chords,)
        What stands before says of them; the `most` likeliest are looked at.
    following : sequence of (line, words, chords)
        What is kept behind: first the rest of the line itself, then the lines after it.
    horizon : int
        How many kept chords have a say.
    """
    likely = [int(chord) for chord in np.argsort(-scores, kind="stable")[:most]]
    likely = [chord for chord in likely if scores[chord] > _FORBIDDEN / 2]
    ways = [memory.copy() for _ in likely]
    fits = np.array([scores[chord] for chord in likely])
    for way, chord in zip(ways, likely, strict=True):
        way.accept(position, chord)
    left = horizon
    for number, (line, words, chords) in enumerate(following):
        for way in ways:
            if number:
                way.begin(line, words)
        for word, chord in chords[: max(left, 0)]:
            after = mix.log_probabilities(ways, word)
            fits += after[:, chord]
            for way in ways:
                way.accept(word, chord)
        left -= len(chords)
    shares = np.exp(normalised(fits))
    order = np.argsort(-shares, kind="stable")
    return [(likely[at], float(shares[at])) for at in order]
