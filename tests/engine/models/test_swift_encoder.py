"""The encoder's quick way through its layers says what the layers themselves say."""

from typing import Any

import pytest
import torch

from engine.classifiers.windows import padded
from engine.models.int8 import use_int8
from engine.models.swift_encoder import SwiftEncoder

WINDOWS = [[5, 9, 3, 3, 7], list(range(2, 30)), [8]]


def differences(module: Any, swift: Any, windows: list[list[int]]) -> list[float]:
    """The largest one within each window, beside states of about 1."""
    ids, mask = padded(windows, 0)
    with torch.inference_mode():
        expected = module(ids, attention_mask=mask).last_hidden_state.float()
        found = swift(ids, attention_mask=mask).last_hidden_state.float()
    lengths = map(len, windows)
    return [
        float((a - b)[:n].abs().max()) for a, b, n in zip(expected, found, lengths, strict=True)
    ]


@pytest.fixture(scope="module")
def encoder() -> Any:
    """A tiny RoBERTa in whole numbers."""
    from transformers import RobertaConfig, RobertaModel

    sizes = {"vocab_size": 40, "hidden_size": 24, "intermediate_size": 48, "num_hidden_layers": 2}
    config = RobertaConfig(
        num_attention_heads=3, max_position_embeddings=64, pad_token_id=0, **sizes
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = RobertaModel(config, add_pooling_layer=False).eval()
        for parameter in made.encoder.parameters():
            parameter.data.normal_(0, 0.3)
    use_int8(made.encoder)
    return made


@pytest.mark.parametrize("windows", [WINDOWS, WINDOWS[1:2]], ids=["padded", "alone"])
def test_the_encoder_says_what_its_layers_say(encoder: Any, windows: list[list[int]]) -> None:
    # An input that lies between two whole numbers may be rounded to the other one.
    assert max(differences(encoder, SwiftEncoder(encoder), windows)) < 0.06
