"""A packed base made ready to train adapters: nothing of it may grow by that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.models.decoders import adapted_in_four_bits, state_dtype
from engine.models.embeddings import HostEmbedding
from engine.models.quantization import prepared_for_adapters, quantization_config

IDS = torch.tensor([[1, 7, 4, 9, 12]])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("base")
    sizes = {"hidden_size": 64, "intermediate_size": 128, "vocab_size": 40}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    config = LlamaConfig(num_hidden_layers=2, dtype=torch.bfloat16, **sizes, **heads)
    LlamaModel(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


def packed(base: Path) -> Any:
    from transformers import AutoModel

    return AutoModel.from_pretrained(
        base, dtype=torch.bfloat16, quantization_config=quantization_config("nf4")
    )


def test_what_is_frozen_stays_in_its_numbers(base: Path) -> None:
    decoder = packed(base)
    expected = decoder(IDS, use_cache=False).last_hidden_state
    before = {name: parameter.dtype for name, parameter in decoder.named_parameters()}
    assert before.pop("embed_tokens.weight") == torch.bfloat16
    prepared = prepared_for_adapters(decoder, checkpoint=True)
    assert {name: parameter.dtype for name, parameter in prepared.named_parameters()} == before
    assert not any(parameter.requires_grad for parameter in prepared.parameters())
    assert prepared.is_gradient_checkpointing
    assert state_dtype(prepared) == torch.bfloat16
    with torch.autocast("cpu", torch.bfloat16):
        states = prepared(IDS, use_cache=False).last_hidden_state
    assert states.dtype == torch.bfloat16
    torch.testing.assert_close(states, expected, rtol=0.05, atol=0.05)


def test_host_embeddings_give_rows_where_they_are_asked_for() -> None:
    table = torch.randn(9, 4, dtype=torch.bfloat16)
    embedding = HostEmbedding(table)
    torch.testing.assert_close(embedding(torch.tensor([[2, 5]])), table[[2, 5]].unsqueeze(0))
    assert not list(embedding.parameters())
    assert not embedding.state_dict()
    # What moves a network leaves the table where it is.
    assert embedding.to("meta").weight.device.type == "cpu"


def test_an_adapter_of_packed_weights_answers_as_it_was_trained(base: Path, tmp_path: Path) -> None:
    """Merged into sixteen values a weight, a small adapter is rounded away."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(4)
    trained: Any = get_peft_model(
        packed(base), LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "down_proj"])
    )
    for name, parameter in trained.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    trained.save_pretrained(str(tmp_path), save_embedding_layers=False)
    with torch.inference_mode():
        expected = trained.eval()(IDS, use_cache=False).last_hidden_state
        served = adapted_in_four_bits(packed(base), tmp_path).eval()
        found = served(IDS, use_cache=False).last_hidden_state
    apart = (found.float() - expected.float()).norm() / expected.float().norm()
    assert float(apart) < 0.02
