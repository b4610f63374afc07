"""Genre classifiers, found by name and loaded on demand."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Loader, Prediction
    from engine.lyrics import Lyrics
    from engine.models.presets import Slot

CLASSIFIERS = {
    "llama": "engine.classifiers.llama:LlamaClassifier",
    "roberta": "engine.classifiers.roberta:RobertaClassifier",
    "bilstm-gru": "engine.classifiers.bilstm_gru:BilstmGruClassifier",
    "combined": "engine.classifiers.combined:CombinedClassifier",
}

# Models with a linear path beside their network, either of which can be asked alone.
PARTED = ("llama", "roberta", "bilstm-gru")
PARTS = ("network", "linear")
EARLY_EXIT = "early-exit"
"""A model asked so that its network is left out where its linear path is sure alone."""
EXITING = ("llama", "roberta")
_EARLY_EXIT = "engine.classifiers.early_exit:EarlyExit"


def part_name(name: str, part: str) -> str:
    """What one part of a model is called, such as ``llama/network``."""
    return f"{name}/{part}"


def model_of(name: str) -> str:
    """The model that a part belongs to; any other name is its own."""
    return name.partition("/")[0]


def part_of(name: str) -> str:
    """Which part of its model a name means; "" for the whole."""
    return name.partition("/")[2]


def _names(model: str) -> list[str]:
    parts = [*(PARTS if model in PARTED else ()), *([EARLY_EXIT] if model in EXITING else [])]
    return [model, *(part_name(model, part) for part in parts)]


# Every name that answers: each model, and after it its parts.
NAMES = tuple(name for model in CLASSIFIERS for name in _names(model))


def check_name(name: str) -> None:
    """`InputError` unless it is one of `NAMES`."""
    if name not in NAMES:
        raise InputError(f"There is no genre model '{name}'; models are {', '.join(NAMES)}.")


def load_classifier(
    name: str, preset: str = "embedded", load: Loader | None = None
) -> GenreClassifier:
    """Load one genre model; takes seconds, so callers keep what they get.

    Parameters
    ----------
    name : str
        One of `NAMES`; a part shares the weights of its model.
    load : callable, optional
        (name, preset) to a loaded model, for the models that this one reads: a caller that keeps
        models gives those. By default each is loaded, once.

    Raises
    ------
    InputError
        If no model or preset has that name.
    WeightsError
        If its weights are missing or corrupt.
    """
    from engine.models.presets import slot

    check_name(name)
    load = load or loading_once()
    if part := part_of(name):
        whole: Any = load(model_of(name), preset)
        if part == EARLY_EXIT:
            return _imported(_EARLY_EXIT)(whole)
        return whole.part(part)
    return load_from(slot(name, preset), load)


def load_from(own: Slot, load: Loader | None = None) -> GenreClassifier:
    """Load the genre model of a slot; what it reads lies beside it, unless `load` is given."""
    from engine.models.loading import loading
    from engine.models.quiet import quiet_libraries

    made = classifier_class(own.name)
    quiet_libraries()
    with loading(own):
        return made(own, load or (lambda name, _preset: load_from(own.beside(name))))


def classifier_class(name: str) -> Any:
    """The class of a genre model: what it can do is asked of it; `InputError` names all models."""
    if name not in CLASSIFIERS:
        raise InputError(f"There is no genre model '{name}'; models are {', '.join(CLASSIFIERS)}.")
    return _imported(CLASSIFIERS[name])


def _imported(place: str) -> Any:
    module, class_name = place.split(":")
    return getattr(import_module(module), class_name)


def loading_once() -> Loader:
    """A loader that keeps what it loaded, and lets models that read others share them."""
    kept: dict[tuple[str, str], GenreClassifier] = {}

    def load(name: str, preset: str = "embedded") -> GenreClassifier:
        if (name, preset) not in kept:
            kept[name, preset] = load_classifier(name, preset, load)
        return kept[name, preset]

    return load


def explainable() -> tuple[str, ...]:
    """Models whose answers can be attributed to words."""
    return tuple(name for name in CLASSIFIERS if hasattr(classifier_class(name), "readings"))


def answers(names: Sequence[str], lyric: Lyrics, preset: str = "embedded") -> list[Prediction]:
    """What each of these models says of one lyric; those that several read are asked once."""
    load = loading_once()
    said: dict[str, Prediction] = {}
    models: list[Any] = [load(name, preset) for name in names]
    for model in [*models, *(member for of in models for member in getattr(of, "members", ()))]:
        if model.name not in said and not hasattr(model, "pool"):
            said[model.name] = model.predict([lyric])[0]
    return [
        model.pool.pooled(list(said.values())) if hasattr(model, "pool") else said[model.name]
        for model in models
    ]
