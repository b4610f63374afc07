"""Ranks the words that may carry a chord: a small network over `SongPlaces`, without torch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.generator.placement.song import END, PlacementFacts, SongPlaces
from engine.models.card import ModelCard

NAME = "chord-placement"
FILE = "model.safetensors"
TOP_P = 0.9  # nucleus sampling: Holtzman et al. 2020 (arXiv:1904.09751)
# What a song has done feeds its next line, so that drawn songs grow busier than those learnt from.
# In nats, chosen on 60 validation songs: lines then change as often as those of humans (1.86 and
# 1.85), on function words nearly so (.18 and .21).
ENDING = 0.5  # a line's end is this much likelier
WEAK = 0.5  # a function word is this much less likely
MOST_UNASKED = 8  # chords on one line when no count is asked for
MOST_PER_WORD = 2

Array = np.ndarray[Any, Any]


class PlacementRanker:
    """What `train.chord_placement` learned.

    Parameters
    ----------
    weights : mapping of str to array
        ``weight.0``, ``bias.0``, ... of the layers, float32.
    genres : sequence of str
        Those it knows; the first is "unknown".
    """

    def __init__(self, weights: dict[str, Array], genres: Sequence[str]) -> None:
        self.genres = tuple(genres)
        self._layers = [
            (weights[f"weight.{layer}"].T.copy(), weights[f"bias.{layer}"])
            for layer in range(len(weights) // 2)
        ]

    @classmethod
    def read(cls, folder: Path) -> PlacementRanker:
        """Read the weights and their card; `WeightsError` if they are missing or corrupt."""
        from safetensors.numpy import load_file

        card = ModelCard.read(folder)
        card.verify(folder)
        return cls(load_file(folder / FILE), card.labels)

    def song(self, facts: PlacementFacts) -> SongPlaces:
        """The places of a song, none told yet."""
        return SongPlaces(facts, len(self.genres))

    def genre(self, name: str | None) -> int:
        """The index of a genre; 0 for one it does not know."""
        return self.genres.index(name) if name in self.genres else 0

    def log_probabilities(self, song: SongPlaces) -> Array:
        """How likely each of the song's candidates is next, shape (candidates,)."""
        return log_softmax(self._scores(song.features()))

    def places(
        self,
        song: SongPlaces,
        random: np.random.Generator,
        *,
        count: int | None = None,
        fixed: Collection[int] = (),
        first: bool = False,
        temperature: float = 0.8,
    ) -> list[int]:
        """Draw the places of the chords of the line that was begun, and tell them to the song.

        Ends and words that carry a meaning are favoured a little, see `ENDING` and `WEAK`.

        Parameters
        ----------
        count : int or None
            How many, as far as there is room: two a word and two behind the last one; None lets
            the words tell, with at most one on a word.
        fixed : collection of int
            Words that carry one whatever the words say.
        first : bool
            Whether there is at least one.
        temperature : float
            0 takes the most probable place each time.
        """
        owed = sorted(fixed)
        if count is not None:
            count = min(count, capacity(song.words))
        while True:
            candidates = song.candidates()
            allowed = self._allowed(candidates, song.placed, owed, count, first=first)
            logits = self._scores(song.features()).astype(np.float64)
            logits[-1] += ENDING
            logits -= WEAK * song.weak()
            logits[~allowed] = -np.inf
            place = candidates[_drawn(logits, temperature, random)]
            song.put(place)
            if place == END:
                return list(song.placed)
            if owed and place == owed[0]:
                owed.pop(0)

    def _allowed(
        self,
        candidates: Sequence[int],
        placed: Sequence[int],
        owed: Sequence[int],
        count: int | None,
        *,
        first: bool,
    ) -> Array:
        """Which candidates leave room for what is owed."""
        last = candidates[-2]  # behind the last word
        left = None if count is None else count - len(placed)
        wanted = len(owed) if left is None else max(left, len(owed))
        allowed = np.zeros(len(candidates), bool)
        for at, place in enumerate(candidates):
            if place == END:
                is_done = not owed and (left is None or left <= 0)
                allowed[at] = is_done and (bool(placed) or not first)
                continue
            if left is not None and left <= 0 and not owed:
                continue
            if left is None and len(placed) >= MOST_UNASKED and not owed:
                continue
            is_owed = bool(owed) and place == owed[0]
            if owed and (place > owed[0] or (len(owed) >= wanted and not is_owed)):
                continue
            held = list(placed).count(place)
            most = MOST_PER_WORD if count is not None or is_owed or place == last else 1
            behind = MOST_PER_WORD * (last + 1 - place) - held - 1
            allowed[at] = held < most and (count is None or behind >= wanted - 1)
        if not allowed.any():  # more are asked for than there is room
            allowed[-1] = True
        return allowed

    def _scores(self, features: Array) -> Array:
        hidden = features
        for number, (weight, bias) in enumerate(self._layers):
            hidden = hidden @ weight + bias
            if number < len(self._layers) - 1:
                with np.errstate(over="ignore"):  # far below 0 it is 0
                    hidden = hidden / (1 + np.exp(-hidden))  # SiLU
        return hidden[:, 0]


def capacity(words: int) -> int:
    """How many chords fit on a line: two a word, and two after the last."""
    return MOST_PER_WORD * (words + 1)


def log_softmax(scores: Array) -> Array:
    """Log-probabilities of scores."""
    shifted = scores - scores.max()
    return shifted - np.log(np.exp(shifted).sum())


def _drawn(logits: Array, temperature: float, random: np.random.Generator) -> int:
    if temperature <= 0:
        return int(logits.argmax())
    probabilities = np.exp((logits - logits.max()) / temperature)
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    probabilities[order[before >= TOP_P]] = 0
    return int(random.choice(len(probabilities), p=probabilities / probabilities.sum()))
