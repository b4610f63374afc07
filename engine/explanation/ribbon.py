"""A song's genre line by line: what a model says of each line, alone or among its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.errors import CancelledError
from engine.lyrics import Lyrics

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Prediction

_BATCH = 64


def line_lyrics(lyric: Lyrics, neighbours: int = 2) -> list[Lyrics]:
    """Each line with as many lines before and after it as `neighbours` says (0: alone).

    Stanzas stay as they are in the song; at its ends there are fewer neighbours.
    """
    lines = lyric.lines
    return [
        Lyrics(lines[max(0, index - neighbours) : index + neighbours + 1])
        for index in range(len(lines))
    ]


def line_predictions(
    classifier: GenreClassifier,
    lyric: Lyrics,
    neighbours: int = 2,
    cancelled: Callable[[], bool] | None = None,
) -> list[Prediction]:
    """One `Prediction` a line; what is sung twice in the same company is asked once.

    Raises
    ------
    CancelledError
        If it was cancelled.
    """
    parts = line_lyrics(lyric, neighbours)
    distinct = list({part.text: part for part in parts}.values())
    found: dict[str, Prediction] = {}
    for start in range(0, len(distinct), _BATCH):
        if cancelled and cancelled():
            raise CancelledError("The reading line by line was cancelled.")
        batch = distinct[start : start + _BATCH]
        answers = classifier.predict(batch)
        found.update((part.text, answer) for part, answer in zip(batch, answers, strict=True))
    return [found[part.text] for part in parts]
