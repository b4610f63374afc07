"""Fine-tune the LLaMA decoder with LoRA (embedded) or QLoRA (full) for genre.

``python -m train.genre_llama --data FOLDER``; the full-size path is
``accelerate launch -m train.genre_llama --preset full --data FOLDER``: Llama-3.1-8B in 4-bit NF4
with double quantisation, paged AdamW and gradient checkpointing (Dettmers et al. 2023,
arXiv:2305.14314).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers.llama import HEAD, PooledLlama, load_decoder, lyric_ids
from engine.classifiers.torch_classifier import padded, save_tensors
from engine.prediction import GENRES
from engine.weights import compute_device, compute_dtype
from train.genre_data import GenreSplit, capped, read_split, sample_weights
from train.genre_training import GenreLoss, finish, fit, output_slot, parse_arguments

NAME = "llama"


def main() -> None:
    """Train."""
    from peft import (
        LoraConfig,
        get_peft_model,
        get_peft_model_state_dict,
        prepare_model_for_kbit_training,
    )

    arguments = parse_arguments(__doc__ or "", "genre_llama")
    own = output_slot(NAME, arguments)
    settings = arguments.settings
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    train = capped(splits["train"], settings.get("most_per_genre"), settings.get("seed", 0))
    torch.manual_seed(settings.get("seed", 0))
    device = compute_device()
    decoder, tokenizer = load_decoder(own, compute_dtype(device.type))
    if own.quantization:
        decoder = prepare_model_for_kbit_training(
            decoder, use_gradient_checkpointing=bool(settings["gradient_checkpointing"])
        )
    else:
        decoder.to(device)
    network = PooledLlama(decoder, len(GENRES), settings.get("layers"))
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    crop = int(settings["max_tokens"])

    def rows(split: GenreSplit) -> list[dict[str, Any]]:
        weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
        return [
            {"input_ids": lyric_ids(tokenizer, lyric.text), "label": int(label), "weight": weight}
            for lyric, label, weight in zip(split.lyrics, split.labels, weights, strict=True)
        ]

    train_rows = rows(train)
    start_head(network, train_rows, pad, device, int(settings["warm_start_songs"]))
    depth = len(network.decoder.layers)
    adapted: Any = get_peft_model(
        network.decoder,
        LoraConfig(
            r=int(settings["rank"]),
            lora_alpha=int(settings["alpha"]),
            lora_dropout=float(settings["dropout"]),
            # An expression: peft's own choice of layers wants a prefix a bare decoder lacks.
            target_modules=adapted_modules(
                range(int(settings.get("first_layer", 0)), depth), settings["target_modules"]
            ),
        ),
    )
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    network.decoder = adapted

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        return module(**inputs), None

    model = GenreLoss(network, step, settings.get("label_smoothing", 0.0))

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        sequences: list[list[int]] = []
        for row in batch:
            ids = row["input_ids"]
            if model.training and len(ids) > crop:
                start = int(torch.randint(1, len(ids) - crop + 2, ()))
                ids = [ids[0], *ids[start : start + crop - 1]]
            sequences.append(ids[: settings["eval_max_tokens"]])
        ids_, mask = padded(sequences, pad)
        return {
            "input_ids": ids_,
            "attention_mask": mask,
            "labels": torch.tensor([row["label"] for row in batch]),
            "weights": torch.tensor([row["weight"] for row in batch]),
        }

    watched = splits["validation"].subset(
        np.random.default_rng(0)
        .permutation(len(splits["validation"]))[: settings["validation_songs"]]
        .tolist()
    )
    rate = float(settings["learning_rate"])
    history = fit(
        model,
        train_rows,
        rows(watched),
        collate,
        arguments,
        NAME,
        [
            {"params": [p for p in adapted.parameters() if p.requires_grad], "lr": rate},
            {
                "params": list(network.head.parameters()),
                "lr": rate * float(settings["head_rate_factor"]),
            },
        ],
    )
    adapted.peft_config["default"].base_model_name_or_path = own.base.name if own.base else ""
    adapted.peft_config["default"].inference_mode = True
    adapted.peft_config["default"].save_pretrained(str(own.folder))
    save_tensors(
        get_peft_model_state_dict(adapted, save_embedding_layers=False),
        own.folder / "adapter_model.safetensors",
    )
    save_tensors(network.head.state_dict(), own.folder / HEAD)
    config = {
        "layers": depth,
        "first_layer": settings.get("first_layer", 0),
        "rank": settings["rank"],
    }
    family = "LLaMA (QLoRA)" if own.quantization else "LLaMA (LoRA)"
    # Calibrated on the songs that were watched: a pass over all of validation costs many minutes.
    finish(NAME, family, arguments, watched, splits["test"], config, history)


def adapted_modules(layers: Iterable[int], names: Iterable[str]) -> str:
    """A regular expression of the projections to adapt in these layers."""
    return rf"layers\.({'|'.join(map(str, layers))})\.\w+\.({'|'.join(names)})"


def start_head(
    network: PooledLlama, rows: list[dict[str, Any]], pad: int, device: torch.device, songs: int
) -> None:
    """Give the head the statistics of pooled states, and logistic regression's weights."""
    from sklearn.linear_model import LogisticRegression

    chosen = np.random.default_rng(0).permutation(len(rows))[:songs]
    chosen = sorted(chosen.tolist(), key=lambda i: len(rows[i]["input_ids"]))
    states: list[torch.Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(chosen), 16):
            ids, mask = padded(
                [rows[i]["input_ids"][:256] for i in chosen[start : start + 16]], pad
            )
            states.append(network.pooled(ids.to(device), mask.to(device)).cpu())
    pooled = torch.cat(states)
    head = network.head
    head.mean.copy_(pooled.mean(0))
    head.deviation.copy_(pooled.std(0).clamp(min=1e-3))
    standardised = ((pooled - pooled.mean(0)) / pooled.std(0).clamp(min=1e-3)).numpy()
    labels = [rows[i]["label"] for i in chosen]
    regression = LogisticRegression(C=0.003, max_iter=200, class_weight="balanced")
    regression.fit(standardised, labels)
    with torch.no_grad():
        head.linear.weight.zero_()
        head.linear.bias.fill_(-4.0)
        for row, label in enumerate(regression.classes_):
            head.linear.weight[label] = torch.tensor(regression.coef_[row], dtype=torch.float32)
            head.linear.bias[label] = float(regression.intercept_[row])
    head.to(device)


if __name__ == "__main__":
    main()
