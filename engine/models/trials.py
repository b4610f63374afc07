"""Small layers of the kinds that our models have, tried in float32, in bfloat16 and in int8.

Which chip can do what is not told alike by all platforms, and a library may lack what a chip has:
oneDNN knows no bfloat16 LSTM for many of them and raises. So each kind is asked to work, once, in
the way it will be used: answers by weights in bfloat16, training by autocast, forward and backward.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

LINEAR, ATTENTION, LSTM, GRU = "linear", "attention", "lstm", "gru"
KINDS = (LINEAR, ATTENTION, LSTM, GRU)
_ROUNDS = 5
# Emulated bfloat16 is so slow that one round tells; the others would only take time.
_HOPELESS = 3.0


@dataclass(frozen=True)
class Trial:
    """What came of trying a kind of layer.

    Attributes
    ----------
    float32, bfloat16 : float
        Seconds of the best round; `bfloat16` is infinite where it does not work.
    problem : str
        What was raised in bfloat16; "" where it works.
    """

    float32: float
    bfloat16: float
    problem: str = ""


def tried(kind: str, *, training: bool) -> Trial:
    """Both precisions of one of `KINDS` on the CPU, in turn, after a warm-up of each."""
    import torch

    with torch.random.fork_rng(devices=[]):
        plain = _work(kind, torch.float32, training=training)
        plain()
        try:
            lower = _work(kind, torch.bfloat16, training=training)
            lower()
        except RuntimeError as error:
            return Trial(_seconds(plain), float("inf"), str(error).splitlines()[0])
        slow = fast = float("inf")
        for _ in range(_ROUNDS):
            slow, fast = min(slow, _seconds(plain)), min(fast, _seconds(lower))
            if fast > _HOPELESS * slow:
                break
    return Trial(slow, fast)


@dataclass(frozen=True)
class WholeTrial:
    """What came of trying linear layers in whole numbers.

    Attributes
    ----------
    floating, whole : float
        Seconds of the best round; `whole` is infinite where it does not work.
    """

    floating: float
    whole: float

    @property
    def worth(self) -> float:
        """How many times as fast whole numbers are; 0 where they do not work."""
        return self.floating / self.whole


def tried_whole(dtype: torch.dtype) -> WholeTrial:
    """Linear layers in `dtype` and in whole numbers, in turn, after a warm-up of each."""
    import torch

    from engine.models.int8 import is_exact, use_int8

    if not is_exact():
        return WholeTrial(1.0, float("inf"))
    with torch.random.fork_rng(devices=[]):
        floating = _work(LINEAR, dtype, training=False)
        layer, states = _layer(LINEAR)
        use_int8(layer)

        def whole() -> object:
            with torch.inference_mode():
                return layer(states)

        floating()
        whole()
        slow = fast = float("inf")
        for _ in range(_ROUNDS):
            slow, fast = min(slow, _seconds(floating)), min(fast, _seconds(whole))
    return WholeTrial(slow, fast)


def layer_kinds(module: torch.nn.Module) -> tuple[str, ...]:
    """Which of `KINDS` a network is made of, in their order."""
    from torch import nn

    found: set[str] = set()
    for part in module.modules():
        name = type(part).__name__
        if isinstance(part, nn.LSTM):
            found.add(LSTM)
        elif isinstance(part, nn.GRU):
            found.add(GRU)
        elif "Attention" in name:
            found.add(ATTENTION)
        elif isinstance(part, nn.Linear):
            found.add(LINEAR)
    return tuple(kind for kind in KINDS if kind in found)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _work(kind: str, dtype: torch.dtype, *, training: bool) -> Callable[[], object]:
    """What a round does: an answer, or a training step's forward and backward pass."""
    import torch

    layer, states = _layer(kind)
    if not training:
        layer, states = layer.to(dtype).eval(), states.to(dtype)

        def answer() -> object:
            with torch.inference_mode():
                return layer(states)

        return answer

    def step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            output = layer(states)
        (output[0] if isinstance(output, tuple) else output).float().sum().backward()

    return step


def _layer(kind: str) -> tuple[Any, torch.Tensor]:
    """A layer of about the size our models have, and what it reads."""
    import torch
    from torch import nn

    if kind == LSTM:
        return nn.LSTM(128, 96, batch_first=True), torch.randn(16, 32, 128)
    if kind == GRU:
        return nn.GRU(192, 96, batch_first=True), torch.randn(16, 32, 192)
    if kind == ATTENTION:
        return _attention(), torch.randn(1, 128, 576)
    return nn.Sequential(nn.Linear(576, 1536), nn.SiLU(), nn.Linear(1536, 576)), torch.randn(
        128, 576
    )


def _attention() -> torch.nn.Module:
    """Self-attention in the form that decoders use."""
    from torch import nn

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inputs, self.output = nn.Linear(576, 3 * 576), nn.Linear(576, 576)

        def forward(self, states: torch.Tensor) -> torch.Tensor:
            parts = [
                part.unflatten(-1, (9, 64)).transpose(1, 2)
                for part in self.inputs(states).chunk(3, dim=-1)
            ]
            mixed = nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
            return self.output(mixed.transpose(1, 2).flatten(-2))

    return Attention()
