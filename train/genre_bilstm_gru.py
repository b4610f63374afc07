"""Train the BiLSTM-GRU: 100 fine-grained tags (multi-label) and 12 genres.

``python -m train.genre_bilstm_gru --data FOLDER``. With ``--cross-fit`` it also leaves out each
part of the artists in turn and writes what the model trained without them says of their songs to
``runs/bilstm-gru/cross_fit.npz``: RoBERTa learns from that, since predictions for songs a model was
trained on are too good to be true.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from torch import nn

from engine.classifiers import load_from
from engine.classifiers.bilstm_gru import (
    PAD,
    VOCABULARY,
    WEIGHTS,
    BilstmGru,
    Vocabulary,
)
from engine.classifiers.prediction import GENRES
from engine.classifiers.text_style import style_tensor, text_style
from engine.classifiers.torch_classifier import distinct_text
from engine.classifiers.windows import padded
from engine.models.card import ModelCard
from engine.models.presets import Slot
from engine.models.weights import save_tensors
from train.card import finish
from train.command_line import output_slot, parse_arguments, run
from train.direct_path import describe_tokens, frequent_pairs
from train.genre_data import (
    GenreSplit,
    artist_folds,
    drawn_text,
    log_prior,
    read_splits,
    sample_weights,
    tag_targets,
    top_tags,
)
from train.genre_loss import GenreLoss, genre_metrics
from train.path_shares import weigh_paths
from train.settings import Amount, Count, GenreSettings, Natural, Range, Share
from train.staging import staged
from train.tag_scores import tag_scores
from train.trainer import fit, network_precision
from train.word_vocabulary import build_vocabulary, initial_embeddings, known_runs

NAME = "bilstm-gru"


@dataclass(frozen=True, kw_only=True)
class BilstmGruSettings(GenreSettings):
    """Settings of a run."""

    width: Count
    hidden: Count
    vocabulary: Count
    min_count: Count
    max_tokens: Count
    dropout: Share
    word_dropout: Share
    direct_dropout: Share
    direct_rate_factor: Amount
    direct_pairs: Natural
    tag_weight: Amount
    folds: Annotated[int, Range(2)]


def main() -> None:
    """Train, and cross-fit if asked."""
    cross_fit = {"action": "store_true", "help": "also write features for RoBERTa's training"}
    arguments = parse_arguments(
        __doc__ or "", "genre_bilstm_gru", BilstmGruSettings, cross_fit=cross_fit
    )
    own = output_slot(NAME, arguments)
    splits = read_splits(arguments.data, arguments.limit)
    settings: BilstmGruSettings = arguments.settings
    tags = top_tags(splits["train"])
    vocabulary = build_vocabulary(splits["train"], settings.min_count, settings.vocabulary)
    embeddings = initial_embeddings(vocabulary, settings.width)
    network, history = train_network(
        splits["train"], splits["validation"], tags, vocabulary, embeddings, arguments, NAME
    )
    config = {
        "tags": list(tags),
        "tag_rates": tag_rates(splits["train"], tags),
        "width": settings.width,
        "hidden": settings.hidden,
        "precision": str(network_precision(network, settings)),
    }
    with staged(own) as place:
        vocabulary.write(place.folder / VOCABULARY)
        save_tensors(network.state_dict(), place.folder / WEIGHTS)
        card = finish(place, "BiLSTM-GRU", arguments, splits, config, history)
        measure_tags(card, place, splits)
    if arguments.cross_fit:
        write_cross_fit(splits, tags, vocabulary, embeddings, arguments)


def train_network(
    train: GenreSplit,
    validation: GenreSplit,
    tags: tuple[str, ...],
    vocabulary: Vocabulary,
    embeddings: torch.Tensor,
    arguments: argparse.Namespace,
    run: str,
) -> tuple[BilstmGru, list[dict[str, float]]]:
    """One training run; returns the best network and the log."""
    settings: BilstmGruSettings = arguments.settings
    torch.manual_seed(settings.seed)
    train_rows = rows(train, tags, vocabulary, settings, settings.forms)
    songs = [known_runs(row["texts"][0][0]) for row in train_rows]
    codes = frequent_pairs(songs, len(vocabulary), settings.direct_pairs)
    network = BilstmGru(
        len(vocabulary),
        len(tags),
        len(GENRES),
        width=settings.width,
        hidden=settings.hidden,
        pairs=len(codes),
        dropout=settings.dropout,
        direct_dropout=settings.direct_dropout,
    )
    with torch.no_grad():
        network.embedding.weight.copy_(embeddings)
    describe_tokens(network.direct, songs, codes)
    styles = [style for row in train_rows for _, style in row["texts"]]
    network.direct.style.standardise_by(torch.tensor(styles))
    tag_weight = settings.tag_weight

    prior = log_prior(train.labels)
    smoothing = settings.label_smoothing

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, torch.Tensor | None]:
        assert isinstance(module, BilstmGru)  # noqa: S101 - the network above
        ids, mask, style = inputs["input_ids"], inputs["attention_mask"], inputs["style"]
        if not module.training:
            return module(ids, mask, style)[1], None
        # Each path has a loss of its own: with one for their sum the direct path, which learns
        # faster, leaves the other little to do (validation macro F1 was lower).
        (tags, genres), (direct_tags, direct_genres) = module.paths(ids, mask, style)
        losses = nn.functional.cross_entropy(
            direct_genres.float() + model.prior,
            inputs["genre"],
            reduction="none",
            label_smoothing=smoothing,
        )
        extra = (losses * inputs["weight"]).mean()
        targets = inputs["tags"]
        known = ~torch.isnan(targets[:, 0])
        if bool(known.any()):
            for logits in (tags, direct_tags):
                extra = extra + tag_weight * nn.functional.binary_cross_entropy_with_logits(
                    logits[known].float(), targets[known]
                )
        return genres, extra

    model = GenreLoss(network, step, smoothing, prior)
    rate = settings.learning_rate
    direct = [network.direct.logits.weight, network.direct.pair_logits.weight]
    others = [p for p in network.parameters() if all(p is not own for own in direct)]
    watched = rows(validation, tags, vocabulary, settings)
    history = fit(
        model,
        train_rows,
        watched,
        lambda batch: collate(batch, settings, training=model.training),
        arguments,
        run,
        [
            {"params": others, "lr": rate},
            {"params": direct, "lr": rate * settings.direct_rate_factor},
        ],
        genre_metrics,
    )
    batches = (
        collate(watched[start : start + 32], settings, training=False)
        for start in range(0, len(watched), 32)
    )
    weigh_paths(network.eval(), batches, log_prior(validation.labels))
    return network, history


def rows(
    split: GenreSplit,
    tags: tuple[str, ...],
    vocabulary: Vocabulary,
    settings: BilstmGruSettings,
    forms: int = 0,
) -> list[dict[str, Any]]:
    """What the collator reads, song by song: ids and style of its whole text, then of its forms."""
    weights = sample_weights(split, settings.class_weight_power, settings.noisy_weight)
    targets = tag_targets(split, tags)
    shown = [split, *split.in_forms(forms, settings.seed)]
    found: list[dict[str, Any]] = []
    for *lyrics, label, weight, target in zip(
        *(of.lyrics for of in shown), split.labels, weights, targets, strict=True
    ):
        texts = [(vocabulary.encode(distinct_text(of.text)), text_style(of)) for of in lyrics]
        found.append(
            {
                "input_ids": texts[0][0],  # by whose number songs of like length are put together
                "texts": texts,
                "label": int(label),
                "weight": weight,
                "tags": target,
            }
        )
    return found


def collate(
    batch: list[Any], settings: BilstmGruSettings, *, training: bool
) -> dict[str, torch.Tensor]:
    """Pad; in training draw a form, crop long songs at a random place and hide some words."""
    sequences: list[list[int]] = []
    styles: list[tuple[float, ...]] = []
    most = settings.max_tokens
    for row in batch:
        ids, style = drawn_text(row["texts"], settings.form_share) if training else row["texts"][0]
        if training and len(ids) > most:
            start = int(torch.randint(len(ids) - most + 1, ()))
            ids = ids[start : start + most]
        sequences.append(ids)
        styles.append(style)
    ids, mask = padded(sequences, PAD)
    if training and settings.word_dropout:
        hidden = (torch.rand(ids.shape) < settings.word_dropout) & (mask == 1)
        ids = ids.masked_fill(hidden, 1)
    labels = torch.tensor([row["label"] for row in batch])
    weights = torch.tensor([row["weight"] for row in batch])
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "style": torch.tensor(styles),
        "tags": torch.tensor(np.stack([row["tags"] for row in batch])),
        "genre": labels,
        "weight": weights,
        "labels": labels,
        "weights": weights,
    }


def tag_rates(split: GenreSplit, tags: tuple[str, ...]) -> list[float]:
    """How often each tag comes among songs that have any."""
    targets = tag_targets(split, tags)
    known = targets[~np.isnan(targets[:, 0])] if tags else targets
    return [round(float(rate), 5) for rate in known.mean(0)]


def measure_tags(card: ModelCard, own: Slot, splits: Mapping[str, GenreSplit]) -> None:
    """Add to the card how well the tags are told, on validation and test songs that have any."""
    bilstm: Any = load_from(own)
    for split in ("validation", "test"):
        targets = tag_targets(splits[split], card.config["tags"])
        known = np.flatnonzero(~np.isnan(targets[:, 0]))
        lyrics = [splits[split].lyrics[row] for row in known]
        probabilities = bilstm.tag_probabilities(lyrics).cpu().numpy()
        card.metrics.update(
            {f"{split}/{name}": v for name, v in tag_scores(targets[known], probabilities).items()}
        )
    card.write(own.folder)


def write_cross_fit(
    splits: dict[str, GenreSplit],
    tags: tuple[str, ...],
    vocabulary: Vocabulary,
    embeddings: torch.Tensor,
    arguments: argparse.Namespace,
) -> None:
    """Logits for each training song by a network that has not seen its artist.

    Written: ``tags`` (texts, tags), probabilities; ``genres`` (texts, genres), logits; ``songs``,
    the keys. Texts are the songs whole and then in the forms that they are shown in.
    """
    train, folds = splits["train"], arguments.settings.folds
    shown = [train, *train.in_forms(arguments.settings.forms, arguments.settings.seed)]
    tag_probabilities = np.zeros((len(shown), len(train), len(tags)), np.float32)
    genre_logits = np.zeros((len(shown), len(train), len(GENRES)), np.float32)
    if arguments.max_minutes:
        arguments.max_minutes *= 1 - 1 / folds
    for fold, seen, unseen in artist_folds(train, folds):
        network, _ = train_network(
            train.subset(seen.tolist()),
            splits["validation"],
            tags,
            vocabulary,
            embeddings,
            arguments,
            f"{NAME}-fold{fold}",
        )
        with torch.inference_mode():
            for (number, of), start in itertools.product(
                enumerate(shown), range(0, len(unseen), 32)
            ):
                chosen = unseen[start : start + 32]
                lyrics = [of.lyrics[i] for i in chosen]
                texts = [distinct_text(lyric.text) for lyric in lyrics]
                ids, mask = padded([vocabulary.encode(text) for text in texts], PAD)
                tag_part, genre_part = network(ids, mask, style_tensor(lyrics))
                tag_probabilities[number, chosen] = torch.sigmoid(tag_part).numpy()
                genre_logits[number, chosen] = genre_part.numpy()
        print(f"fold {fold + 1} of {folds} done")
    path = arguments.runs / NAME / "cross_fit.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        tags=np.concatenate(tag_probabilities),
        genres=np.concatenate(genre_logits),
        songs=list(itertools.chain(*(of.keys() for of in shown))),
    )
    print(f"wrote {path}")


if __name__ == "__main__":
    run(main)
