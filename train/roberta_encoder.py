"""RoBERTa's encoder as trainings take it: dropout and attention set, layers compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.models.bases import base_source
from engine.models.presets import Slot
from engine.models.weights import load_into, load_tensors
from train.settings import EncoderSettings

ENCODER = "encoder.safetensors"


def training_encoder(
    own: Slot, settings: EncoderSettings, earlier: Path | None = None
) -> tuple[Any, Any]:
    """The slot's encoder, with the dropout and attention of a configuration; and its tokenizer.

    `earlier` is a folder where `train.roberta_mlm` left an encoder; None for the base as it is.
    """
    from transformers import AutoModel, AutoTokenizer

    assert own.base is not None  # noqa: S101 - presets give this slot a base
    source = base_source(own.base, print)
    options: dict[str, Any] = (
        {"attn_implementation": settings.attention} if settings.attention else {}
    )
    encoder = AutoModel.from_pretrained(
        source,
        add_pooling_layer=False,
        hidden_dropout_prob=settings.encoder_dropout,
        attention_probs_dropout_prob=settings.encoder_dropout,
        **options,
    )
    if earlier:
        load_into(encoder, load_tensors(earlier / ENCODER), allow_missing=("embeddings.",))
    return encoder, AutoTokenizer.from_pretrained(source)


def compile_for_training(layers: Iterable[nn.Module]) -> None:
    """Compile each layer's forward pass for training steps, whose batches have one shape.

    Evaluation, where every batch has another, runs as it is. Needs a C++ compiler.
    """
    layers = list(layers)
    # All layers share one code object, and each is compiled anew for what it is given first, after
    # an evaluation and so on: past the default of 8 the rest would silently run uncompiled.
    torch._dynamo.config.recompile_limit = max(
        torch._dynamo.config.recompile_limit, 8 * len(layers)
    )
    for layer in layers:
        plain = layer.forward
        compiled = torch.compile(plain, dynamic=False)

        def forward(
            *inputs: Any,
            _layer: nn.Module = layer,
            _plain: Callable[..., Any] = plain,
            _compiled: Callable[..., Any] = compiled,
            **keywords: Any,
        ) -> Any:
            return (_compiled if _layer.training else _plain)(*inputs, **keywords)

        layer.forward = forward
