"""Device and precision: where models compute, and in which numbers.

Precision is decided here alone, for answers as for training. On a CPU the kinds of layers that a
model is made of are tried once in a process (`engine.models.trials`); bfloat16 is taken where all
of them work in it and are faster in it. ``LYRICLAB_PRECISION`` (float32, bfloat16 or auto) settles
it instead. What was taken, and why, goes into the log and onto the card of a training.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.models.trials import ATTENTION, KINDS, LINEAR, Trial, tried

if TYPE_CHECKING:
    import torch

SETTING = "LYRICLAB_PRECISION"
AUTO, FLOAT32, BFLOAT16 = "auto", "float32", "bfloat16"
PRECISIONS = (AUTO, FLOAT32, BFLOAT16)
# What decoders and encoders are made of; their precision is decided before one is loaded.
TRANSFORMER = (LINEAR, ATTENTION)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Precision:
    """The numbers a model computes in.

    Attributes
    ----------
    name : str
        "float32" or "bfloat16".
    reason : str
        Why, in words for a log or a card.
    """

    name: str
    reason: str

    @property
    def dtype(self) -> torch.dtype:
        """As PyTorch names it."""
        import torch

        return torch.bfloat16 if self.is_lower else torch.float32

    @property
    def is_lower(self) -> bool:
        """Whether it is less than float32, so that training wants autocast."""
        return self.name == BFLOAT16

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def compute_device() -> torch.device:
    """CUDA when there is a GPU, else the CPU: asked for every model that is loaded or trained.

    Raises
    ------
    InputError
        If ``LYRICLAB_PRECISION`` names no precision, also where a model has but one.
    """
    import torch

    _forced()

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def serving_precision(layers: Iterable[str] = TRANSFORMER) -> Precision:
    """In which numbers a model made of these kinds of layers holds its weights and answers.

    Raises
    ------
    InputError
        If ``LYRICLAB_PRECISION`` names no precision.
    """
    return _decided(_in_order(layers), AUTO, training=False)


def training_precision(layers: Iterable[str], setting: str = AUTO) -> Precision:
    """In which numbers a network made of these kinds of layers is trained; weights stay float32.

    Parameters
    ----------
    setting : str
        What a configuration says: auto, float32 or bfloat16. The environment goes before it.

    Raises
    ------
    InputError
        If the setting or ``LYRICLAB_PRECISION`` names no precision, or if bfloat16 is asked for
        and one of the layers does not work in it here.
    """
    return _decided(_in_order(layers), checked_precision(setting, "precision"), training=True)


def checked_precision(said: str, where: str) -> str:
    """One of `PRECISIONS`; `InputError` says what was found where."""
    if said not in PRECISIONS:
        raise InputError(f"{where} is '{said}'; {', '.join(PRECISIONS)} are accepted.")
    return said


def _forced() -> str:
    """What the environment says; `AUTO` where it says nothing."""
    return checked_precision(os.environ.get(SETTING) or AUTO, SETTING)


def _in_order(layers: Iterable[str]) -> tuple[str, ...]:
    found = set(layers)
    return tuple(kind for kind in KINDS if kind in found)


def _decided(layers: tuple[str, ...], setting: str, *, training: bool) -> Precision:
    forced = _forced()
    by = SETTING if forced != AUTO else "the configuration"
    asked = forced if forced != AUTO else setting
    device = compute_device().type
    return _remembered(device, layers, asked, by, training=training)


@cache
def _remembered(
    device: str, layers: tuple[str, ...], asked: str, by: str, *, training: bool
) -> Precision:
    found = _chosen(device, layers, asked, by, training=training)
    use = "training" if training else "answers"
    _LOG.info("%s in %s (%s)", use, found, ", ".join(layers))
    return found


def _chosen(
    device: str, layers: tuple[str, ...], asked: str, by: str, *, training: bool
) -> Precision:
    if asked == FLOAT32:
        return Precision(FLOAT32, f"set by {by}")
    if device != "cpu":
        return _on_a_gpu(asked, by)
    trials = {kind: _trial(kind, training=training) for kind in layers}
    broken = [kind for kind, trial in trials.items() if trial.problem]
    if asked == BFLOAT16:
        if broken:
            raise InputError(
                f"{by} asks for bfloat16, but {' and '.join(broken)} layers do not work in it on "
                f"this machine ({trials[broken[0]].problem}); float32 and auto do."
            )
        return Precision(BFLOAT16, f"set by {by}")
    if broken:
        return Precision(FLOAT32, f"{' and '.join(broken)} layers do not work in bfloat16 here")
    slow = sum(trial.float32 for trial in trials.values())
    fast = sum(trial.bfloat16 for trial in trials.values())
    if fast < slow:
        return Precision(BFLOAT16, f"{slow / fast:.1f} times as fast as float32 in a trial")
    return Precision(FLOAT32, f"{fast / slow:.1f} times as fast as bfloat16 in a trial")


def _on_a_gpu(asked: str, by: str) -> Precision:
    import torch

    if asked == BFLOAT16:
        return Precision(BFLOAT16, f"set by {by}")
    if torch.cuda.is_bf16_supported(including_emulation=False):
        return Precision(BFLOAT16, "this GPU computes in it")
    return Precision(FLOAT32, "this GPU does not compute in bfloat16")


@cache
def _trial(kind: str, *, training: bool) -> Trial:
    """What came of trying a kind of layer in this process."""
    return tried(kind, training=training)
