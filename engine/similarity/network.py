"""The encoder's layers, put together anew for reading many songs on a CPU.

The weights are those of the base; what differs from its own forward pass is what it costs. Queries,
keys and values are one product, and products are of whole numbers of eight bits where that is
faster here: weights are rounded by output channel, states by their range in a pass (as in Jacob et
al. 2018, arXiv:1712.05877, section 2), sums and all between products stay in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

INT8, BFLOAT16, FLOAT32 = "int8", "bfloat16", "float32"
PRECISIONS = (INT8, BFLOAT16, FLOAT32)

Product = Callable[[torch.Tensor], torch.Tensor]


class Network:
    """An encoder of BERT's shape that gives its last states.

    Parameters
    ----------
    encoder : BertModel or RobertaModel
        In float32.
    precision : str
        One of `PRECISIONS`.
    """

    def __init__(self, encoder: Any, precision: str) -> None:
        self.precision = precision
        self._heads = int(encoder.config.num_attention_heads)
        self._numbers = torch.bfloat16 if precision == BFLOAT16 else torch.float32
        # Attention has no weights to round; its products are fast in bfloat16 where int8 is.
        self._mixing = torch.float32 if precision == FLOAT32 else torch.bfloat16
        self._embeddings = encoder.embeddings
        self._layers = [self._layer(layer) for layer in encoder.encoder.layer]

    def states(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Last states (windows, tokens, width) of right-padded windows of ids."""
        states = self._embeddings(input_ids=ids).to(self._numbers)
        hidden = None if bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self._layers:
            states = layer(states, hidden)
        return states.float()

    def _layer(self, layer: Any) -> Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]:
        own = layer.attention.self
        parts = (own.query, own.key, own.value)
        inputs = self._product(
            torch.cat([part.weight for part in parts]), torch.cat([part.bias for part in parts])
        )
        mixed = self._product(*_of(layer.attention.output.dense))
        wide, narrow = (
            self._product(*_of(layer.intermediate.dense)),
            self._product(*_of(layer.output.dense)),
        )
        after_attention = self._norm(layer.attention.output.LayerNorm)
        after_all = self._norm(layer.output.LayerNorm)

        def passed(states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
            states = after_attention(mixed(self._attention(inputs(states), seen)).add_(states))
            return after_all(narrow(functional.gelu(wide(states))).add_(states))

        return passed

    def _attention(self, joined: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        windows, tokens, _ = joined.shape
        parts = joined.to(self._mixing).view(windows, tokens, 3, self._heads, -1)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        if self._mixing == torch.float32 or joined.device.type != "cpu":
            mixed = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=seen)
        else:  # PyTorch's own is slower than this in bfloat16 on a CPU, for windows this short
            scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
            if seen is not None:
                scores = scores.masked_fill(~seen, float("-inf"))
            mixed = scores.softmax(-1) @ values
        return mixed.transpose(1, 2).flatten(2).to(self._numbers)

    def _product(self, weight: torch.Tensor, bias: torch.Tensor) -> Product:
        if self.precision == INT8:
            return _rounded(weight.detach().float(), bias.detach().float())
        weight, bias = weight.detach().to(self._numbers), bias.detach().to(self._numbers)
        return lambda states: functional.linear(states, weight, bias)

    def _norm(self, norm: Any) -> Product:
        weight, bias = norm.weight.detach().to(self._numbers), norm.bias.detach().to(self._numbers)
        width, least = (weight.numel(),), float(norm.eps)
        return lambda states: functional.layer_norm(states, width, weight, bias, least)


def _of(linear: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return linear.weight, linear.bias


def _rounded(weight: torch.Tensor, bias: torch.Tensor) -> Product:
    """A product with weights of eight bits, a scale for each output channel."""
    scales = (weight.abs().amax(1) / 127).clamp(min=1e-12).double()
    zeros = torch.zeros(len(scales), dtype=torch.long)
    whole = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(whole, bias)
    # Chips that add whole numbers up without running over may use all eight bits of the states; on
    # others the trial finds vectors that differ, and float32 is taken.
    return lambda states: torch.ops.quantized.linear_dynamic(states, packed, reduce_range=False)
