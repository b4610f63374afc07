"""Fine-tune RoBERTa joined with the BiLSTM-GRU's predictions.

``python -m train.genre_roberta --data FOLDER --features runs/bilstm-gru/cross_fit.npz``. Training
songs take the cross-fitted tag probabilities (see `train.genre_bilstm_gru`), validation and test
songs those of the shipped BiLSTM-GRU, as in the app.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers import load_classifier
from engine.classifiers.roberta import FROZEN, WEIGHTS, AugmentedRoberta, song_windows, tag_features
from engine.classifiers.torch_classifier import padded, save_tensors
from engine.errors import InputError
from engine.prediction import GENRES
from engine.weights import base_source
from train.genre_data import GenreSplit, capped, read_split, sample_weights
from train.genre_training import GenreLoss, finish, fit, output_slot, parse_arguments

NAME = "roberta"


def main() -> None:
    """Train."""
    features = {"type": Path, "required": True, "help": "the BiLSTM-GRU's cross_fit.npz"}
    arguments = parse_arguments(__doc__ or "", "genre_roberta", features=features)
    own = output_slot(NAME, arguments)
    settings = arguments.settings
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    train = capped(splits["train"], settings.get("most_per_genre"), settings.get("seed", 0))
    bilstm: Any = load_classifier("bilstm-gru")
    tags: list[str] = bilstm.card.config["tags"]

    from transformers import AutoModel, AutoTokenizer

    assert own.base is not None  # noqa: S101 - presets give this slot a base
    source = base_source(own.base, print)
    tokenizer: Any = AutoTokenizer.from_pretrained(source)
    encoder = AutoModel.from_pretrained(source, add_pooling_layer=False)
    torch.manual_seed(settings.get("seed", 0))
    network = AugmentedRoberta(encoder, len(tags), len(GENRES), float(settings["dropout"]))

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        return module(**inputs), None

    model = GenreLoss(network, step, settings.get("label_smoothing", 0.0))
    window = int(settings["window"])

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
        windows: list[list[int]] = []
        owner: list[int] = []
        for index, row in enumerate(batch):
            ids = row["input_ids"]
            if model.training and len(ids) > window - 2:
                start = int(torch.randint(len(ids) - window + 3, ()))
                ids = ids[start : start + window - 2]
            cut = song_windows(ids, first, last)
            windows += cut
            owner += [index] * len(cut)
        ids_, mask = padded(windows, tokenizer.pad_token_id)
        return {
            "input_ids": ids_,
            "attention_mask": mask,
            "song": torch.tensor(owner),
            "tag_logits": torch.stack([row["tag_logits"] for row in batch]),
            "labels": torch.tensor([row["label"] for row in batch]),
            "weights": torch.tensor([row["weight"] for row in batch]),
        }

    def rows(split: GenreSplit, probabilities: torch.Tensor) -> list[dict[str, Any]]:
        weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
        logits = tag_features(probabilities)
        return [
            {
                "input_ids": tokenizer(lyric.text, add_special_tokens=False, verbose=False)[
                    "input_ids"
                ],
                "label": int(label),
                "weight": weight,
                "tag_logits": row,
            }
            for lyric, label, weight, row in zip(
                split.lyrics, split.labels, weights, logits, strict=True
            )
        ]

    watched = splits["validation"].drawn(settings["validation_songs"])
    base_rate = float(settings["learning_rate"])
    history = fit(
        model,
        rows(train, cross_fitted(train, arguments.features)),
        rows(watched, bilstm.tag_probabilities(watched.lyrics)),
        collate,
        arguments,
        NAME,
        [
            {
                "params": [p for p in network.encoder.parameters() if p.requires_grad],
                "lr": base_rate,
            },
            {
                "params": [*network.head.parameters(), *network.tag_norm.parameters()],
                "lr": base_rate * float(settings["head_rate_factor"]),
            },
        ],
    )
    state = {k: v for k, v in network.state_dict().items() if not k.startswith(FROZEN)}
    save_tensors(state, own.folder / WEIGHTS)
    # Calibrated on the songs that were watched: a pass over all of validation costs many minutes.
    finish(
        NAME,
        "RoBERTa + BiLSTM-GRU",
        arguments,
        watched,
        splits["test"],
        {"tags": tags},
        history,
    )


def cross_fitted(split: GenreSplit, path: Path) -> torch.Tensor:
    """Tag probabilities (songs, tags) of songs their network has not seen."""
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
    return torch.tensor(stored["probabilities"][[index[key] for key in keys]])


if __name__ == "__main__":
    main()
