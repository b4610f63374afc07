"""LoRA beside packed weights as one product: it has to be what peft computes in several."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from bitsandbytes.nn.modules import Linear4bit
from peft import LoraConfig, get_peft_model
from torch import nn

from engine.models.packed_lora import join_products


class _Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        sizes = {"compute_dtype": torch.bfloat16, "quant_type": "nf4", "bias": False}
        self.first = Linear4bit(64, 128, **sizes).to("cpu")
        self.second = Linear4bit(128, 64, **sizes).to("cpu")
        for layer in (self.first, self.second):
            layer.support_avx512bf16_for_cpu = False

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.second(nn.functional.silu(self.first(states)))


def adapted(dropout: float = 0.0) -> Any:
    torch.manual_seed(1)
    found: Any = get_peft_model(
        _Layers(),  # type: ignore[arg-type]
        LoraConfig(r=4, lora_alpha=8, lora_dropout=dropout, target_modules=["first", "second"]),
    )
    for name, parameter in found.named_parameters():
        if "lora_B" in name:  # peft starts it at zero, where it adds nothing
            nn.init.normal_(parameter, std=0.1)
    return found


def learnt(network: Any, states: torch.Tensor, *, autocast: bool) -> dict[str, torch.Tensor]:
    """Output, and gradients of the states and of the adapter."""
    states = states.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        output = network(states)
    output.float().pow(2).mean().backward()
    found = {"output": output.detach().float(), "states": states.grad}
    found |= {n: p.grad for n, p in network.named_parameters() if p.requires_grad}
    return found


@pytest.mark.parametrize("autocast", [False, True])
def test_values_and_gradients_are_those_of_peft(autocast: bool) -> None:
    states = torch.randn(3, 7, 64)
    plain, ours = adapted(), adapted()
    assert join_products(ours) == 2
    theirs = learnt(plain, states, autocast=autocast)
    found = learnt(ours, states, autocast=autocast)
    assert found.keys() == theirs.keys()
    assert len(found) == 6
    for name, value in theirs.items():
        scale = float(value.abs().max())
        torch.testing.assert_close(found[name].float(), value.float(), rtol=0.03, atol=0.02 * scale)


def test_the_first_layer_needs_no_gradient_of_what_it_reads() -> None:
    ours = adapted()
    join_products(ours)
    ours(torch.randn(2, 5, 64)).sum().backward()
    assert all(p.grad is not None for p in ours.parameters() if p.requires_grad)


def kept_bytes(network: Any, states: torch.Tensor) -> int:
    """What autograd keeps between the passes, each storage once."""
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16),
    ):
        network(states)
    return sum(kept.values())


def test_less_is_kept_for_the_backward_pass() -> None:
    """What peft keeps with dropout: a copy of the input, and a mask, for each layer."""
    states = torch.randn(4, 256, 64, dtype=torch.bfloat16)
    ours = adapted()
    join_products(ours)
    assert kept_bytes(ours, states) < 0.7 * kept_bytes(adapted(dropout=0.1).train(), states)


def test_dropout_and_a_switched_off_adapter_are_left_to_peft() -> None:
    states = torch.randn(2, 5, 64)
    network = adapted(dropout=0.9)
    join_products(network)
    network.train()
    assert not torch.equal(network(states), network(states))
    network.eval()
    torch.testing.assert_close(network(states), network(states))
    plain = _Layers()
    with network.disable_adapter():
        torch.testing.assert_close(network(states), plain(states))
