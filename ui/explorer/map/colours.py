"""What a map's colours stand for: a column, a group, what a model says, whether it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.corpora.store import UNKNOWN, Filters
from engine.errors import EngineError
from ui.explorer.answers.kept import comparison, shelf_of
from ui.explorer.opened import Source

if TYPE_CHECKING:
    import pandas as pd

    from engine.figures.song_map import Colouring
    from engine.similarity.maps import SongMap

GENRE, GROUP = "Genre", "Group"
_TEXTS = {
    "Artist": "artist",
    "Part of the data set": "source",
    "Music": "notation",
    "Key": "key",
}
_NUMBERS = {"Year": "year", "Words": "words", "Lines": "lines"}
_NO_ANSWER = "no answer"

Make = Callable[[], "Colouring"]


def colourings(chosen: Source, song_map: SongMap, facts: pd.DataFrame) -> dict[str, Make]:
    """Name to what makes the colours; `facts` has the map's songs in its order.

    A column that is empty in all of them is left out.
    """
    from engine.figures.song_map import by_kind, by_number

    found: dict[str, Make] = {}
    if any(facts["genre"].tolist()):
        found[GENRE] = lambda: by_kind(facts["genre"].tolist(), UNKNOWN)
    names = [cluster.name for cluster in song_map.clusters]
    found[GROUP] = lambda: by_kind([names[group] for group in song_map.groups], order=names)
    for model in shelf_of(chosen).answers():
        found[f"What {model} says"] = lambda model=model: by_kind(
            _told(chosen, model, facts), _NO_ANSWER
        )
        found[f"Whether {model} is right"] = lambda model=model: by_kind(
            _right(chosen, model, facts), "cannot be told"
        )
    for title, name in _NUMBERS.items():
        if len(set(facts[name].dropna().tolist())) > 1:
            found[title] = lambda name=name: by_number(_numbers(facts[name]))
    for title, name in _TEXTS.items():
        if len(set(facts[name].tolist())) > 1:
            found[title] = lambda name=name: by_kind(facts[name].tolist())
    return found


def _told(chosen: Source, model: str, facts: pd.DataFrame) -> list[str]:
    """The model's answer to each song; "" where there is none."""
    try:
        known = comparison(chosen, Filters(), (model,))
    except EngineError:  # its answers are to none of these songs
        return [""] * len(facts)
    return _by_row(known.songs["row"], known.predictions(model), facts)


def _right(chosen: Source, model: str, facts: pd.DataFrame) -> list[str]:
    """Whether it says what the table says; "" where that cannot be told."""
    import numpy as np

    from engine.figures.song_map import RIGHT, WRONG

    try:
        known = comparison(chosen, Filters(), (model,))
    except EngineError:
        return [""] * len(facts)
    said = np.where(known.wrong(model), WRONG, RIGHT)
    return _by_row(known.songs["row"], np.where(known.judged(model), said, ""), facts)


def _by_row(rows: Any, values: Any, facts: pd.DataFrame) -> list[str]:
    by_row = dict(zip(rows.tolist(), values.tolist(), strict=True))
    return [str(by_row.get(row, "")) for row in facts["row"].tolist()]


def _numbers(column: Any) -> list[float | None]:
    return [None if value != value else float(value) for value in column.astype(float).tolist()]  # noqa: PLR0124 - NaN
