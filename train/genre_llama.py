"""Fine-tune the LLaMA decoder with LoRA (embedded) or QLoRA (full) for genre.

``python -m train.genre_llama --data FOLDER``; the full-size path is
``accelerate launch -m train.genre_llama --preset full --data FOLDER``: Llama-3.1-8B in 4-bit NF4
with double quantisation, paged AdamW and gradient checkpointing (Dettmers et al. 2023,
arXiv:2305.14314). Several GPUs share the songs (``--multi_gpu``), and all of the model but its
4-bit base as well with ``--config_file train/configs/fsdp.yaml``.

A song is read as windows of its distinct lines; a step draws one window of each song, evaluation
reads them all. Layers below ``first_layer`` are frozen, and their states are computed once. At the
end the direct path (see `train.direct_path`) is fitted and weighed.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers.llama import (
    HEAD,
    PooledHead,
    PooledLlama,
    load_decoder,
    load_tokenizer,
    lyric_windows,
    padding_id,
)
from engine.classifiers.prediction import GENRES
from engine.classifiers.torch_classifier import load_tensors, save_tensors
from engine.classifiers.windows import padded
from engine.errors import WeightsError
from engine.models.card import ModelCard
from engine.models.compute import AUTO, TRANSFORMER, compute_device, training_precision
from engine.models.presets import Slot
from engine.models.quantization import prepared_for_adapters
from train.card import finish
from train.command_line import is_main_process, output_slot, parse_arguments
from train.direct_path import add_direct
from train.frozen_states import FrozenStates
from train.genre_data import GenreSplit, log_prior, read_split, sample_weights
from train.trainer import GenreLoss, fit, network_precision

NAME = "llama"
ADAPTER = "adapter_model.safetensors"
# What of the card's configuration tells how the adapter and its windows are built.
STRUCTURE = ("layers", "first_layer", "rank", "window", "windows", "precision")


def main() -> None:
    """Train adapter and head, then fit the direct path; or, if asked, the latter alone."""
    arguments = parse_arguments(
        __doc__ or "",
        "genre_llama",
        adapter={"type": Path, "help": "folder of train.llama_lm; default: a fresh adapter"},
        direct_only={
            "action": "store_true",
            "help": "fit the direct path and calibrate anew; adapter and head stay as they stand",
        },
    )
    own = output_slot(NAME, arguments)
    settings = arguments.settings
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    if arguments.direct_only:
        card = ModelCard.read(own.folder)
        config = {key: card.config[key] for key in STRUCTURE if key in card.config}
        finish_with_direct(own, card.family, arguments, splits, config, card.config["history"])
        return
    watched = splits["validation"].drawn(settings["validation_songs"])
    torch.manual_seed(settings.get("seed", 0))
    device = compute_device()
    decoder, tokenizer = base_decoder(own, settings, device)
    windows: list[list[int]] = []
    train_rows = song_rows(splits["train"], tokenizer, settings, windows)
    watched_rows = song_rows(watched, tokenizer, settings, windows)
    pad = padding_id(tokenizer)
    network, frozen = halves(
        decoder, windows, pad, settings, arguments.runs / NAME / "frozen_states.bin"
    )
    reader = WindowReader(frozen, windows, int(settings["window"]), pad, settings["batch_size"])
    drawn = np.random.default_rng(0).permutation(len(train_rows))
    first = [train_rows[i] for i in drawn[: int(settings["warm_start_songs"])]]
    prior = log_prior(splits["train"].labels)
    fit_head(network.head, reader.pooled_states(network, first), first, 0.003, prior)
    history = train_adapter(network, reader, train_rows, watched_rows, prior, arguments)
    adapter = gathered(adapter_tensors(network.decoder))
    head = gathered(network.head.state_dict())
    if not is_main_process():
        return
    save_adapter(network.decoder, adapter, own, int(settings.get("first_layer", 0)))
    save_tensors(head, own.folder / HEAD)
    config = {
        "layers": int(settings.get("layers") or decoder.config.num_hidden_layers),
        "first_layer": settings.get("first_layer", 0),
        "rank": settings["rank"],
        "window": settings["window"],
        "windows": settings["windows"],
        "precision": str(network_precision(network, settings)),
    }
    family = "LLaMA (QLoRA)" if own.quantization else "LLaMA (LoRA)"
    finish_with_direct(own, family, arguments, splits, config, history)


def finish_with_direct(
    own: Slot,
    family: str,
    arguments: argparse.Namespace,
    splits: Mapping[str, GenreSplit],
    config: dict[str, Any],
    history: list[dict[str, float]],
) -> None:
    """Fit the direct path beside the adapter and head that stand, then finish as all models do."""
    tokenizer = load_tokenizer(own)
    sizes = config["window"], config["windows"]

    def windows(split: str) -> list[list[list[int]]]:
        return [lyric_windows(tokenizer, lyric.text, *sizes) for lyric in splits[split].lyrics]

    tokens, pad = len(tokenizer), padding_id(tokenizer)
    adjusted = add_direct(own, arguments, splits, windows, tokens, pad)
    finish(NAME, family, arguments, splits, config, history, adjusted)


def base_decoder(own: Slot, settings: dict[str, Any], device: torch.device) -> tuple[Any, Any]:
    """The base's decoder, ready for adapters; and its tokenizer."""
    precision = training_precision(TRANSFORMER, settings.get("precision", AUTO))
    decoder, tokenizer = load_decoder(own, precision.dtype)
    if own.quantization:
        decoder = prepared_for_adapters(
            decoder, checkpoint=bool(settings["gradient_checkpointing"])
        )
    else:
        decoder.to(device)
    if settings.get("attention"):
        decoder.set_attn_implementation(settings["attention"])
    return decoder, tokenizer


def halves(
    decoder: Any, windows: list[list[int]], pad: int, settings: dict[str, Any], path: Path
) -> tuple[PooledLlama, FrozenStates | None]:
    """The layers to adapt with a fresh head, and the kept states of those below, if any."""
    import copy

    first = int(settings.get("first_layer", 0))
    network = PooledLlama(decoder, len(GENRES), settings.get("layers"))
    network.head.to(next(decoder.parameters()).device)
    if not first:
        return network, None
    # Copies of the module only: both share the tensors of the base.
    bottom, top = copy.copy(decoder), copy.copy(decoder)
    for part in (bottom, top):
        part._modules = dict(decoder._modules)
    bottom.layers, bottom.norm = decoder.layers[:first], nn.Identity()
    top.layers, top.embed_tokens = decoder.layers[first:], nn.Identity()
    # Each counts its own layers in its forward pass.
    bottom.config, top.config = copy.copy(decoder.config), copy.copy(decoder.config)
    bottom.config.num_hidden_layers = first
    top.config.num_hidden_layers = len(top.layers)
    network.decoder = top
    return network, FrozenStates(bottom, windows, int(settings["window"]), pad, path)


class WindowReader:
    """Brings windows to pooled states, from kept states where there are any.

    Windows go through the decoder `batch` at a time, all padded to `size`, so that compiled layers
    see one shape only.
    """

    def __init__(
        self,
        frozen: FrozenStates | None,
        windows: list[list[int]],
        size: int,
        pad: int,
        batch: int,
    ) -> None:
        self.frozen = frozen
        self.windows = windows
        self.size = size
        self.pad = pad
        self.batch = int(batch)

    def __call__(self, network: PooledLlama, chosen: list[int], song: torch.Tensor) -> torch.Tensor:
        """Pooled states (songs, width) of windows; `song` says whose each is."""
        if self.frozen is None:
            ids, mask = padded([self.windows[i] for i in chosen], self.pad)
            return network.pooled(ids.to(song.device), mask.to(song.device), song)
        # Checkpointed layers pass gradients on only where their input asks for one.
        states = self.frozen(chosen).to(song.device, network.decoder.dtype)
        states.requires_grad_(torch.is_grad_enabled())
        mask = self.frozen.mask(chosen).to(song.device)
        return network.pooled_embedded(states, mask, song, self.batch)

    def pooled_states(
        self, network: PooledLlama, rows: list[dict[str, Any]]
    ) -> np.ndarray[Any, Any]:
        """Pooled states (songs, width) of songs read whole, in order."""
        device = network.head.mean.device
        parts: list[torch.Tensor] = []
        network.eval()
        with torch.inference_mode():
            for start in range(0, len(rows), self.batch):
                part = rows[start : start + self.batch]
                song = [i for i, row in enumerate(part) for _ in row["windows"]]
                chosen = [w for row in part for w in row["windows"]]
                parts.append(self(network, chosen, torch.tensor(song, device=device)).cpu())
        return torch.cat(parts).numpy()


def song_rows(
    split: GenreSplit, tokenizer: Any, settings: dict[str, Any], windows: list[list[int]]
) -> list[dict[str, Any]]:
    """What the collator reads, song by song; their windows are added to `windows`."""
    weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
    rows: list[dict[str, Any]] = []
    for lyric, label, weight in zip(split.lyrics, split.labels, weights, strict=True):
        own = lyric_windows(tokenizer, lyric.text, settings["window"], settings["windows"])
        indices = list(range(len(windows), len(windows) + len(own)))
        rows.append({"windows": indices, "label": int(label), "weight": weight})
        windows += own
    return rows


def train_adapter(
    network: PooledLlama,
    reader: WindowReader,
    train_rows: list[dict[str, Any]],
    watched_rows: list[dict[str, Any]],
    prior: np.ndarray[Any, Any],
    arguments: argparse.Namespace,
) -> list[dict[str, float]]:
    """LoRA on the decoder, together with the head; returns the log."""
    settings = arguments.settings
    # An expression: peft's own choice of layers wants a prefix a bare decoder lacks.
    modules = adapted_modules(range(len(network.decoder.layers)), settings["target_modules"])
    adapted = with_adapter(network.decoder, modules, settings)
    if arguments.adapter:
        load_adapter(adapted, arguments.adapter, int(settings.get("first_layer", 0)))
    network.decoder = adapted
    if settings.get("compile"):
        for layer in adapted.base_model.model.layers:
            layer.compile(dynamic=False)

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        assert isinstance(module, PooledLlama)  # noqa: S101 - the network given below
        pooled = reader(module, inputs["window"].tolist(), inputs["song"])
        return module.head(pooled), None

    model = GenreLoss(network, step, settings.get("label_smoothing", 0.0), prior)

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        chosen = [
            [row["windows"][int(torch.randint(len(row["windows"]), ()))]]
            if model.training
            else row["windows"]
            for row in batch
        ]
        return {
            "window": torch.tensor([w for own in chosen for w in own]),
            "song": torch.tensor([i for i, own in enumerate(chosen) for _ in own]),
            "labels": torch.tensor([row["label"] for row in batch]),
            "weights": torch.tensor([row["weight"] for row in batch]),
        }

    rate = float(settings["learning_rate"])
    head_rate = rate * float(settings["head_rate_factor"])
    return fit(
        model,
        train_rows,
        watched_rows,
        collate,
        arguments,
        NAME,
        [
            {"params": [p for p in adapted.parameters() if p.requires_grad], "lr": rate},
            {"params": list(network.head.parameters()), "lr": head_rate},
        ],
    )


def with_adapter(decoder: Any, modules: str, settings: dict[str, Any]) -> Any:
    """The decoder with LoRA, in float32, on the modules that an expression names."""
    from peft import LoraConfig, get_peft_model

    adapted: Any = get_peft_model(
        decoder,
        LoraConfig(
            r=int(settings["rank"]),
            lora_alpha=int(settings["alpha"]),
            lora_dropout=float(settings["dropout"]),
            target_modules=modules,
        ),
    )
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
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
    adapted: Any, adapter: dict[str, torch.Tensor], own: Slot, first_layer: int
) -> None:
    """Write the adapter in the peft layout, in bfloat16, naming base and layers as served."""
    config = adapted.peft_config["default"]
    config.base_model_name_or_path = own.base.name if own.base else ""
    config.inference_mode = True
    depth = len(adapted.base_model.model.layers)
    tensors = {_renumbered(name, first_layer): tensor for name, tensor in adapter.items()}
    modules = sorted({name.split(".lora_")[0].split(".")[-1] for name in tensors})
    config.target_modules = adapted_modules(range(first_layer, first_layer + depth), modules)
    config.save_pretrained(str(own.folder))
    save_tensors(tensors, own.folder / ADAPTER)


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


def fit_head(
    head: PooledHead,
    states: np.ndarray[Any, Any],
    rows: list[dict[str, Any]],
    regularisation: float,
    prior: np.ndarray[Any, Any],
) -> None:
    """Give the head the statistics of pooled states, and the weights of a logistic regression.

    A convex fit on fixed states costs one pass over a few songs, where gradient steps through the
    decoder cost dozens. `regularisation` is scikit-learn's C; the log prior is taken off, since the
    loss adds it.
    """
    from sklearn.linear_model import LogisticRegression

    mean, deviation = states.mean(0), states.std(0).clip(1e-3)
    regression = LogisticRegression(C=regularisation, max_iter=300)
    regression.fit(
        (states - mean) / deviation,
        [row["label"] for row in rows],
        sample_weight=[float(row["weight"]) for row in rows],
    )
    with torch.no_grad():
        head.mean.copy_(torch.from_numpy(mean))
        head.deviation.copy_(torch.from_numpy(deviation))
        head.linear.weight.zero_()
        head.linear.bias.zero_()
        for row, label in enumerate(regression.classes_):
            head.linear.weight[label] = torch.from_numpy(regression.coef_[row]).float()
            head.linear.bias[label] = float(regression.intercept_[row]) - float(prior[label])


if __name__ == "__main__":
    main()
