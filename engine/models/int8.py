"""Linear layers in whole numbers of 8 bits: weights once, what they read row by row.

Weights are symmetric in 7 bits, one scale an output: w ~ q s with q in -63..63. Inputs are in 8
bits, one scale a row, found anew in each pass: a token of large states costs others no
precision. PyTorch multiplies both exactly, in 32 bits (oneDNN underneath). Chips with VNNI could
take weights of 8; those with AVX2 alone add pairs of products in 16 bits, which 8 bits overrun.
In 7 they fit, and so all chips give the same answers.

What a gradient is asked of (`engine.explanation`) passes the same weights in floating numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

_MOST_WEIGHT, _MOST_INPUT = 63, 127
_LEAST = 1e-12
_AT_ONCE = 2**19
"""Outputs made at once: of more, what lies between a product and its outputs leaves the cache."""


class Int8Linear(nn.Module):
    """A linear layer over weights in whole numbers.

    Parameters
    ----------
    linear : torch.nn.Linear
        The layer that it takes the place of.
    """

    weight: torch.Tensor
    scale: torch.Tensor
    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(1).clamp(min=_LEAST) / _MOST_WEIGHT
        self.register_buffer("weight", (weight / scale.unsqueeze(1)).round().to(torch.int8))
        self.register_buffer("scale", scale)
        bias: Any = linear.bias  # None where there is none
        self.register_buffer("bias", None if bias is None else bias.detach().float())

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(..., inputs) to (..., outputs), float32."""
        if not torch.is_inference_mode_enabled():
            weight = self.weight.float() * self.scale.unsqueeze(1)
            return functional.linear(states, weight, self.bias)
        rows = states.reshape(-1, states.shape[-1])
        found = torch.empty(len(rows), len(self.weight), device=rows.device)
        step = max(1, _AT_ONCE // len(self.weight))
        for part, place in zip(rows.split(step), found.split(step), strict=True):
            least, most = part.amin(1, keepdim=True), part.amax(1, keepdim=True)
            scales = torch.maximum(most, least.neg_()).clamp_(min=_LEAST).div_(_MOST_INPUT)
            whole = (part / scales).round_().to(torch.int8)
            place.copy_(products(whole, self.weight)).mul_(scales)
            if self.bias is None:
                place.mul_(self.scale)
            else:
                torch.addcmul(self.bias, place, self.scale, out=place)
        return found.view(*states.shape[:-1], len(self.weight))


def joined(layers: Sequence[Int8Linear], factors: Sequence[float]) -> Int8Linear:
    """Layers that read the same states, with biases, as one; each one's outputs times its factor.

    Whole numbers stay as they are: a row's largest is `_MOST_WEIGHT` already.
    """
    pairs = list(zip(layers, factors, strict=True))
    weight = torch.cat([layer.weight * layer.scale.unsqueeze(1) * by for layer, by in pairs])
    whole = nn.Linear(weight.shape[1], len(weight), device="meta")
    whole.weight = nn.Parameter(weight)
    biases: list[Any] = [layer.bias for layer in layers]
    whole.bias = nn.Parameter(
        torch.cat([bias * by for bias, by in zip(biases, factors, strict=True)])
    )
    return Int8Linear(whole)


def products(rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Sums of products (rows, outputs), int32, of int8 (rows, inputs) and (outputs, inputs)."""
    # PyTorch has no public name for it; torchao calls this one.
    return torch._int_mm(rows, weight.t())  # pyright: ignore


def use_int8(network: nn.Module) -> None:
    """Put whole numbers in the place of all linear layers within a network, one after another."""
    names = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    for name in names:
        parent, _, own = name.rpartition(".")
        holder = network.get_submodule(parent)
        setattr(holder, own, Int8Linear(getattr(holder, own)))


def is_exact() -> bool:
    """Whether whole numbers are multiplied here, and rightly: the largest would overrun first."""
    rows = torch.full((8, 64), _MOST_INPUT, dtype=torch.int8)
    weight = torch.full((32, 64), _MOST_WEIGHT, dtype=torch.int8)
    try:
        found = products(rows, weight) - products(-rows, weight)
    except RuntimeError:
        return False
    return bool((found == 2 * 64 * _MOST_INPUT * _MOST_WEIGHT).all())
