"""LLaMA decoders as they answer: cut to their first layers, with their adapter merged in.

What nothing changes stays in the base's file, which is mapped into memory: all models over a base
share it, and the system takes it back where memory is short. Copied is only what an adapter changes
or what is stored in other numbers than those computed in; the table of token embeddings never is
(`engine.models.embeddings`).

A plain LoRA is merged here, by its definition (Hu et al. 2021, arXiv:2106.09685, section 4.1), a
weight at a time. peft would do the same, but is a second and 54 MB to import; it is asked for
whatever else an adapter may be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from engine.errors import WeightsError
from engine.models.compute import Precision
from engine.models.embeddings import StoredEmbedding
from engine.models.int8 import Int8Linear
from engine.models.weights import check_adapter, check_adapter_tensors, load_tensors
from engine.optional import need_training_group

ADAPTER, ADAPTER_CONFIG = "adapter_model.safetensors", "adapter_config.json"
# What a plain LoRA says of itself; anything else is not merged by one product.
_PLAIN: Mapping[str, Any] = {
    "peft_type": "LORA",
    "bias": "none",
    "fan_in_fan_out": False,
    "lora_bias": False,
    "use_dora": False,
    "use_rslora": False,
    "use_qalora": False,
    "use_bdlora": False,
    "rank_pattern": {},
    "alpha_pattern": {},
    "modules_to_save": None,
    "exclude_modules": None,
    "layers_to_transform": None,
    "layer_replication": None,
    "target_parameters": None,
    "trainable_token_indices": None,
    "alora_invocation_tokens": None,
    "arrow_config": None,
    "monteclora_config": None,
    "velora_config": None,
}


class _Pair(NamedTuple):
    """The two matrices of a LoRA: (rank, inputs) and (outputs, rank)."""

    down: torch.Tensor
    up: torch.Tensor


def cut_decoder(source: str, layers: int, **options: Any) -> tuple[Any, bool]:
    """The base's first `layers` decoder layers, frozen, and whether there were more.

    The others stay in the file. `options` are those of ``from_pretrained``; by default numbers are
    those of the file.

    Raises
    ------
    WeightsError
        If its file is missing or unreadable.
    """
    from transformers import AutoConfig, AutoModel

    config: Any = AutoConfig.from_pretrained(source)
    depth = int(config.num_hidden_layers)
    config.num_hidden_layers = min(layers, depth)
    arguments: dict[str, Any] = {"dtype": "auto", **options}
    try:
        decoder: Any = AutoModel.from_pretrained(source, config=config, **arguments)
    except OSError as error:
        raise WeightsError(f"The base {source} could not be loaded: {error}") from None
    return decoder.requires_grad_(False), layers < depth


def merged_decoder(
    source: str, layers: int, folder: Path, precision: Precision, *, final_norm: bool
) -> Any:
    """The cut decoder with the adapter of a folder merged in, computing in a precision.

    `final_norm` says whether the norm behind the last layer stays where layers were cut.

    Raises
    ------
    WeightsError
        If the adapter is not one of these layers.
    """
    dtype = precision.dtype
    decoder, is_cut = cut_decoder(source, layers)
    if is_cut and not final_norm:
        decoder.norm = nn.Identity()
    settings: Any = json.loads((folder / ADAPTER_CONFIG).read_text("utf-8"))
    changes: dict[str, _Pair] = {}
    if _is_plain(settings):
        changes = _pairs(decoder, settings, folder / ADAPTER)
    else:
        decoder = merged_by_peft(decoder.float(), folder)
    scale = settings["lora_alpha"] / settings["r"] if changes else 0.0
    # Mapped anew, and touched only where it stays: the first mapping, read to be changed, goes.
    stored, _ = cut_decoder(source, layers)
    kept = dict(stored.named_parameters())
    table = stored.get_input_embeddings()
    decoder.set_input_embeddings(StoredEmbedding(table.weight, dtype, table.padding_idx))
    for name in [name for name, _ in decoder.named_modules()]:
        module = decoder.get_submodule(name)
        for kind, parameter in module.named_parameters(recurse=False):
            weight, path = parameter.data, f"{name}.{kind}"
            if pair := changes.get(path):
                weight = weight.float() + scale * (pair.up.float() @ pair.down.float())
            elif changes and weight.dtype == dtype:
                weight = kept[path].data
            parameter.data = weight.to(dtype)
        if precision.is_whole and isinstance(module, nn.Linear):
            holder, _, own = name.rpartition(".")
            setattr(decoder.get_submodule(holder), own, Int8Linear(module))
    return decoder.eval()


def state_dtype(decoder: Any) -> torch.dtype:
    """In which numbers states pass from layer to layer: those of the norms.

    Packed weights have none, and what an adapter adds may be in others.
    """
    return decoder.layers[0].input_layernorm.weight.dtype


def merged_by_peft(decoder: Any, folder: Path) -> Any:
    """A decoder with the adapter of a folder merged in by peft, whatever it is and lies in.

    Raises
    ------
    WeightsError
        If the adapter is not this decoder's.
    """
    return _adapted(decoder, folder).merge_and_unload()


def adapted_in_four_bits(decoder: Any, folder: Path) -> Any:
    """A quantized decoder with the adapter of a folder beside it, as it was trained.

    Merged, the sum would be rounded to 16 values a weight, and much of what was learnt with it.

    Raises
    ------
    WeightsError
        If the adapter is not this decoder's.
    """
    from engine.models.packed_lora import join_products

    adapted = _adapted(decoder, folder)
    join_products(adapted)
    return adapted


def _adapted(decoder: Any, folder: Path) -> Any:
    need_training_group("peft, which reads this adapter,", "peft")
    from peft import PeftModel

    adapted: Any = PeftModel.from_pretrained(decoder, str(folder))
    check_adapter(adapted, folder / ADAPTER)
    return adapted


def _is_plain(settings: Any) -> bool:
    """Whether an adapter is the product of two matrices beside each weight, and nothing else."""
    return isinstance(settings, dict) and all(
        (settings.get(name) or None) == (expected or None) for name, expected in _PLAIN.items()
    )


def _pairs(decoder: nn.Module, settings: Mapping[str, Any], file: Path) -> dict[str, _Pair]:
    """By the weight's name what an adapter adds to it; `WeightsError` if it is another's."""
    targets, rank = settings["target_modules"], settings["r"]
    linears = {
        name: module
        for name, module in decoder.named_modules()
        if isinstance(module, nn.Linear) and _is_target(name, targets)
    }
    expected: dict[str, torch.Tensor] = {}
    for name, module in linears.items():
        down, up = _names(name)
        expected[down] = torch.empty(rank, module.in_features, device="meta")
        expected[up] = torch.empty(module.out_features, rank, device="meta")
    given = load_tensors(file)
    check_adapter_tensors(given, expected, file)
    return {
        f"{name}.weight": _Pair(*(given[matrix] for matrix in _names(name))) for name in linears
    }


def _names(module: str) -> tuple[str, str]:
    """What peft calls the two matrices of a module."""
    return (
        f"base_model.model.{module}.lora_A.weight",
        f"base_model.model.{module}.lora_B.weight",
    )


def _is_target(module: str, targets: Any) -> bool:
    """Whether peft takes a module for adapted: by an expression, or by the ends of names."""
    if isinstance(targets, str):
        return re.fullmatch(targets, module) is not None
    return any(module == target or module.endswith(f".{target}") for target in targets)
