"""Train the BiLSTM-GRU: 100 fine-grained tags (multi-label) and 12 genres.

``python -m train.genre_bilstm_gru --data FOLDER``. With ``--cross-fit`` it also leaves out each
part of the artists in turn and writes what the model trained without them says of their songs to
``runs/bilstm-gru/cross_fit.npz``: RoBERTa learns from that, since predictions for songs a model was
trained on are too good to be true.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers import load_classifier
from engine.classifiers.bilstm_gru import (
    PAD,
    UNKNOWN,
    VOCABULARY,
    WEIGHTS,
    BilstmGru,
    Vocabulary,
    word_tokens,
)
from engine.classifiers.prediction import GENRES
from engine.classifiers.text_style import style_tensor, text_style
from engine.classifiers.torch_classifier import distinct_text, save_tensors
from engine.classifiers.windows import padded
from engine.models.bases import base_source
from engine.models.card import ModelCard
from engine.models.presets import Base, slot
from train.calibration import likelihood_loss, likelihood_weights
from train.card import finish
from train.command_line import output_slot, parse_arguments
from train.direct_path import describe_tokens, frequent_pairs
from train.genre_data import (
    GenreSplit,
    artist_folds,
    log_prior,
    read_split,
    sample_weights,
    tag_targets,
    top_tags,
)
from train.trainer import GenreLoss, fit, network_precision

NAME = "bilstm-gru"


def main() -> None:
    """Train, and cross-fit if asked."""
    cross_fit = {"action": "store_true", "help": "also write features for RoBERTa's training"}
    arguments = parse_arguments(__doc__ or "", "genre_bilstm_gru", cross_fit=cross_fit)
    own = output_slot(NAME, arguments)
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    settings = arguments.settings
    tags = top_tags(splits["train"])
    vocabulary = build_vocabulary(splits["train"], settings["min_count"], settings["vocabulary"])
    embeddings = initial_embeddings(vocabulary, settings["width"])
    network, history = train_network(
        splits["train"], splits["validation"], tags, vocabulary, embeddings, arguments, NAME
    )
    vocabulary.write(own.folder / VOCABULARY)
    save_tensors(network.state_dict(), own.folder / WEIGHTS)
    config = {
        "tags": list(tags),
        "width": settings["width"],
        "hidden": settings["hidden"],
        "precision": str(network_precision(network, settings)),
    }
    finish(NAME, "BiLSTM-GRU", arguments, splits, config, history)
    measure_tags(arguments.preset, splits)
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
    settings = arguments.settings
    torch.manual_seed(settings.get("seed", 0))
    train_rows = rows(train, tags, vocabulary, settings)
    songs = [known_runs(row["input_ids"]) for row in train_rows]
    codes = frequent_pairs(songs, len(vocabulary), int(settings["direct_pairs"]))
    network = BilstmGru(
        len(vocabulary),
        len(tags),
        len(GENRES),
        width=settings["width"],
        hidden=settings["hidden"],
        pairs=len(codes),
        dropout=settings["dropout"],
        direct_dropout=settings["direct_dropout"],
    )
    with torch.no_grad():
        network.embedding.weight.copy_(embeddings)
    describe_tokens(network.direct, songs, codes)
    network.direct.style.standardise_by(torch.tensor([row["style"] for row in train_rows]))
    tag_weight = float(settings["tag_weight"])

    prior = log_prior(train.labels)
    smoothing = float(settings.get("label_smoothing", 0.0))

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
    rate = float(settings["learning_rate"])
    direct = [network.direct.logits.weight, network.direct.pair_logits.weight]
    others = [p for p in network.parameters() if all(p is not own for own in direct)]
    watched = rows(validation, tags, vocabulary, settings)
    history = fit(
        model,
        train_rows,
        watched,
        lambda batch: collate(
            batch, settings["max_tokens"], settings["word_dropout"], model.training
        ),
        arguments,
        run,
        [
            {"params": others, "lr": rate},
            {"params": direct, "lr": rate * float(settings["direct_rate_factor"])},
        ],
    )
    weigh_paths(network.eval(), watched, prior)
    return network, history


def known_runs(ids: list[int]) -> list[list[int]]:
    """A song's ids without unknown words, cut where those stood: no pair reaches across."""
    runs = itertools.groupby(ids, lambda token: token == UNKNOWN)
    return [list(run) for unknown, run in runs if not unknown]


def weigh_paths(
    network: BilstmGru, watched: list[dict[str, Any]], prior: np.ndarray[Any, Any]
) -> None:
    """Set what either path's logits count for, by likelihood on validation songs.

    Each has learnt by itself to give the labels, so that their sum would count what both know
    twice.
    """
    found: list[list[torch.Tensor]] = [[], [], [], []]
    device = network.tag_shares.device
    with torch.inference_mode():
        for start in range(0, len(watched), 32):
            batch = collate(watched[start : start + 32], 0, 0.0, training=False)
            inputs = (batch[key].to(device) for key in ("input_ids", "attention_mask", "style"))
            for kept, logits in zip(found, itertools.chain(*network.paths(*inputs)), strict=True):
                kept.append(logits.float().cpu())
    tags, genres, direct_tags, direct_genres = (torch.cat(part).numpy() for part in found)
    labels = np.array([row["label"] for row in watched])
    by_genre = likelihood_weights([genres, direct_genres, prior], labels)[:2]
    targets = np.stack([row["tags"] for row in watched])
    known = ~np.isnan(targets[:, 0])
    network.genre_shares.copy_(torch.from_numpy(by_genre))
    if known.any():
        by_tag = binary_weights([tags[known], direct_tags[known]], targets[known])
        network.tag_shares.copy_(torch.from_numpy(by_tag))
    shares = network.genre_shares.tolist(), network.tag_shares.tolist()
    losses = [likelihood_loss([part, prior], labels) for part in (genres, direct_genres)]
    losses.append(likelihood_loss([genres, direct_genres, prior], labels))
    print(f"shares of the recurrent and the direct path: genres {shares[0]}, tags {shares[1]}")
    print(f"nats a song: recurrent {losses[0]:.4f}, direct {losses[1]:.4f}, both {losses[2]:.4f}")


def binary_weights(
    parts: Sequence[np.ndarray[Any, Any]], targets: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Weights (parts,), none below 0, of the sum of multi-label logits of greatest likelihood."""
    from scipy.optimize import minimize
    from scipy.special import expit

    stacked = np.stack([part.ravel() for part in parts]).astype(float)
    wanted = targets.ravel().astype(float)

    def loss(weights: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        logits = weights @ stacked
        missed = (expit(logits) - wanted) / len(wanted)
        return float((np.logaddexp(0, logits) - wanted * logits).mean()), stacked @ missed

    start, bounds = np.full(len(parts), 1 / len(parts)), [(0, None)] * len(parts)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def rows(
    split: GenreSplit, tags: tuple[str, ...], vocabulary: Vocabulary, settings: dict[str, Any]
) -> list[dict[str, Any]]:
    """What the collator reads, song by song."""
    weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
    targets = tag_targets(split, tags)
    return [
        {
            "input_ids": vocabulary.encode(distinct_text(lyric.text)),
            "style": text_style(lyric),
            "label": int(label),
            "weight": weight,
            "tags": target,
        }
        for lyric, label, weight, target in zip(
            split.lyrics, split.labels, weights, targets, strict=True
        )
    ]


def collate(
    batch: list[Any], max_tokens: int, word_dropout: float, training: bool
) -> dict[str, torch.Tensor]:
    """Pad; in training crop long songs at a random place and hide some words."""
    sequences: list[list[int]] = []
    for row in batch:
        ids = row["input_ids"]
        if training and len(ids) > max_tokens:
            start = int(torch.randint(len(ids) - max_tokens + 1, ()))
            ids = ids[start : start + max_tokens]
        sequences.append(ids)
    ids, mask = padded(sequences, PAD)
    if training and word_dropout:
        hidden = (torch.rand(ids.shape) < word_dropout) & (mask == 1)
        ids = ids.masked_fill(hidden, 1)
    labels = torch.tensor([row["label"] for row in batch])
    weights = torch.tensor([row["weight"] for row in batch])
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "style": torch.tensor([row["style"] for row in batch]),
        "tags": torch.tensor(np.stack([row["tags"] for row in batch])),
        "genre": labels,
        "weight": weights,
        "labels": labels,
        "weights": weights,
    }


def measure_tags(preset: str, splits: Mapping[str, GenreSplit]) -> None:
    """Add to the card how well the tags are told, on validation and test songs that have any.

    Average precision pooled over all songs and tags (micro), averaged over the tags that occur
    (macro), and label-ranking average precision, all as scikit-learn defines them.
    """
    own = slot(NAME, preset)
    card = ModelCard.read(own.folder)
    bilstm: Any = load_classifier(NAME, preset)
    for split in ("validation", "test"):
        targets = tag_targets(splits[split], card.config["tags"])
        known = np.flatnonzero(~np.isnan(targets[:, 0]))
        lyrics = [splits[split].lyrics[row] for row in known]
        probabilities = bilstm.tag_probabilities(lyrics).cpu().numpy()
        card.metrics.update(
            {f"{split}/{name}": v for name, v in tag_scores(targets[known], probabilities).items()}
        )
    card.write(own.folder)


def tag_scores(
    targets: np.ndarray[Any, Any], probabilities: np.ndarray[Any, Any]
) -> dict[str, float]:
    """The three figures of `measure_tags` for multi-hot targets (songs, tags)."""
    from sklearn.metrics import average_precision_score, label_ranking_average_precision_score

    occurring = targets.any(axis=0)
    macro = average_precision_score(targets[:, occurring], probabilities[:, occurring])
    return {
        "tag_micro_ap": round(
            float(average_precision_score(targets, probabilities, average="micro")), 4
        ),
        "tag_macro_ap": round(float(macro), 4),
        "tag_lrap": round(float(label_ranking_average_precision_score(targets, probabilities)), 4),
    }


def build_vocabulary(split: GenreSplit, min_count: int, most: int) -> Vocabulary:
    """Words of at least `min_count` songs, most frequent first."""
    counts: Counter[str] = Counter()
    for lyric in split.lyrics:
        counts.update(set(word_tokens(lyric.text)))
    return Vocabulary([word for word, n in counts.most_common(most) if n >= min_count])


def initial_embeddings(vocabulary: Vocabulary, width: int) -> torch.Tensor:
    """Start from MiniLM's word-piece embeddings (mean over a word's pieces), reduced by PCA.

    A few thousand songs are too few to learn what words mean; (vocabulary, width), scaled to a
    standard deviation of 0.3, row 0 zero.
    """
    from transformers import AutoModel, AutoTokenizer

    folder = base_source(_encoder_base(), print)
    pieces = AutoModel.from_pretrained(folder).embeddings.word_embeddings.weight.detach().float()
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    unknown = [tokenizer.unk_token_id]
    table = torch.stack(
        [
            pieces[tokenizer(word, add_special_tokens=False)["input_ids"] or unknown].mean(0)
            for word in vocabulary.words
        ]
    )
    centred = table - table.mean(0)
    _, _, directions = torch.pca_lowrank(centred, q=width, center=False)
    reduced = centred @ directions
    reduced = reduced / reduced.std() * 0.3
    return torch.cat([torch.zeros(1, width), torch.randn(1, width) * 0.3, reduced])


def _encoder_base() -> Base:
    base = slot("roberta").base
    assert base is not None  # noqa: S101 - presets give this slot a base
    return base


def write_cross_fit(
    splits: dict[str, GenreSplit],
    tags: tuple[str, ...],
    vocabulary: Vocabulary,
    embeddings: torch.Tensor,
    arguments: argparse.Namespace,
) -> None:
    """Logits for each training song by a network that has not seen its artist.

    Written: ``tags`` (songs, tags), probabilities; ``genres`` (songs, genres), logits; ``songs``,
    the keys.
    """
    train, folds = splits["train"], int(arguments.settings["folds"])
    tag_probabilities = np.zeros((len(train), len(tags)), np.float32)
    genre_logits = np.zeros((len(train), len(GENRES)), np.float32)
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
            for start in range(0, len(unseen), 32):
                chosen = unseen[start : start + 32]
                lyrics = [train.lyrics[i] for i in chosen]
                texts = [distinct_text(lyric.text) for lyric in lyrics]
                ids, mask = padded([vocabulary.encode(text) for text in texts], PAD)
                tag_part, genre_part = network(ids, mask, style_tensor(lyrics))
                tag_probabilities[chosen] = torch.sigmoid(tag_part).numpy()
                genre_logits[chosen] = genre_part.numpy()
        print(f"fold {fold + 1} of {folds} done")
    path = arguments.runs / NAME / "cross_fit.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, tags=tag_probabilities, genres=genre_logits, songs=train.keys())
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
