"""LoRA beside packed weights as one product, for trainings: fewer passes, fewer copies.

peft computes what the adapter adds apart, scales it, copies the base's answer and sums: six passes
over the widest states of a model, besides the products themselves. Here the sum is part of the
product that makes it, forward and backward (`torch.addmm`), and of all that only the inputs and
`rank` numbers a token are kept. Values are those of Hu et al. 2021 (arXiv:2106.09685), section 4.1.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import nn


class _PackedLora(torch.autograd.Function):
    """States (..., in) to (..., out): a packed weight and its low-rank addition."""

    @staticmethod
    def forward(
        ctx: Any,
        states: torch.Tensor,
        base: Any,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        numbers = _computed_in(states)
        rows = states.to(numbers).flatten(0, -2)
        inner = rows @ down.to(numbers).T
        out = base(states).to(numbers)
        flat = out.view(-1, out.shape[-1]).addmm_(inner, up.to(numbers).T, alpha=scale)
        ctx.save_for_backward(rows, inner, down, up)
        ctx.base, ctx.scale, ctx.given = base, scale, states.dtype
        return flat.view(*states.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        from bitsandbytes.functional import dequantize_4bit

        rows, inner, down, up = ctx.saved_tensors
        (gradient,) = gradients
        numbers = rows.dtype
        with torch.autocast(gradient.device.type, enabled=False):
            flat = gradient.to(numbers).reshape(-1, gradient.shape[-1])
            through = (flat @ up.to(numbers)) * ctx.scale
            of_down = (through.T @ rows).to(down.dtype)
            of_up = ((flat.T @ inner) * ctx.scale).to(up.dtype)
            of_states = None
            if ctx.needs_input_grad[0]:
                packed = ctx.base.weight
                weight = dequantize_4bit(packed.data, packed.quant_state).to(numbers)
                of_states = torch.addmm(flat @ weight, through, down.to(numbers))
                of_states = of_states.to(ctx.given).view(*gradient.shape[:-1], -1)
        return of_states, None, of_down, of_up, None


def _computed_in(states: torch.Tensor) -> torch.dtype:
    """What autocast asks for here, or the numbers that the states are in."""
    kind = states.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype


def join_products(adapted: nn.Module) -> int:
    """Have the packed layers of a peft model compute so wherever that is the same; how many do.

    It is where one plain LoRA, without dropout, stands beside a layer without bias.
    """
    from bitsandbytes.nn.modules import Linear4bit

    joined = 0
    for module in adapted.modules():
        base: Any = getattr(module, "base_layer", None)
        if isinstance(base, Linear4bit) and getattr(base, "bias", None) is None:
            module.forward = partial(_forward, module, module.forward)
            joined += 1
    return joined


def _forward(layer: Any, plain: Any, states: torch.Tensor, *inputs: Any, **options: Any) -> Any:
    name = _single_adapter(layer)
    if name is None or inputs or options:
        return plain(states, *inputs, **options)
    down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
    return _PackedLora.apply(states, layer.base_layer, down, up, layer.scaling[name])


def _single_adapter(layer: Any) -> str | None:
    """The one adapter that adds here a product of two matrices and nothing else."""
    active = [name for name in layer.active_adapters if name in layer.lora_A]
    if len(active) != 1 or not hasattr(layer.base_layer.weight, "quant_state"):
        return None
    if layer.disable_adapters or layer.merged or layer.lora_variant:
        return None
    name = active[0]
    drops = layer.training and not isinstance(layer.lora_dropout[name], nn.Identity)
    return None if drops or layer.lora_B[name].bias is not None else name
