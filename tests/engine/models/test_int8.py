"""Whole numbers: multiplied exactly, near to floating ones, and passing gradients."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models import int8, trials
from engine.models.int8 import Int8Linear, is_exact, products, use_int8


@pytest.fixture
def linear() -> nn.Linear:
    torch.manual_seed(5)
    return nn.Linear(96, 40)


def near(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def test_products_are_those_of_whole_numbers_however_large() -> None:
    torch.manual_seed(1)
    rows = torch.randint(-127, 128, (33, 576), dtype=torch.int8)
    weight = torch.randint(-63, 64, (48, 576), dtype=torch.int8)
    assert torch.equal(products(rows, weight).long(), rows.long() @ weight.long().T)
    assert is_exact()


def test_a_chip_whose_products_overrun_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def saturating(rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return (rows.long() @ weight.long().T).clamp(-(2**15), 2**15 - 1)

    monkeypatch.setattr(int8, "products", saturating)
    assert not is_exact()
    assert trials.tried_whole(torch.float32).worth == 0


def test_a_layer_answers_nearly_as_before_whatever_a_rows_size(linear: nn.Linear) -> None:
    states = torch.randn(2, 7, 96) * torch.logspace(-4, 4, 7).unsqueeze(1)
    with torch.inference_mode():
        expected, found = linear(states), Int8Linear(linear)(states)
    for row in range(7):
        assert near(found[:, row], expected[:, row]) < 0.03
    assert found.shape == expected.shape


def test_a_row_is_read_alike_beside_any_others(linear: nn.Linear) -> None:
    layer = Int8Linear(linear)
    states = torch.randn(9, 96)
    states[4] *= 1000
    with torch.inference_mode():
        together, alone = layer(states), layer(states[2:3])
    assert torch.equal(together[2:3], alone)


def test_many_rows_are_read_some_at_a_time_and_answer_alike(
    linear: nn.Linear, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = torch.randn(7, 96)
    with torch.inference_mode():
        together = Int8Linear(linear)(states)
        monkeypatch.setattr(int8, "_AT_ONCE", 3 * len(linear.weight))
        assert torch.equal(Int8Linear(linear)(states), together)


def test_a_row_of_zeros_is_no_division_by_zero(linear: nn.Linear) -> None:
    with torch.inference_mode():
        assert torch.equal(Int8Linear(linear)(torch.zeros(3, 96)), linear.bias.expand(3, -1))


def test_gradients_pass_the_same_weights(linear: nn.Linear) -> None:
    states = torch.randn(4, 96, requires_grad=True)
    layer = Int8Linear(linear)
    layer(states).sum().backward()
    assert states.grad is not None
    assert near(states.grad, linear.weight.sum(0).expand(4, -1)) < 0.05
    with torch.inference_mode():
        whole = layer(states)
    assert near(whole, layer(states).detach()) < 0.02


def test_all_layers_of_a_network_are_exchanged() -> None:
    network = nn.ModuleDict({"a": nn.Sequential(nn.Linear(8, 4), nn.GELU()), "b": nn.Linear(4, 4)})
    use_int8(network)
    assert not any(isinstance(module, nn.Linear) for module in network.modules())
    assert list(network.parameters()) == []
