"""LoRA on LLaMA's decoder: put on, gathered from several processes, written and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from engine.errors import WeightsError
from engine.models.packed_lora import join_products
from engine.models.presets import Slot
from engine.models.weights import load_tensors, save_tensors
from train.settings import AdapterSettings

ADAPTER, ADAPTER_CONFIG = "adapter_model.safetensors", "adapter_config.json"


def with_adapter(decoder: Any, modules: str, settings: AdapterSettings) -> Any:
    """The decoder with LoRA, in float32, on the modules that an expression names."""
    from peft import LoraConfig, get_peft_model

    adapted: Any = get_peft_model(
        decoder,
        LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=modules,
        ),
    )
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    if getattr(decoder, "is_loaded_in_4bit", False):
        join_products(adapted)
    return adapted


def adapter_tensors(adapted: Any) -> dict[str, torch.Tensor]:
    """The adapter by its names in the peft layout."""
    from peft import get_peft_model_state_dict

    return get_peft_model_state_dict(adapted, save_embedding_layers=False)


def gathered(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors that may be sharded, whole: every process of a sharded run has to call this."""
    from torch.distributed.tensor import DTensor

    return {
        name: tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
        for name, tensor in tensors.items()
    }


def save_adapter(
    adapted: Any, adapter: dict[str, torch.Tensor], own: Slot, folder: Path, first_layer: int
) -> None:
    """Write the adapter in the peft layout, in bfloat16, naming base and layers as served."""
    config = adapted.peft_config["default"]
    config.base_model_name_or_path = own.base.name if own.base else ""
    config.inference_mode = True
    depth = len(adapted.base_model.model.layers)
    tensors = {_renumbered(name, first_layer): tensor for name, tensor in adapter.items()}
    modules = sorted({name.split(".lora_")[0].split(".")[-1] for name in tensors})
    config.target_modules = adapted_modules(range(first_layer, first_layer + depth), modules)
    config.save_pretrained(str(folder))
    save_tensors(tensors, folder / ADAPTER)


def load_adapter(adapted: Any, folder: Path, first_layer: int) -> None:
    """Start from the adapter in `folder`, whose layers count from the base's first.

    Raises
    ------
    WeightsError
        If it adapts other modules than these.
    """
    from peft import set_peft_model_state_dict

    tensors = {
        _renumbered(name, -first_layer): tensor
        for name, tensor in load_tensors(folder / ADAPTER).items()
    }
    own = adapter_tensors(adapted)
    if {k: v.shape for k, v in own.items()} != {k: v.shape for k, v in tensors.items()}:
        raise WeightsError(
            f"The adapter in {folder} has {len(tensors)} tensors of other layers or ranks than the "
            f"{len(own)} of this configuration; both must adapt the same modules."
        )
    set_peft_model_state_dict(adapted, tensors)


def _renumbered(name: str, by: int) -> str:
    return re.sub(r"(?<=layers\.)\d+", lambda found: str(int(found[0]) + by), name)


def adapted_modules(layers: Iterable[int], names: Iterable[str]) -> str:
    """A regular expression of the projections to adapt in these layers."""
    return rf"layers\.({'|'.join(map(str, layers))})\.\w+\.({'|'.join(names)})"
