"""The trained memory: counts, networks and their card, read from one folder; no torch needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import WeightsError
from engine.generator.memory.counts import ChordCounts
from engine.generator.memory.features import DENSE, GENERAL, Counts, Facts, Features, SongMemory
from engine.generator.memory.network import Mixture
from engine.generator.vocabulary import Vocabulary
from engine.models.card import ModelCard

NAME = "chord-memory"
COUNTS_FILE = "counts.safetensors"
NETWORKS_FILE = "networks.safetensors"
RECALLING = "recalling"  # networks that read the song's own past
GENERAL_NETWORK = "general"  # the network that does not

Array = np.ndarray[Any, Any]


class ChordMemory:
    """What many songs do, and what this song has done so far.

    Parameters
    ----------
    folder : Path
        With counts, networks, vocabulary and card.

    Raises
    ------
    WeightsError
        If a file is missing or not the card's.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file

        self.card = ModelCard.read(folder)
        self.card.verify(folder)
        self.vocabulary = Vocabulary.read(folder)
        size = len(self.vocabulary.chords)
        try:
            tables = load_file(folder / COUNTS_FILE)
            weights = load_file(folder / NETWORKS_FILE)
            self.counts = Counts(
                *(
                    ChordCounts.of_tensors(tables, name, size)
                    for name in ("songs", "lines", "everything")
                )
            )
            # How much likelier chords are in progressions of a genre: (genres, modes, chords).
            self.styles: Array = tables["styles"].astype(np.float64)
            self._recalling = [
                Mixture(part, range(DENSE), recalling=True)
                for part in _parts(weights, RECALLING).values()
            ]
            self._general = [
                Mixture(part, GENERAL, recalling=False)
                for part in _parts(weights, GENERAL_NETWORK).values()
            ]
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(
                f"The chord memory in {folder} could not be loaded ({error}); "
                f"restore it with `git checkout -- models`."
            ) from None

    def song(self, facts: Facts) -> SongMemory:
        """A song that is about to be written."""
        return SongMemory(self.counts, facts)

    def log_probabilities(self, rows: Sequence[Features], *, past: bool) -> Array:
        """Log-probability of each chord, (rows, chords), with the song's own past or without it."""
        networks = self._recalling if past else self._general
        return normalised(np.mean([one.log_probabilities(rows) for one in networks], 0))

    def mixed(self, memory: Array, decoder: Array, *, past: bool) -> Array:
        """The memory's log-probabilities joined with the decoder's, each (..., chords).

        Log-linear; the weights were learnt on validation songs and stand on the card.
        """
        own, other = self.card.config["shares"]["past" if past else "general"]
        return normalised(own * memory + other * decoder)


def normalised(scores: Array) -> Array:
    """Log-probabilities from scores (..., chords)."""
    top = scores.max(-1, keepdims=True)
    return scores - top - np.log(np.exp(scores - top).sum(-1, keepdims=True))


def _parts(weights: Mapping[str, Array], name: str) -> dict[str, dict[str, Array]]:
    """``recalling.0.hidden.0.weight`` and so on, by network."""
    found: dict[str, dict[str, Array]] = {}
    for key, values in weights.items():
        kind, number, rest = key.split(".", 2)
        if kind == name:
            found.setdefault(number, {})[rest] = values
    if not found:
        raise KeyError(name)
    return found
