"""The arithmetic of a training's memory beside what networks really hold."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from bitsandbytes.nn.modules import Linear4bit
from peft import LoraConfig, get_peft_model

from engine.models.packed_lora import join_products
from engine.models.quantization import prepared_for_adapters
from train.gpu_memory import Decoder, adapter_weights, kept_in_a_layer, training_memory
from train.llama_adapter import adapted_modules
from train.packing import packed_states, use_packed_attention

NAMES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LLAMA = SimpleNamespace(
    num_hidden_layers=32,
    hidden_size=4096,
    intermediate_size=14336,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=128,
)


def adapted(layers: int = 2) -> Any:
    """A small LLaMA in NF4 with LoRA of rank 4 on all its products."""
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(0)
    sizes = {"vocab_size": 50, "hidden_size": 128, "intermediate_size": 512}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": layers}
    decoder = LlamaModel(LlamaConfig(**sizes, **heads)).to(torch.bfloat16)
    for layer in decoder.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, linear in list(part.named_children()):
                if name in NAMES:
                    packed = Linear4bit(
                        linear.in_features,
                        linear.out_features,
                        bias=False,
                        compute_dtype=torch.bfloat16,
                        quant_type="nf4",
                    )
                    packed.load_state_dict(linear.state_dict())
                    setattr(part, name, packed.to("cpu"))
    prepared_for_adapters(decoder, checkpoint=False)
    use_packed_attention(decoder)
    expression = adapted_modules(range(layers), NAMES)
    found: Any = get_peft_model(decoder, LoraConfig(r=4, lora_alpha=8, target_modules=expression))
    for parameter in found.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    assert join_products(found) == 7 * layers
    return found.train()


def size_of(tensors: Sequence[torch.Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors)


def packed_tensors(module: Linear4bit) -> list[torch.Tensor]:
    state = module.weight.quant_state
    beside = [state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code]
    return [module.weight.data, *beside]


def test_weights_take_what_they_take() -> None:
    network = adapted()
    sizes = Decoder.of(network.config)
    told = training_memory(sizes, 1, 4)
    packed = [m for m in network.modules() if isinstance(m, Linear4bit)]
    assert told.packed_weights == sum(size_of(packed_tensors(module)) for module in packed)
    trained = [p for p in network.parameters() if p.requires_grad]
    assert adapter_weights(sizes, 4) == sum(p.numel() for p in trained)
    assert told.norms == size_of([p for n, p in network.named_parameters() if "norm" in n])
    held = [n for n, _ in network.named_parameters() if "embed" in n]
    assert held == []  # the table is in the computer's own memory


def kept_bytes(network: Any, windows: list[list[int]]) -> int:
    """What autograd keeps of a forward pass, each storage once, frozen weights left out."""
    frozen = {
        tensor.untyped_storage().data_ptr()
        for tensor in (*network.parameters(), *network.buffers())
    }
    for module in network.modules():
        if isinstance(module, Linear4bit):
            frozen |= {tensor.untyped_storage().data_ptr() for tensor in packed_tensors(module)}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in frozen:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16),
    ):
        packed_states(network, windows, torch.device("cpu"))
    return sum(kept.values())


def test_a_layer_keeps_what_is_told() -> None:
    """The difference that a further layer makes; its first norm's states are the sum before it."""
    windows = [[1, *range(2, 40), *range(2, 27)]] * 4
    more = kept_bytes(adapted(3), windows) - kept_bytes(adapted(2), windows)
    sizes = Decoder.of(adapted(1).config)
    tokens = sum(map(len, windows))
    assert more == pytest.approx(kept_in_a_layer(sizes, tokens, 4), rel=0.1)


def test_the_full_size_model_trains_within_seven_gigabytes() -> None:
    """A step of `genre_llama_full.yaml`: eight windows of 512 tokens."""
    told = training_memory(Decoder.of(LLAMA), 8 * 512, 16)
    assert told.total < 7.0e9
    assert training_memory(Decoder.of(LLAMA), 512, 16).total < 5e9
