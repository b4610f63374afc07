"""Teach the LLaMA base to place chords on lyrics (LoRA; QLoRA in the full preset).

``python -m train.chords_tinyllama --data FOLDER``: a folder with ``train.jsonl.gz``,
``validation.jsonl.gz`` and ``test.jsonl.gz``, a song a line (schema: see the JSON format of lead
sheets). With ``--progressions FOLDER``, barred progressions without words, chords alone are learnt
from those first. Lines that by the song's form follow another are told its chords (`told_sources`
of the settings), as the writer does. The best checkpoint ends as adapter, rows and head, vocabulary
and card in the model's folder; the card's figures are measured by the decoder that is served.
`train.chords_memory` then fits what it counts for beside the memory.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.corpora.chord_songs import read_chord_songs
from engine.errors import InputError
from engine.evaluation.tasks.next_chord import best_trigram, chord_sequences, judged
from engine.generator.decoder import Decoder
from engine.generator.encoding import Encoder
from engine.generator.model import ChordModel, new_model, save_model
from engine.generator.songs import HomeSong, home_songs, vocabulary_of
from engine.models.bases import base_source
from engine.models.compute import TRANSFORMER, training_precision
from train.card import curves, new_card
from train.checkpoints import leave_out_frozen
from train.chord_batches import ChordBatches, ChordSettings, ProgressionBatches, repeated
from train.chord_examples import read_progressions
from train.command_line import is_main_process, output_slot, parse_arguments, run
from train.staging import staged
from train.trainer import fit

NAME = "tinyllama"
SPLITS = ("train", "validation", "test")
_PROGRESSIONS_SHARE = 0.25  # of --max-minutes


class ChordLoss(nn.Module):
    """Wraps the network so that the Trainer finds labels and a loss, and keeps what is trained."""

    # The Trainer then divides the loss by the accumulation steps itself.
    accepts_loss_kwargs = False

    def __init__(self, network: ChordModel) -> None:
        super().__init__()
        self.network = network
        leave_out_frozen(self)

    def forward(self, labels: torch.Tensor, **inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        """Mean cross entropy in nats over the places whose label is not -100."""
        return self.network(targets=labels, **inputs)


def main(given: Sequence[str] | None = None) -> None:
    """Train, write, measure."""
    from transformers import AutoTokenizer

    arguments = parse_arguments(
        __doc__ or "",
        "chords_tinyllama",
        ChordSettings,
        given,
        progressions={
            "type": Path,
            "help": "folder with train and validation.jsonl.gz: progressions without words",
        },
    )
    settings: ChordSettings = arguments.settings
    own = output_slot(NAME, arguments)
    assert own.base is not None  # noqa: S101 - presets give this slot a base
    splits = {name: read_songs(arguments.data, name, arguments.limit) for name in SPLITS}
    torch.manual_seed(settings.seed)
    vocabulary = vocabulary_of(splits["train"])
    tokenizer: Any = AutoTokenizer.from_pretrained(base_source(own.base, print))
    precision = training_precision(TRANSFORMER, settings.precision)
    network = new_model(own, vocabulary, tokenizer, structure(settings), precision.dtype)
    tells_sources = settings.told_sources > 0
    encoder = Encoder(vocabulary, tokenizer, network.base_size, tells_sources=tells_sources)
    learning = ChordBatches(
        encoder, repeated(splits["train"], settings.rare_genres), settings, drop=True
    )
    watched = splits["validation"][: settings.evaluation_songs]
    stopping = ChordBatches(encoder, watched, settings, drop=False)
    print(f"{len(splits['train'])} songs, {learning.tokens:,} tokens an epoch", flush=True)
    rows = [*network.tokens.parameters(), *network.words.parameters(), *network.head.parameters()]
    lora = [parameter for parameter in network.decoder.parameters() if parameter.requires_grad]
    groups = [
        {"params": lora, "lr": settings.learning_rate},
        {"params": rows, "lr": settings.rows_learning_rate},
    ]
    loss = ChordLoss(network)
    before: list[dict[str, float]] = []
    if arguments.progressions and settings.progression_epochs:
        before = learn_progressions(loss, encoder, arguments, groups)
        if arguments.max_minutes:
            arguments.max_minutes *= 1 - _PROGRESSIONS_SHARE
    history = fit(
        loss,
        learning,  # type: ignore[arg-type]
        stopping,  # type: ignore[arg-type]
        lambda batch: batch[0],
        arguments,
        NAME,
        groups,
    )
    if not is_main_process():
        return
    counts = {name: len(found) for name, found in splits.items()}
    card = new_card(
        own,
        family="LlamaForCausalLM with LoRA, grammar-constrained chord decoding",
        labels=vocabulary.chords,
        training_data=(
            f"English songs with chords placed on words: {counts['train']} to learn from, "
            f"{counts['validation']} to stop by, {counts['test']} to test on, split by title. Most "
            "are in copyright and were used for research only; none of their words is shipped."
        ),
        training_data_sha256=data_hash(arguments.data),
        config={
            **asdict(settings),
            "tells_sources": tells_sources,
            "precision": str(precision),
            "history": curves(history),
            "progressions": curves(before),
        },
        limits=(
            "Learnt from English songbooks, mostly pop, rock and standards reduced for guitar and "
            "ukulele: chords are plainer than on records, inversions and extensions rare. Genres "
            "with few songs (blues, folk, r&b, electronic) are weakly learnt; punk, metal and "
            "reggae not at all (they borrow rock and pop). Keys and many genres of the training "
            "songs are estimates."
        ),
    )
    with staged(own) as place:
        save_model(network, place.folder)
        vocabulary.write(place.folder)
        card.write(place.folder)
        decoder = Decoder(arguments.preset, place.folder)
        card.metrics.update(figures(decoder, splits), **spent(history))
        if before:
            card.metrics["train/progression_minutes"] = spent(before)["train/minutes"]
        card.write(place.folder)
    print(f"{NAME}: " + ", ".join(f"{k} {v}" for k, v in card.metrics.items()), flush=True)


def learn_progressions(
    loss: ChordLoss, encoder: Encoder, arguments: argparse.Namespace, groups: list[dict[str, Any]]
) -> list[dict[str, float]]:
    """Teach chords alone, by progressions without words; the log of it."""
    settings: ChordSettings = arguments.settings
    own = argparse.Namespace(**vars(arguments))
    own.settings = replace(settings, epochs=settings.progression_epochs)
    if own.max_minutes:
        own.max_minutes *= _PROGRESSIONS_SHARE
    learning, watched = (
        ProgressionBatches(
            encoder,
            read_progressions(
                arguments.progressions / f"{split}.jsonl.gz", encoder.vocabulary, arguments.limit
            ),
            settings,
        )
        for split in ("train", "validation")
    )
    print(f"{learning.tokens:,} tokens of progressions an epoch", flush=True)
    return fit(
        loss,
        learning,  # type: ignore[arg-type]
        watched,  # type: ignore[arg-type]
        lambda batch: batch[0],
        own,
        f"{NAME}-progressions",
        groups,
    )


def read_songs(folder: Path, split: str, limit: int | None) -> list[HomeSong]:
    """One split; `InputError` says which files are wanted."""
    path = folder / f"{split}.jsonl.gz"
    if not path.exists():
        raise InputError(
            f"{path} does not exist; --data takes a folder with {', '.join(SPLITS)}.jsonl.gz."
        )
    return home_songs(read_chord_songs(path).songs)[:limit]


def structure(settings: ChordSettings) -> dict[str, Any]:
    """What the network is built by, as `new_model` takes it."""
    return {
        "layers": settings.layers,
        "gradient_checkpointing": settings.gradient_checkpointing,
        "lora": {
            "rank": settings.rank,
            "alpha": settings.alpha,
            "dropout": settings.dropout,
            "targets": settings.target_modules,
        },
    }


def spent(history: Sequence[dict[str, float]]) -> dict[str, float]:
    """Minutes, steps and epochs of a log, under the names a card uses."""
    return {
        "train/minutes": round(sum(entry.get("train_runtime", 0.0) for entry in history) / 60, 1),
        "train/steps": int(max(entry.get("step", 0) for entry in history)),
        "train/epochs": round(max(entry.get("epoch", 0.0) for entry in history), 2),
    }


def data_hash(folder: Path) -> str:
    """One sha256 over the split files, in name order."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def figures(decoder: Decoder, splits: dict[str, list[HomeSong]]) -> dict[str, float]:
    """The card's metrics: validation and test, beside the trigram."""
    encoder, window = decoder.encoder, decoder.window
    sequences = {name: chord_sequences(found, encoder.vocabulary) for name, found in splits.items()}
    trigram = best_trigram(
        sequences["train"], sequences["validation"], len(encoder.vocabulary.chords)
    )
    result: dict[str, float] = {}
    for name in ("validation", "test"):
        for kind, value in judged(decoder.model, encoder, splits[name], window=window).items():
            result[f"{name}/{kind}_perplexity"] = round(value.perplexity, 4)
            result[f"{name}/{kind}_accuracy"] = round(value.accuracy, 4)
            result[f"{name}/{kind}_n"] = value.n
        baseline = trigram.judged(sequences[name])
        result[f"{name}/trigram_chord_perplexity"] = round(baseline.perplexity, 4)
        result[f"{name}/trigram_chord_accuracy"] = round(baseline.accuracy, 4)
    return result


if __name__ == "__main__":
    run(main)
