"""The finished song that Home opens on: one of the songbook's, with what the models said of it.

The models' answers lie beside this module, with the revisions that gave them, so that nothing has
to be loaded to show them; answers of other revisions than those that are here are not shown.
`make golden` asks the models anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from ui import resources

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.music.lead_sheet import LeadSheet

TITLE = "The Lamplighter of Carrow Quay"
ANSWERS = Path(__file__).with_suffix(".json")
_STANZAS = 2


@dataclass(frozen=True)
class Example:
    """A song, the part of it that Home shows and plays, and what the models say of its words."""

    sheet: LeadSheet
    beginning: LeadSheet
    predictions: tuple[Prediction, ...]


@cache
def example() -> Example:
    """The example; without answers where the models are others than those that gave them.

    Raises
    ------
    EngineError
        If the songbook cannot be read.
    """
    sheet = song()
    lines = tuple(line for line in sheet.lines if line.stanza < _STANZAS)
    return Example(sheet, replace(sheet, lines=lines), _answers(sheet.title))


def song() -> LeadSheet:
    """The song, whole."""
    return next(song for song in resources.songbook() if song.title == TITLE)


def revisions(names: list[str]) -> dict[str, str]:
    """What the models of these names answer with, as their cards on disk say."""
    return {name: resources.revision(name) for name in names}


def _answers(title: str) -> tuple[Prediction, ...]:
    from engine.classifiers.prediction import Prediction

    kept: dict[str, Any] = json.loads(ANSWERS.read_text("utf-8"))
    try:
        current = kept["title"] == title and kept["revisions"] == revisions([*kept["revisions"]])
    except EngineError:  # the Models and Genre pages say what is wrong with the weights
        current = False
    if not current:
        return ()
    return tuple(
        Prediction(
            answer["model"],
            answer["base"],
            tuple(answer["probabilities"]),
            tuple(answer["probabilities"].values()),
            answer["seconds"],
        )
        for answer in kept["answers"]
    )
