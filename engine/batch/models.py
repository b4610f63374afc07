"""Which models answer a table: the genre models, and their answers pooled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from engine.classifiers import CLASSIFIERS
from engine.classifiers.combined import NAME as COMBINED
from engine.classifiers.combined import combine, combined_card
from engine.errors import InputError
from engine.models.card import CARD, ModelCard, sha256
from engine.models.folders import models_folder
from engine.models.presets import slot

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Prediction
    from engine.lyrics import Lyrics

MODELS = (*CLASSIFIERS, COMBINED)
Predict = Callable[["Sequence[Lyrics]"], "list[Prediction]"]
Loader = Callable[[str, str], "GenreClassifier"]


def revision(model: str, preset: str) -> str:
    """12 hex digits for each card that the answers depend on: of the model and those it asks."""
    names = dict.fromkeys((*_members(model), *chain(*map(_asked_by, _members(model)))))
    folders = [slot(name, preset).folder for name in names]
    if model == COMBINED:
        folders.insert(0, models_folder() / COMBINED)
    return "-".join(sha256(folder / CARD)[:12] for folder in folders if (folder / CARD).exists())


def _asked_by(model: str) -> tuple[str, ...]:
    """Models that a model asks itself."""
    return ("bilstm-gru",) if model == "roberta" else ()


def card_of(model: str, preset: str) -> ModelCard:
    """A model's card; `InputError` or `WeightsError` if it is not there."""
    if model != COMBINED:
        return ModelCard.read(slot(model, preset).folder)
    card = combined_card()
    if card is None:
        raise InputError(
            "The combined answer is not there: models/combined/card.json is missing; "
            f"models are {', '.join(CLASSIFIERS)}."
        )
    if preset != "embedded":
        raise InputError("The combined answer was fitted to the embedded preset; choose that.")
    return card


def _members(model: str) -> list[str]:
    """The models whose answers make up a model's."""
    card = combined_card() if model == COMBINED else None
    return [name for name, weight in card.config["weights"].items() if weight] if card else [model]


def predictor(model: str, preset: str, load: Loader) -> Predict:
    """Load what a model needs; the function that gives its answers."""
    card = combined_card() if model == COMBINED else None
    if card is None:
        return load(model, preset).predict
    members = [load(name, preset) for name in _members(model)]

    def predict(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        answers = [member.predict(lyrics) for member in members]
        return [combine(of_one, card) for of_one in zip(*answers, strict=True)]

    return predict
