"""Windows in a row are read as padded ones are, for fewer tokens."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.classifiers.llama import PooledLlama
from train.frozen_states import WindowReader
from train.packing import packed_states, use_packed_attention

WINDOWS = [[1, 5, 6, 7], [1, 9, 8, 3, 3, 3, 2], [1], [1, 4, 4, 4, 2]]
SONG = torch.tensor([0, 0, 1, 2])


@pytest.fixture
def network() -> PooledLlama:
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(0)
    sizes = {"vocab_size": 50, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return PooledLlama(LlamaModel(LlamaConfig(**sizes, **heads)), 12)


def read(network: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Pooled states, and the gradient of the first layer's queries."""
    network.zero_grad()
    reader = WindowReader(None, WINDOWS, 8, 0, batch=2)
    pooled = reader(network, [0, 1, 2, 3], SONG)
    pooled.pow(2).sum().backward()
    return pooled.detach(), network.decoder.layers[0].self_attn.q_proj.weight.grad.clone()


@pytest.mark.parametrize("checkpoint", [False, True])
def test_states_and_gradients_are_those_of_padded_windows(
    network: PooledLlama, checkpoint: bool
) -> None:
    padded, gradient = read(network)
    use_packed_attention(network.decoder)
    if checkpoint:
        network.decoder.gradient_checkpointing_enable({"use_reentrant": False})
        network.train()
    packed, packed_gradient = read(network)
    torch.testing.assert_close(packed, padded, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(packed_gradient, gradient, rtol=1e-3, atol=1e-5)


def test_no_token_is_computed_twice(network: PooledLlama) -> None:
    use_packed_attention(network.decoder)
    seen: list[int] = []
    network.decoder.layers[0].mlp.register_forward_hook(
        lambda _module, inputs, _output: seen.append(inputs[0].shape[1])
    )
    states = packed_states(network.decoder, WINDOWS, torch.device("cpu"))
    assert seen == [len(states)] == [sum(map(len, WINDOWS))]


def test_padded_lines_are_read_as_well(network: PooledLlama) -> None:
    """Where a decoder set to packed reading is given lines, such as in next-word training."""
    ids = torch.tensor([[1, 5, 6, 7], [1, 9, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    with torch.inference_mode():
        expected = network.decoder(ids, attention_mask=mask, use_cache=False).last_hidden_state
        use_packed_attention(network.decoder)
        found = network.decoder(ids, attention_mask=mask, use_cache=False).last_hidden_state
    torch.testing.assert_close(found[mask == 1], expected[mask == 1], rtol=1e-4, atol=1e-5)
