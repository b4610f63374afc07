"""What a checkpoint leaves out: the frozen base."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def leave_out_frozen(module: nn.Module) -> None:
    """Keep what a module saves small: a frozen base of 8 billion parameters would fill a disk.

    What it so left out is not missing when it is loaded.
    """
    module.register_state_dict_post_hook(_leave_out_frozen)
    module.register_load_state_dict_post_hook(_miss_no_frozen)


def _frozen(module: nn.Module) -> tuple[str, ...]:
    """How the names of what is not trained begin, and of what quantization keeps beside it."""
    return tuple(name for name, value in module.named_parameters() if not value.requires_grad)


def _leave_out_frozen(
    module: nn.Module, state: dict[str, torch.Tensor], prefix: str, _local: dict[str, Any]
) -> None:
    left_out = tuple(prefix + name for name in _frozen(module))
    for key in [key for key in state if key.startswith(left_out)]:
        del state[key]


def _miss_no_frozen(module: nn.Module, keys: Any) -> None:
    frozen = _frozen(module)
    keys.missing_keys[:] = [key for key in keys.missing_keys if not key.startswith(frozen)]
