"""A model's tensors are counted once, whatever holds them."""

from __future__ import annotations

import torch

from engine.models.tensors import Tensors, tensors_of


class Holder:
    """An object of the engine that holds networks in attributes of its own."""

    __module__ = "engine.made_up"

    def __init__(self, *held: object) -> None:
        self.first, self.second = held


def test_tensors_are_counted_once_whatever_holds_them() -> None:
    tied = torch.nn.Linear(10, 10, bias=False)
    twin = torch.nn.Linear(10, 10, bias=False)
    twin.weight = tied.weight
    half = torch.nn.Linear(5, 5, bias=False).to(torch.bfloat16)
    batch = torch.nn.BatchNorm1d(4)  # buffers count too: 4 x 4 floats and one counter

    found = tensors_of(Holder(torch.nn.ModuleList([tied, twin]), Holder(half, batch)))

    assert found.bytes == 400 + 50 + 4 * 4 * 4 + 8
    assert (found.device, found.dtype) == ("cpu", "float32")
    assert tensors_of(object()) == Tensors(0)


def test_an_object_that_holds_itself_is_counted_once() -> None:
    holder = Holder(torch.nn.Linear(10, 10, bias=False), None)
    holder.second = holder
    assert tensors_of(holder).bytes == 400
