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

_FAINT = 1e-30
"""Sums of a softmax below this, or above its reciprocal, are not trusted."""

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

    def let_go(self) -> None:
        """Hold no weight of the file any more that the base is mapped from, unless in float32.

        The table of words, half of all weights, is kept in half the memory.
        """
        if self._mixing == torch.float32:
            return
        for name, weight in list(self._embeddings.named_parameters()):
            place, _, own = name.rpartition(".")
            kind = self._mixing if place == "word_embeddings" else weight.dtype
            copied = torch.nn.Parameter(weight.detach().to(kind, copy=True), requires_grad=False)
            setattr(self._embeddings.get_submodule(place), own, copied)

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
            between = wide(states)
            torch.ops.aten.gelu_(between)
            return after_all(narrow(between).add_(states))

        return passed

    def _attention(self, joined: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        windows, tokens, _ = joined.shape
        parts = joined.to(self._mixing).view(windows, tokens, 3, self._heads, -1)
        parts = parts.permute(2, 0, 3, 1, 4)
        plain = self._mixing == torch.float32 or joined.device.type != "cpu"
        queries, keys, values = parts if plain else parts.contiguous()
        mixed = (_attended if plain else attended)(queries, keys, values, seen)
        return mixed.transpose(1, 2).flatten(2).to(self._numbers)

    def _product(self, weight: torch.Tensor, bias: torch.Tensor) -> Product:
        if self.precision == INT8:
            outputs, inputs = weight.shape
            linear: Any = torch.nn.utils.skip_init(torch.nn.Linear, inputs, outputs)
            linear.weight, linear.bias = (
                torch.nn.Parameter(of.detach(), requires_grad=False)
                for of in (weight, bias.clone())  # a copy: see `let_go`
            )
            return Int8Linear(linear)
        weight = weight.detach().to(self._numbers)
        bias = bias.detach().to(self._numbers, copy=True)
        return lambda states: functional.linear(states, weight, bias)

    def _norm(self, norm: Any) -> Product:
        weight, bias = (of.detach().to(self._numbers, copy=True) for of in (norm.weight, norm.bias))
        width, least = (weight.numel(),), float(norm.eps)
        return lambda states: functional.layer_norm(states, width, weight, bias, least)


def attended(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, seen: torch.Tensor | None
) -> torch.Tensor:
    """Attention of windows this short on a CPU, in bfloat16 three quarters of PyTorch's time.

    The softmax's sums are one more column of the product with the values, and tokens that are not
    seen are values of nothing: no pass over the scores but the exponential function's own. Scores
    that are too large or small for it alone are left to PyTorch.

    Parameters
    ----------
    queries, keys, values : tensor (windows, heads, tokens, width)
    seen : tensor (windows, 1, 1, tokens) of bool, optional
    """
    scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
    kept = torch.ones_like(values[:, :1, :, :1])
    if seen is not None:
        kept = seen.transpose(-1, -2).to(values)
    column = kept.expand(*values.shape[:-1], 1)
    mixed = scores.exp_() @ torch.cat([values * kept, column], -1)
    sums = mixed[..., -1:]
    if not bool(((sums > _FAINT) & (sums < 1 / _FAINT)).all()):
        return _attended(queries, keys, values, seen)
    return mixed[..., :-1] / sums


def _attended(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, seen: torch.Tensor | None
) -> torch.Tensor:
    return functional.scaled_dot_product_attention(queries, keys, values, attn_mask=seen)


def _of(linear: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return linear.weight, linear.bias
