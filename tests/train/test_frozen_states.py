"""Kept states are those of the base."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.classifiers.llama import PooledLlama
from engine.classifiers.windows import padded
from train.frozen_states import WindowReader, halves
from train.settings import DecoderSettings


def test_frozen_states_are_those_of_the_base(tmp_path: Path) -> None:
    """Halves run one after the other give what the whole gives."""
    from transformers import LlamaConfig, LlamaModel

    config = LlamaConfig(
        vocab_size=50,
        hidden_size=32,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=48,
        num_hidden_layers=3,
    )
    windows = [[1, 5, 6, 7], [1, 9, 8], [1, 4, 4, 4, 2]]
    song = torch.tensor([0, 0, 1])
    settings = DecoderSettings(
        layers=3, first_layer=2, window=6, rank=2, alpha=4, dropout=0, target_modules=["q_proj"]
    )
    torch.manual_seed(0)
    decoder = LlamaModel(config).to(torch.bfloat16)
    whole = PooledLlama(decoder, 12, 3)
    ids, mask = padded(windows, 0)
    with torch.inference_mode():
        expected = whole.pooled(ids, mask, song)
    network, frozen = halves(decoder, windows, 0, settings, tmp_path / "states.bin")
    assert len(network.decoder.layers) == 1
    reader = WindowReader(frozen, windows, 6, 0, batch=2)
    for _ in range(2):  # computed, then kept
        with torch.inference_mode():
            pooled = reader(network, [0, 1, 2], song)
        assert torch.allclose(pooled, expected, atol=0.05)
        assert frozen is not None
        assert frozen.known.all()
