"""Device and precision: where models compute, and in which numbers.

Precision is decided here alone, for answers as for training. On a CPU the kinds of layers that a
model is made of are tried once in a process (`engine.models.trials`); bfloat16 is taken where all
of them work in it and are faster in it. A model that was measured to answer as well in whole
numbers (`engine.models.int8`) does so where that is faster still. ``LYRICLAB_PRECISION`` (float32,
bfloat16, int8 or auto) settles it instead; for what cannot be in int8, trainings among it, int8 is
auto. What was taken, and why, goes into the log and onto the card of a training.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.models.trials import (
    ATTENTION,
    KINDS,
    LINEAR,
    LSTM,
    Trial,
    WholeTrial,
    tried,
    tried_whole,
)

if TYPE_CHECKING:
    import torch

SETTING = "LYRICLAB_PRECISION"
AUTO, FLOAT32, BFLOAT16, INT8 = "auto", "float32", "bfloat16", "int8"
PRECISIONS = (AUTO, FLOAT32, BFLOAT16, INT8)
# When a model is in whole numbers: never, where a user asks for them, or where they are faster.
NEVER, ASKED, FASTER = "never", "asked", "faster"
# They round more than bfloat16 does: they are taken where they are well worth it.
_WORTH_WHOLE = 1.2
# What decoders and encoders are made of; their precision is decided before one is loaded.
TRANSFORMER = (LINEAR, ATTENTION)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Precision:
    """The numbers a model computes in.

    Attributes
    ----------
    name : str
        "float32", "bfloat16" or "int8"; in the last, linear layers are in whole numbers and what
        is between them in float32.
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
    def is_whole(self) -> bool:
        """Whether linear layers compute in whole numbers."""
        return self.name == INT8

    @property
    def is_lower(self) -> bool:
        """Whether it is bfloat16, so that training wants autocast."""
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


def serving_precision(layers: Iterable[str] = TRANSFORMER, *, whole: str = NEVER) -> Precision:
    """In which numbers a model made of these kinds of layers holds its weights and answers.

    Parameters
    ----------
    whole : str
        When the model answers in whole numbers: `NEVER`, `ASKED` or `FASTER`.

    Raises
    ------
    InputError
        If ``LYRICLAB_PRECISION`` names no precision, or one that does not work here.
    """
    return _decided(_in_order(layers), AUTO, training=False, whole=whole)


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
    said = checked_precision(setting, "precision", (AUTO, FLOAT32, BFLOAT16))
    return _decided(_in_order(layers), said, training=True)


def lstm_dtype() -> torch.dtype:
    """In which numbers an LSTM answers on the CPU: bfloat16 where that works and is faster.

    Not every chip that has bfloat16 has it for LSTMs: asked for by the environment, it is taken
    where it can be had.
    """
    import torch

    forced = _forced()
    trial = _trial(LSTM, training=False)
    wanted = forced == BFLOAT16 or (forced != FLOAT32 and trial.bfloat16 < trial.float32)
    return torch.bfloat16 if wanted and not trial.problem else torch.float32


def checked_precision(said: str, where: str, accepted: tuple[str, ...] = PRECISIONS) -> str:
    """One of those accepted; `InputError` says what was found where."""
    if said not in accepted:
        raise InputError(f"{where} is '{said}'; {', '.join(accepted)} are accepted.")
    return said


def _forced() -> str:
    """What the environment says; `AUTO` where it says nothing."""
    return checked_precision(os.environ.get(SETTING) or AUTO, SETTING)


def _in_order(layers: Iterable[str]) -> tuple[str, ...]:
    found = set(layers)
    return tuple(kind for kind in KINDS if kind in found)


def _decided(
    layers: tuple[str, ...], setting: str, *, training: bool, whole: str = NEVER
) -> Precision:
    forced = _forced()
    if forced == INT8 and whole == NEVER:
        forced = AUTO
    by = SETTING if forced != AUTO else "the configuration"
    asked = forced if forced != AUTO else setting
    device = compute_device().type
    return _remembered(device, layers, asked, by, training=training, whole=whole)


@cache
def _remembered(
    device: str,
    layers: tuple[str, ...],
    asked: str,
    by: str,
    *,
    training: bool,
    whole: str,
) -> Precision:
    if asked == INT8:
        found = _whole(device, by)
    else:
        found = _chosen(device, layers, asked, by, training=training)
    if asked == AUTO and whole == FASTER and device == "cpu":
        trial = _trial_whole(found.name)
        if trial.worth > _WORTH_WHOLE:
            found = Precision(INT8, f"{trial.worth:.1f} times as fast as {found.name} in a trial")
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


def _whole(device: str, by: str) -> Precision:
    if device != "cpu":
        raise InputError(f"{by} asks for int8, which only CPUs do; the other precisions do here.")
    if _trial_whole(FLOAT32).worth == 0:
        raise InputError(
            f"{by} asks for int8, but this machine does not multiply whole numbers rightly; "
            "float32 and auto do."
        )
    return Precision(INT8, f"set by {by}")


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


@cache
def _trial_whole(precision: str) -> WholeTrial:
    """What came of trying whole numbers beside floating ones in this process."""
    import torch

    return tried_whole(torch.bfloat16 if precision == BFLOAT16 else torch.float32)
