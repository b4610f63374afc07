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
import gc
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
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
from engine.models.card import ModelCard
from engine.models.compute import TRANSFORMER, compute_device, training_precision
from engine.models.presets import Slot
from engine.models.quantization import prepared_for_adapters
from engine.models.weights import load_into, load_tensors, save_tensors
from train.card import continued, finish
from train.command_line import is_main_process, output_slot, parse_arguments, run
from train.direct_path import add_direct
from train.frozen_states import WindowReader, halves
from train.genre_data import GenreSplit, drawn_text, log_prior, read_splits, sample_weights
from train.genre_loss import GenreLoss, genre_metrics
from train.llama_adapter import (
    ADAPTER,
    ADAPTER_CONFIG,
    adapted_modules,
    adapter_tensors,
    gathered,
    load_adapter,
    save_adapter,
    with_adapter,
)
from train.packing import PACKED, use_packed_attention
from train.settings import Amount, Count, DecoderSettings, DirectSettings, GenreSettings
from train.staging import staged
from train.trainer import fit, network_precision

NAME = "llama"
LEARNT = "learnt"  # the folder in runs/llama where adapter and head are left
# What of the card's configuration tells how the adapter and its windows are built.
STRUCTURE = ("layers", "first_layer", "rank", "window", "windows", "precision")


@dataclass(frozen=True, kw_only=True)
class LlamaSettings(GenreSettings, DecoderSettings, DirectSettings):
    """Settings of a run."""

    windows: Count
    warm_start_songs: Count
    validation_songs: Count
    head_rate_factor: Amount


def main() -> None:
    """Train adapter and head, then fit the direct path; or, if asked, the latter alone."""
    arguments = parse_arguments(
        __doc__ or "",
        "genre_llama",
        LlamaSettings,
        adapter={"type": Path, "help": "folder of train.llama_lm; default: a fresh adapter"},
        go_on={"action": "store_true", "help": "start from the adapter and head that are there"},
        direct_only={
            "action": "store_true",
            "help": "fit the direct path and calibrate anew; adapter and head stay as they stand",
        },
    )
    own = output_slot(NAME, arguments)
    splits = read_splits(arguments.data, arguments.limit)
    if arguments.direct_only:
        card = ModelCard.read(own.folder)
        config = {key: card.config[key] for key in STRUCTURE if key in card.config}
        with staged(own, keep=(ADAPTER, ADAPTER_CONFIG, HEAD)) as place:
            finish_with_direct(
                place, card.family, arguments, splits, config, card.config["history"]
            )
        return
    config, history = trained(own, splits, arguments)
    if not is_main_process():
        return
    gc.collect()  # the network just trained: one to be measured takes its place in memory
    family = "LLaMA (QLoRA)" if own.quantization else "LLaMA (LoRA)"
    with staged(own) as place:
        for name in (ADAPTER, ADAPTER_CONFIG, HEAD):
            shutil.copy2(arguments.runs / NAME / LEARNT / name, place.folder / name)
        finish_with_direct(place, family, arguments, splits, config, history)


def trained(
    own: Slot, splits: Mapping[str, GenreSplit], arguments: argparse.Namespace
) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Train adapter and head and leave them in the run's folder; the card's configuration and log.

    Nothing holds the network afterwards: beside another, it would take twice the memory.
    """
    settings: LlamaSettings = arguments.settings
    torch.manual_seed(settings.seed)
    decoder, tokenizer = base_decoder(own, settings, compute_device())
    windows: list[list[int]] = []
    watched = splits["validation"].drawn(settings.validation_songs)
    train_rows = song_rows(splits["train"], tokenizer, settings, windows, settings.forms)
    watched_rows = song_rows(watched, tokenizer, settings, windows)
    pad = padding_id(tokenizer)
    run = arguments.runs / NAME
    network, frozen = halves(decoder, windows, pad, settings, run / "frozen_states.bin")
    reader = WindowReader(frozen, windows, settings.window, pad, settings.batch_size)
    prior = log_prior(splits["train"].labels)
    if arguments.go_on:
        arguments.adapter = own.folder
        load_into(network.head, load_tensors(own.folder / HEAD))
    else:
        drawn = np.random.default_rng(0).permutation(len(train_rows))
        first = [train_rows[i] for i in drawn[: settings.warm_start_songs]]
        fit_head(network.head, reader.pooled_states(network, first), first, 0.003, prior)
    history = train_adapter(network, reader, train_rows, watched_rows, prior, arguments)
    if arguments.go_on:
        history = continued(ModelCard.read(own.folder).config["history"], history)
    adapter = gathered(adapter_tensors(network.decoder))
    head = gathered(network.head.state_dict())
    if is_main_process():
        learnt = run / LEARNT
        learnt.mkdir(parents=True, exist_ok=True)
        save_adapter(network.decoder, adapter, own, learnt, settings.first_layer)
        save_tensors(head, learnt / HEAD)
    config = {
        "layers": settings.layers or decoder.config.num_hidden_layers,
        "first_layer": settings.first_layer,
        "rank": settings.rank,
        "window": settings.window,
        "windows": settings.windows,
        "precision": str(network_precision(network, settings)),
    }
    return config, history


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

    def read(split: GenreSplit) -> list[list[list[int]]]:
        return [lyric_windows(tokenizer, lyric.text, *sizes) for lyric in split.lyrics]

    tokens, pad = len(tokenizer), padding_id(tokenizer)
    adjusted = add_direct(own, arguments, splits, read, tokens, pad)
    finish(own, family, arguments, splits, config, history, adjusted)


def base_decoder(own: Slot, settings: LlamaSettings, device: torch.device) -> tuple[Any, Any]:
    """The base's decoder, ready for adapters; and its tokenizer."""
    precision = training_precision(TRANSFORMER, settings.precision)
    decoder, tokenizer = load_decoder(own, precision.dtype)
    if own.quantization:
        decoder = prepared_for_adapters(decoder, checkpoint=settings.gradient_checkpointing)
    else:
        decoder.to(device)
    if settings.attention == PACKED:
        use_packed_attention(decoder)
    elif settings.attention:
        decoder.set_attn_implementation(settings.attention)
    return decoder, tokenizer


def song_rows(
    split: GenreSplit,
    tokenizer: Any,
    settings: LlamaSettings,
    windows: list[list[int]],
    forms: int = 0,
) -> list[dict[str, Any]]:
    """What the collator reads, song by song; their windows are added to `windows`.

    ``texts`` are the windows of the whole song, then those of each form that it is shown in.
    """
    weights = sample_weights(split, settings.class_weight_power, settings.noisy_weight)
    shown = [split, *split.in_forms(forms, settings.seed)]
    rows: list[dict[str, Any]] = []
    for *lyrics, label, weight in zip(
        *(of.lyrics for of in shown), split.labels, weights, strict=True
    ):
        texts: list[list[int]] = []
        for lyric in lyrics:
            own = lyric_windows(tokenizer, lyric.text, settings.window, settings.windows)
            texts.append(list(range(len(windows), len(windows) + len(own))))
            windows += own
        rows.append({"texts": texts, "windows": texts[0], "label": int(label), "weight": weight})
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
    settings: LlamaSettings = arguments.settings
    # An expression: peft's own choice of layers wants a prefix a bare decoder lacks.
    modules = adapted_modules(range(len(network.decoder.layers)), settings.target_modules)
    adapted = with_adapter(network.decoder, modules, settings)
    if arguments.adapter:
        load_adapter(adapted, arguments.adapter, settings.first_layer)
    network.decoder = adapted
    if settings.compile:
        for layer in adapted.base_model.model.layers:
            layer.compile(dynamic=False)

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        assert isinstance(module, PooledLlama)  # noqa: S101 - the network given below
        pooled = reader(module, inputs["window"].tolist(), inputs["song"])
        return module.head(pooled), None

    model = GenreLoss(network, step, settings.label_smoothing, prior)

    def drawn(windows: list[int]) -> int:
        return windows[int(torch.randint(len(windows), ()))]

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        chosen = [
            [drawn(drawn_text(row["texts"], settings.form_share))]
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

    rate = settings.learning_rate
    head_rate = rate * settings.head_rate_factor
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
        genre_metrics,
    )


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
    run(main)
