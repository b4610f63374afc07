"""Kept states are those of the base."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.classifiers.windows import padded
from train import genre_llama


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
    settings = {"layers": 3, "first_layer": 2, "window": 6}
    torch.manual_seed(0)
    decoder = LlamaModel(config).to(torch.bfloat16)
    whole = genre_llama.PooledLlama(decoder, 12, 3)
    ids, mask = padded(windows, 0)
    with torch.inference_mode():
        expected = whole.pooled(ids, mask, song)
    network, frozen = genre_llama.halves(decoder, windows, 0, settings, tmp_path / "states.bin")
    assert len(network.decoder.layers) == 1
    reader = genre_llama.WindowReader(frozen, windows, 6, 0, batch=2)
    for _ in range(2):  # computed, then kept
        with torch.inference_mode():
            pooled = reader(network, [0, 1, 2], song)
        assert torch.allclose(pooled, expected, atol=0.05)
        assert frozen is not None
        assert frozen.known.all()
