"""Fine-tune RoBERTa joined with the BiLSTM-GRU's predictions.

``python -m train.genre_roberta --data FOLDER --features runs/bilstm-gru/cross_fit.npz``, with
``--encoder runs/roberta-mlm`` from where `train.roberta_mlm` left the encoder. Training songs take
the cross-fitted predictions (see `train.genre_bilstm_gru`), validation and test songs those of the
shipped BiLSTM-GRU, as in the app. ``--augmentation without`` or ``shuffled`` trains the ablations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers import load_classifier
from engine.classifiers.roberta import (
    FROZEN,
    WEIGHTS,
    AugmentedRoberta,
    heard_features,
    song_windows,
)
from engine.classifiers.torch_classifier import (
    distinct_text,
    load_into,
    load_tensors,
    padded,
    save_tensors,
)
from engine.errors import InputError
from engine.prediction import GENRES
from train.genre_data import GenreSplit, capped, log_prior, read_split, sample_weights
from train.genre_training import (
    GenreLoss,
    compile_for_training,
    finish,
    fit,
    output_slot,
    parse_arguments,
    training_encoder,
)

NAME = "roberta"
AUGMENTATIONS = ("with", "without", "shuffled")


def main() -> None:
    """Train."""
    arguments = parse_arguments(
        __doc__ or "",
        "genre_roberta",
        features={"type": Path, "required": True, "help": "the BiLSTM-GRU's cross_fit.npz"},
        encoder={"type": Path, "help": "folder of train.roberta_mlm; default: the base as it is"},
        go_on={"action": "store_true", "help": "start from the weights that are there"},
        augmentation={"choices": AUGMENTATIONS, "default": "with", "help": "for the ablation"},
    )
    own = output_slot(NAME, arguments)
    settings = arguments.settings
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    train = capped(splits["train"], settings.get("most_per_genre"), settings.get("seed", 0))
    bilstm: Any = load_classifier("bilstm-gru")
    tags: list[str] = bilstm.card.config["tags"]

    encoder, tokenizer = training_encoder(own, settings)
    if arguments.encoder:
        load_into(
            encoder,
            load_tensors(arguments.encoder / "encoder.safetensors"),
            allow_missing=("embeddings.",),
        )
    torch.manual_seed(settings.get("seed", 0))
    network = AugmentedRoberta(encoder, len(tags), len(GENRES), float(settings["dropout"]))
    if arguments.go_on:
        load_into(network, load_tensors(own.folder / WEIGHTS), allow_missing=FROZEN)
    if settings.get("compile"):
        compile_for_training(encoder.encoder.layer)

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        return module(**inputs), None

    model = GenreLoss(network, step, settings.get("label_smoothing", 0.0), log_prior(train.labels))
    watched = splits["validation"].drawn(settings["validation_songs"])
    with torch.inference_mode():
        heard = [bilstm.heard(watched.lyrics[i : i + 1]) for i in range(len(watched))]
    genres, probabilities = (torch.cat(parts) for parts in zip(*heard, strict=True))
    base_rate = float(settings["learning_rate"])
    window = int(settings["window"])
    own_modules = (network.head, network.tag_norm, network.heard)
    history = fit(
        model,
        rows(train, cross_fitted(train, arguments.features), tokenizer, arguments),
        rows(watched, heard_features(genres, probabilities), tokenizer, arguments),
        collator(tokenizer, window, int(settings["windows"]), lambda: model.training),
        arguments,
        NAME if arguments.augmentation == "with" else f"{NAME}-{arguments.augmentation}",
        [
            {
                "params": [p for p in network.encoder.parameters() if p.requires_grad],
                "lr": base_rate,
            },
            {
                "params": [p for module in own_modules for p in module.parameters()],
                "lr": base_rate * float(settings["head_rate_factor"]),
            },
        ],
    )
    state = {k: v for k, v in network.state_dict().items() if not k.startswith(FROZEN)}
    save_tensors(state, own.folder / WEIGHTS)
    config = {
        "tags": tags,
        "augmentation": arguments.augmentation,
        "window": window,
        "windows": settings["windows"],
    }
    finish(NAME, "RoBERTa + BiLSTM-GRU", arguments, splits, config, history)


def rows(
    split: GenreSplit,
    features: tuple[torch.Tensor, torch.Tensor],
    tokenizer: Any,
    arguments: Any,
) -> list[dict[str, Any]]:
    """What the collator reads, song by song."""
    settings = arguments.settings
    weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
    tags, genres = augmented(features, arguments.augmentation)
    return [
        {
            "input_ids": tokenizer(
                distinct_text(lyric.text), add_special_tokens=False, verbose=False
            )["input_ids"],
            "label": int(label),
            "weight": weight,
            "tag_logits": tags[row],
            "genre_logits": genres[row],
        }
        for row, (lyric, label, weight) in enumerate(
            zip(split.lyrics, split.labels, weights, strict=True)
        )
    ]


def augmented(
    features: tuple[torch.Tensor, torch.Tensor], augmentation: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """The features as they are; or all zero; or those of another song, drawn by seed."""
    if augmentation == "with":
        return features
    if augmentation == "without":
        return torch.zeros_like(features[0]), torch.zeros_like(features[1])
    order = torch.randperm(len(features[0]), generator=torch.Generator().manual_seed(0))
    return features[0][order], features[1][order]


def collator(
    tokenizer: Any, window: int, most: int, training: Callable[[], bool]
) -> Callable[[list[Any]], dict[str, torch.Tensor]]:
    """Whole songs in windows of `window` tokens; in training one crop of that, padded to it."""
    first, last, pad = tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id

    def cropped(ids: Sequence[int]) -> Sequence[int]:
        start = int(torch.randint(max(len(ids) - window + 3, 1), ()))
        return ids[start : start + window - 2]

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        songs = [row["input_ids"] for row in batch]
        if training():
            cut = [[[first, *cropped(ids), last]] for ids in songs]
            cut.append([[pad] * window])  # one shape for compiled layers; taken off again below
        else:
            cut = [song_windows(ids, first, last, window, most) for ids in songs]
        ids, mask = padded([w for own in cut for w in own], pad)
        if training():
            ids, mask = ids[:-1], mask[:-1]
        owner = [i for i, own in enumerate(cut[: len(songs)]) for _ in own]
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "song": torch.tensor(owner),
            "tag_logits": torch.stack([row["tag_logits"] for row in batch]),
            "genre_logits": torch.stack([row["genre_logits"] for row in batch]),
            "labels": torch.tensor([row["label"] for row in batch]),
            "weights": torch.tensor([row["weight"] for row in batch]),
        }

    return collate


def cross_fitted(split: GenreSplit, path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (songs, tags), (songs, genres) of songs their network has not seen."""
    if not path.exists():
        raise InputError(
            "--features takes the cross_fit.npz of "
            f"`python -m train.genre_bilstm_gru --cross-fit`; got {path}."
        )
    stored = np.load(path, allow_pickle=False)
    index = {key: row for row, key in enumerate(stored["songs"])}
    keys = split.keys()
    missing = sum(key not in index for key in keys)
    if missing:
        raise InputError(f"{path} lacks {missing} of {len(keys)} training songs; make it again.")
    chosen = [index[key] for key in keys]
    genres, tags = torch.tensor(stored["genres"][chosen]), torch.tensor(stored["tags"][chosen])
    return heard_features(genres, tags)


if __name__ == "__main__":
    main()
