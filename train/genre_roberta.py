"""Fine-tune RoBERTa joined with the BiLSTM-GRU's predictions.

``python -m train.genre_roberta --data FOLDER --features runs/bilstm-gru/cross_fit.npz``, with
``--encoder runs/roberta-mlm`` from where `train.roberta_mlm` left the encoder. Training songs take
the cross-fitted predictions (see `train.genre_bilstm_gru`), validation and test songs those of the
shipped BiLSTM-GRU, as in the app. ``--augmentation without`` or ``shuffled`` trains an ablation,
which is kept in ``runs/`` and never served; each training leaves its answers there for
`train.augmentation_ablation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers import load_from
from engine.classifiers.prediction import GENRES
from engine.classifiers.roberta import (
    FROZEN,
    WEIGHTS,
    AugmentedRoberta,
    heard_features,
    song_windows,
)
from engine.classifiers.torch_classifier import distinct_text
from engine.classifiers.windows import padded
from engine.errors import InputError
from engine.models.bases import base_source
from engine.models.card import ModelCard
from engine.models.presets import Slot, slot
from engine.models.weights import load_into, load_tensors, save_tensors
from train.card import continued, finish
from train.command_line import is_main_process, output_slot, parse_arguments, run
from train.direct_path import Windows, add_direct
from train.genre_data import (
    GenreSplit,
    capped,
    drawn_text,
    log_prior,
    read_splits,
    sample_weights,
)
from train.genre_loss import GenreLoss, genre_metrics
from train.roberta_encoder import compile_for_training, training_encoder
from train.settings import Amount, Count, DirectSettings, EncoderSettings, GenreSettings, Share
from train.staging import staged
from train.trainer import fit, network_precision

NAME = "roberta"
AUGMENTATIONS = ("with", "without", "shuffled")


@dataclass(frozen=True, kw_only=True)
class RobertaSettings(GenreSettings, EncoderSettings, DirectSettings):
    """Settings of a run."""

    windows: Count
    dropout: Share
    validation_songs: Count
    head_rate_factor: Amount
    most_per_genre: Count | None = None


def main() -> None:
    """Train."""
    arguments = parse_arguments(
        __doc__ or "",
        "genre_roberta",
        RobertaSettings,
        features={"type": Path, "required": True, "help": "the BiLSTM-GRU's cross_fit.npz"},
        encoder={"type": Path, "help": "folder of train.roberta_mlm; default: the base as it is"},
        go_on={"action": "store_true", "help": "start from the weights that are there"},
        direct_only={
            "action": "store_true",
            "help": "fit the direct path and calibrate anew; the network stays as it stands",
        },
        augmentation={"choices": AUGMENTATIONS, "default": "with", "help": "for the ablation"},
    )
    own = output_slot(NAME, arguments)
    settings: RobertaSettings = arguments.settings
    splits = read_splits(arguments.data, arguments.limit)
    train = capped(splits["train"], settings.most_per_genre, settings.seed)
    bilstm: Any = load_from(own.beside("bilstm-gru"))
    tags: list[str] = bilstm.card.config["tags"]

    if arguments.direct_only:
        card = ModelCard.read(own.folder)
        with staged(own, keep=(WEIGHTS,)) as place:
            earlier = card.config
            precision = earlier.get("precision")
            finish_with_direct(place, arguments, splits, tags, earlier["history"], precision)
        return
    encoder, tokenizer = training_encoder(own, settings, arguments.encoder)
    torch.manual_seed(settings.seed)
    network = AugmentedRoberta(encoder, len(tags), len(GENRES), settings.dropout)
    if arguments.go_on:
        load_into(network, load_tensors(own.folder / WEIGHTS), allow_missing=FROZEN)
    if settings.compile:
        compile_for_training(encoder.encoder.layer)

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        return module(**inputs), None

    model = GenreLoss(network, step, settings.label_smoothing, log_prior(train.labels))
    watched = splits["validation"].drawn(settings.validation_songs)
    shown = [train, *train.in_forms(settings.forms, settings.seed)]
    base_rate = settings.learning_rate
    own_modules = (network.head, network.tag_norm, network.heard)
    collate = collator(tokenizer, settings, lambda: model.training)
    run = run_name(arguments.augmentation)
    history = fit(
        model,
        rows(shown, [cross_fitted(of, arguments.features) for of in shown], tokenizer, arguments),
        rows([watched], [heard(bilstm, watched)], tokenizer, arguments),
        collate,
        arguments,
        run,
        [
            {
                "params": [p for p in network.encoder.parameters() if p.requires_grad],
                "lr": base_rate,
            },
            {
                "params": [p for module in own_modules for p in module.parameters()],
                "lr": base_rate * settings.head_rate_factor,
            },
        ],
        genre_metrics,
    )
    if not is_main_process():
        return
    state = {k: v for k, v in network.state_dict().items() if not k.startswith(FROZEN)}
    if arguments.go_on:
        history = continued(ModelCard.read(own.folder).config["history"], history)
    precision = str(network_precision(network, settings))
    folder = arguments.runs / run
    for name in ("validation", "test"):
        split = splits[name]
        found = rows([split], [heard(bilstm, split)], tokenizer, arguments)
        save_answers(folder / f"answers_{name}.npz", network, found, collate, split, settings)
    if arguments.augmentation != "with":
        save_tensors(state, folder / WEIGHTS)
        return
    with staged(own) as place:
        save_tensors(state, place.folder / WEIGHTS)
        finish_with_direct(place, arguments, splits, tags, history, precision)


def run_name(augmentation: str) -> str:
    """The folder in ``runs/`` of a training."""
    return NAME if augmentation == "with" else f"{NAME}-{augmentation}"


def finish_with_direct(
    own: Slot,
    arguments: Any,
    splits: Mapping[str, GenreSplit],
    tags: list[str],
    history: list[dict[str, float]],
    precision: str | None,
) -> None:
    """Fit the direct path beside the network that stands, then finish as all models do."""
    settings: RobertaSettings = arguments.settings
    read, tokens, pad = song_reader(arguments)
    adjusted = add_direct(own, arguments, splits, read, tokens, pad)
    config = {"tags": tags, "window": settings.window, "windows": settings.windows}
    if precision:  # cards of earlier trainings do not tell
        config["precision"] = precision
    finish(own, "RoBERTa + BiLSTM-GRU", arguments, splits, config, history, adjusted)


def song_reader(arguments: Any) -> tuple[Callable[[GenreSplit], Windows], int, int]:
    """What cuts songs into windows as serving does; size and padding id of the vocabulary."""
    from transformers import AutoTokenizer

    base = slot(NAME, arguments.preset).base
    assert base is not None  # noqa: S101 - presets give this slot a base
    tokenizer: Any = AutoTokenizer.from_pretrained(base_source(base))
    ends = tokenizer.cls_token_id, tokenizer.sep_token_id
    sizes = arguments.settings.window, arguments.settings.windows

    def read(split: GenreSplit) -> list[list[list[int]]]:
        texts = [distinct_text(lyric.text) for lyric in split.lyrics]
        encoded = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        return [song_windows(ids, *ends, *sizes) for ids in encoded]

    return read, len(tokenizer), int(tokenizer.pad_token_id)


def rows(
    shown: Sequence[GenreSplit],
    features: Sequence[tuple[torch.Tensor, torch.Tensor]],
    tokenizer: Any,
    arguments: Any,
) -> list[dict[str, Any]]:
    """What the collator reads, song by song: its whole text first, then the forms it is shown in.

    `shown` are the same songs in these texts, `features` what the BiLSTM-GRU says of each.
    """
    settings: RobertaSettings = arguments.settings
    songs = shown[0]
    weights = sample_weights(songs, settings.class_weight_power, settings.noisy_weight)
    texts: list[list[dict[str, Any]]] = [[] for _ in range(len(songs))]
    for of, heard_of in zip(shown, features, strict=True):
        tags, genres = augmented(heard_of, arguments.augmentation)
        for own, lyric, tag, genre in zip(texts, of.lyrics, tags, genres, strict=True):
            ids = tokenizer(distinct_text(lyric.text), add_special_tokens=False, verbose=False)
            own.append({"input_ids": ids["input_ids"], "tag_logits": tag, "genre_logits": genre})
    return [
        # By the ids of the whole song, those of like length can be put together.
        {"input_ids": own[0]["input_ids"], "texts": own, "label": int(label), "weight": weight}
        for own, label, weight in zip(texts, songs.labels, weights, strict=True)
    ]


def heard(bilstm: Any, split: GenreSplit) -> tuple[torch.Tensor, torch.Tensor]:
    """What the shipped BiLSTM-GRU says of songs: features (songs, tags), (songs, genres)."""
    with torch.inference_mode():
        parts = [bilstm.heard(split.lyrics[i : i + 1]) for i in range(len(split))]
    genres, probabilities = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    return heard_features(genres, probabilities)


def save_answers(
    path: Path,
    network: AugmentedRoberta,
    found: list[dict[str, Any]],
    collate: Callable[[list[Any]], dict[str, torch.Tensor]],
    split: GenreSplit,
    settings: RobertaSettings,
) -> None:
    """Write the logits (songs, genres) of whole songs, their labels and their artists."""
    network.eval()
    device = network.heard.weight.device
    lower = network_precision(network, settings).is_lower
    parts: list[torch.Tensor] = []
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, lower):
        for start in range(0, len(found), 8):
            batch = collate(found[start : start + 8])
            inputs = {k: v.to(device) for k, v in batch.items() if k not in ("labels", "weights")}
            parts.append(network(**inputs).float().cpu())
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, logits=torch.cat(parts), labels=split.labels, artists=np.array(split.artists))


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
    tokenizer: Any, settings: RobertaSettings, training: Callable[[], bool]
) -> Callable[[list[Any]], dict[str, torch.Tensor]]:
    """Whole songs in windows; in training one crop of a song or of a form of it, padded to one."""
    first, last, pad = tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id
    window, most = settings.window, settings.windows

    def cropped(ids: Sequence[int]) -> Sequence[int]:
        start = int(torch.randint(max(len(ids) - window + 3, 1), ()))
        return ids[start : start + window - 2]

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        if training():
            texts = [drawn_text(row["texts"], settings.form_share) for row in batch]
            cut = [[[first, *cropped(text["input_ids"]), last]] for text in texts]
            cut.append([[pad] * window])  # one shape for compiled layers; taken off again below
        else:
            texts = [row["texts"][0] for row in batch]
            cut = [song_windows(text["input_ids"], first, last, window, most) for text in texts]
        ids, mask = padded([w for own in cut for w in own], pad)
        if training():
            ids, mask = ids[:-1], mask[:-1]
        owner = [i for i, own in enumerate(cut[: len(texts)]) for _ in own]
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "song": torch.tensor(owner),
            "tag_logits": torch.stack([text["tag_logits"] for text in texts]),
            "genre_logits": torch.stack([text["genre_logits"] for text in texts]),
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
    run(main)
