"""The encoder's layers, put together anew for reading many songs on a CPU.

The weights are those of the base; what differs from its own forward pass is what it costs. Queries,
keys and values are one product, and products are of whole numbers where that is faster here
(`engine.models.int8`); all between products stays in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engine.models.int8 import Int8Linear

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
            outputs, inputs = weight.shape
            linear: Any = torch.nn.utils.skip_init(torch.nn.Linear, inputs, outputs)
            linear.weight, linear.bias = (
                torch.nn.Parameter(of.detach(), requires_grad=False) for of in (weight, bias)
            )
            return Int8Linear(linear)
        weight, bias = weight.detach().to(self._numbers), bias.detach().to(self._numbers)
        return lambda states: functional.linear(states, weight, bias)

    def _norm(self, norm: Any) -> Product:
        weight, bias = norm.weight.detach().to(self._numbers), norm.bias.detach().to(self._numbers)
        width, least = (weight.numel(),), float(norm.eps)
        return lambda states: functional.layer_norm(states, width, weight, bias, least)


def _of(linear: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return linear.weight, linear.bias
