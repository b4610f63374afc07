"""Reading windows: what is told of them does not depend on how many are read at once."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.classifiers import windows
from engine.classifiers.windows import even_windows, padded, window_means, window_states

_SIZES: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
}


def _encoder(kind: str) -> torch.nn.Module:
    from transformers import LlamaConfig, LlamaModel, RobertaConfig, RobertaModel

    torch.manual_seed(0)
    if kind == "llama":
        return LlamaModel(LlamaConfig(**_SIZES)).eval()
    config = RobertaConfig(max_position_embeddings=30, pad_token_id=1, **_SIZES)
    return RobertaModel(config, add_pooling_layer=False).eval()


@pytest.mark.parametrize("kind", ["llama", "roberta"])
@pytest.mark.parametrize("tokens_a_pass", [1, 26, 40, 1000])
def test_windows_read_a_few_at_a_time_have_the_states_of_all_read_together(
    kind: str, tokens_a_pass: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_CPU_PASS", tokens_a_pass)
    encoder = _encoder(kind)
    lengths = (7, 3, 13, 2, 9, 3, 12)
    ids, mask = padded([[2 + (n * i) % 37 for i in range(n)] for n in lengths], 1)
    with torch.no_grad():
        together = encoder(ids, attention_mask=mask).last_hidden_state
    with torch.inference_mode():
        apart = window_states(encoder, ids, mask)
    assert apart.shape == together.shape
    counted = mask.bool()
    torch.testing.assert_close(apart[counted], together[counted])


def test_states_that_need_a_gradient_have_one() -> None:
    encoder = _encoder("roberta")
    ids, mask = padded([[3, 4, 5], [6]], 1)
    window_states(encoder, ids, mask).sum().backward()
    assert any(parameter.grad is not None for parameter in encoder.parameters())


def test_the_mean_is_over_the_tokens_of_all_windows_of_a_song() -> None:
    hidden = torch.tensor([[[1.0], [3.0]], [[8.0], [100.0]], [[5.0], [6.0]]])
    mask = torch.tensor([[1, 1], [1, 0], [0, 0]])
    means = window_means(hidden, mask, torch.tensor([0, 0, 1]), 2)
    assert means.tolist() == [[4.0], [0.0]]


def test_windows_are_of_like_length_and_hold_every_id_that_is_read() -> None:
    cut = even_windows(range(10), 4, 5)
    assert [len(window) for window in cut] == [4, 4, 2]
    assert [i for window in cut for i in window] == list(range(10))
    assert even_windows(range(10), 4, 2) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert even_windows([], 4, 2) == [[]]
