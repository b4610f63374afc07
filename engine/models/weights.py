"""Weight files: read and written as safetensors, and loaded only where they fit.

A file with the right checksum may still be another model's: names, shapes and numbers are compared
with the module that takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine.errors import WeightsError


def load_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Read a safetensors file; `WeightsError` if it is missing or unreadable."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path} cannot be read as safetensors ({error}); "
            "restore it with `git checkout -- models`."
        ) from None


def save_tensors(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write floating tensors in bfloat16: half the size, and no worse for weights trained here."""
    half = {
        name: (t.detach().to(torch.bfloat16) if t.is_floating_point() else t.detach())
        .contiguous()
        .cpu()
        .clone()
        for name, t in tensors.items()
    }
    save_file(half, path)


def load_into(module: torch.nn.Module, tensors: Mapping[str, torch.Tensor], **where: Any) -> None:
    """Load what a file holds into a module, keeping the module's own dtypes.

    ``allow_missing`` names prefixes that come from elsewhere (a frozen base). `WeightsError` if
    names or shapes are not the module's, or a number is not finite.
    """
    allow_missing: tuple[str, ...] = where.get("allow_missing", ())
    own = module.state_dict()
    check_tensors(tensors, own)
    result = module.load_state_dict(
        {
            name: tensor.to(own[name].dtype) if name in own else tensor
            for name, tensor in tensors.items()
        },
        strict=False,
    )
    missing = [name for name in result.missing_keys if not name.startswith(allow_missing)]
    if missing or result.unexpected_keys:
        raise WeightsError(
            f"The weights do not fit the model: {len(missing)} missing, "
            f"{len(result.unexpected_keys)} unexpected ({(missing + result.unexpected_keys)[:2]})."
        )


def cast_parameters(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """Have a network compute in `dtype`; its buffers stay as they are.

    Rotary positions are sines of frequencies times hundreds: in bfloat16 they would be others.
    """
    for parameter in module.parameters():
        parameter.data = parameter.data.to(dtype)


def check_tensors(
    tensors: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]
) -> None:
    """`WeightsError` if a tensor has another shape than the one it replaces, or odd numbers."""
    for name, tensor in tensors.items():
        if name in expected and tensor.shape != expected[name].shape:
            raise WeightsError(
                f"The weights do not fit the model: '{name}' is {tuple(tensor.shape)}, not "
                f"{tuple(expected[name].shape)}; restore them with `git checkout -- models`."
            )
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise WeightsError(
                f"The weights are broken: '{name}' holds numbers that are not finite; restore them "
                "with `git checkout -- models`."
            )


def check_adapter(adapted: Any, file: Path) -> None:
    """`WeightsError` if the file is not this adapter's, which peft would load in part."""
    from peft import get_peft_model_state_dict

    own = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    check_adapter_tensors(load_tensors(file), own, file)


def check_adapter_tensors(
    given: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor], file: Path
) -> None:
    """`WeightsError` unless a file's tensors are those that its adapter has, finite numbers."""
    if given.keys() != expected.keys():
        odd = sorted(given.keys() ^ expected.keys())
        raise WeightsError(
            f"{file} does not fit its adapter_config.json ({len(odd)} names differ, "
            f"such as '{odd[0]}'); restore both with `git checkout -- models`."
        )
    check_tensors(given, expected)
