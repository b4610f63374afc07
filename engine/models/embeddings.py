"""Tables of embeddings that stay as they are stored.

A song touches a few hundred rows of tens of thousands: a table that is only looked up can stay in
its file, mapped into memory, whatever numbers the layers above it compute in, and on whatever
device.
"""

from __future__ import annotations

import torch
from torch import nn


class StoredEmbedding(nn.Embedding):
    """An embedding whose rows are given in another precision than they are kept in.

    The table is a buffer: it is not learnt, and a network's precision is that of its parameters.

    Parameters
    ----------
    table : torch.Tensor
        (rows, width), not copied.
    dtype : torch.dtype
        Of the rows that are given.
    padding_idx : int, optional
        As `torch.nn.Embedding` has it.
    """

    stays_in_file = True

    def __init__(
        self, table: torch.Tensor, dtype: torch.dtype, padding_idx: int | None = None
    ) -> None:
        super().__init__(*table.shape, padding_idx=padding_idx, _weight=table.detach())
        del self.weight
        self.register_buffer("weight", table.detach())
        self.dtype = dtype

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Rows (..., width) of ids (...)."""
        return super().forward(input).to(self.dtype)


class HostEmbedding(nn.Module):
    """A frozen embedding in the computer's own memory, whatever device asks it.

    The table of Llama-3.1-8B takes a gigabyte of a GPU, and a step reads a few megabytes of it. It
    is neither parameter nor buffer: nothing moves, shares or saves it.

    Parameters
    ----------
    table : torch.Tensor
        (rows, width), not copied where it lies in the computer's memory already.
    """

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self._table = table.detach().to("cpu")

    @property
    def weight(self) -> torch.Tensor:
        """The table (rows, width)."""
        return self._table

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Rows (..., width) of ids (...), on the device of the ids."""
        return nn.functional.embedding(input.to("cpu"), self._table).to(input.device)
