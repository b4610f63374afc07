"""Genre classifiers, found by name and loaded on demand."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier

CLASSIFIERS = {
    "llama": "engine.classifiers.llama:LlamaClassifier",
    "roberta": "engine.classifiers.roberta:RobertaClassifier",
    "bilstm-gru": "engine.classifiers.bilstm_gru:BilstmGruClassifier",
}


def load_classifier(name: str, preset: str = "embedded") -> GenreClassifier:
    """Load one genre model; takes seconds, so callers keep what they get.

    Raises
    ------
    InputError
        If no model or preset has that name.
    WeightsError
        If its weights are missing or corrupt.
    """
    from engine.models.presets import slot
    from engine.models.quiet import quiet_libraries

    if name not in CLASSIFIERS:
        raise InputError(f"There is no genre model '{name}'; models are {', '.join(CLASSIFIERS)}.")
    quiet_libraries()
    module, class_name = CLASSIFIERS[name].split(":")
    return getattr(import_module(module), class_name)(slot(name, preset))
