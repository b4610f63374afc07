"""Device and precision: where models compute, and in which numbers."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def compute_device() -> torch.device:
    """CUDA when there is a GPU, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@cache
def compute_dtype(device_type: str) -> torch.dtype:
    """The faster of bfloat16 and float32 on this device, by a short timing on the CPU.

    Chips without bfloat16 instructions emulate them several times slower, and which chips have
    them is not told alike by all platforms; some 20 ms of matrix products tell.
    """
    import torch

    if device_type != "cpu":
        return torch.bfloat16

    def seconds(dtype: torch.dtype) -> float:
        left = torch.randn(256, 576).to(dtype)
        right = torch.randn(576, 1536).to(dtype)
        best = float("inf")
        for _ in range(4):
            start = time.perf_counter()
            for _ in range(4):
                torch.mm(left, right)
            best = min(best, time.perf_counter() - start)
        return best

    return torch.bfloat16 if seconds(torch.bfloat16) < seconds(torch.float32) else torch.float32
