"""One genre model's answer to one lyric."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.models.card import ModelCard

GENRES = (
    "blues",
    "country",
    "electronic",
    "folk",
    "hip-hop",
    "jazz",
    "metal",
    "pop",
    "punk",
    "r&b",
    "reggae",
    "rock",
)


@dataclass(frozen=True)
class Prediction:
    """Probabilities over genres from one model.

    Attributes
    ----------
    model, base : str
        The slot's name (``"llama"``) and the base that really ran (``"SmolLM2-135M"``).
    labels : tuple of str
        Genre names, in the order of `probabilities`.
    probabilities : tuple of float
        Sums to 1.
    seconds : float
        Wall time of the forward pass; in a batch, the batch's time divided by its songs.
    tags : tuple of (str, float)
        Fine-grained tags with independent probabilities, most probable first; only from
        models that have them.
    pooled : tuple of str
        The models whose answers were pooled into this one; empty for a model's own.
    doubt_below : float
        Below this probability of its genre an answer is no better than none; see `in_doubt`.
    """

    model: str
    base: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    seconds: float
    tags: tuple[tuple[str, float], ...] = ()
    pooled: tuple[str, ...] = ()
    doubt_below: float = 0.0

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.probabilities):
            raise ValueError(
                f"{len(self.labels)} labels came with {len(self.probabilities)} probabilities."
            )
        if not math.isclose(sum(self.probabilities), 1.0, abs_tol=1e-4):
            raise ValueError(f"Probabilities sum to {sum(self.probabilities):.6f}, not 1.")

    @property
    def label(self) -> str:
        """The most probable genre."""
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        """The probability of `label`."""
        return self.ranked[0][1]

    @property
    def in_doubt(self) -> bool:
        """Whether the words do not tell: on validation such answers were wrong too often."""
        return self.confidence < self.doubt_below

    @property
    def ranked(self) -> list[tuple[str, float]]:
        """(genre, probability), most probable first."""
        pairs = zip(self.labels, self.probabilities, strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])

    def as_dict(self) -> dict[str, Any]:
        """The JSON form the command line and the download give."""
        return {
            "model": self.model,
            "base": self.base,
            "label": self.label,
            "in_doubt": self.in_doubt,
            "probabilities": dict(zip(self.labels, self.probabilities, strict=True)),
            "seconds": self.seconds,
        }


class GenreClassifier(Protocol):
    """What every genre model offers; the conformance suite in the tests holds each to it."""

    name: str
    base: str
    card: ModelCard

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One `Prediction` per lyric, in order; an empty sequence gives an empty list."""
        ...


Loader = Callable[[str, str], GenreClassifier]
"""(name, preset) to a loaded model."""
