"""Count chords, train the network that weighs what the song itself recalls, and mix in the decoder.

``python -m train.chords_memory --data CHORDS --progressions PROGRESSIONS``: CHORDS is the folder
that ``train.chords_tinyllama`` learns from, PROGRESSIONS one with a ``train.jsonl.gz`` of barred
progressions without words. Minutes on one core. The decoder is not trained: it is asked what it
says of validation songs, and what it shall count for beside the memory is fitted to that.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.errors import InputError
from engine.evaluation.tasks.next_chord import best_trigram, chord_sequences, decoder_answers
from engine.generator.cadences import cadence_customs
from engine.generator.decoder import NAME as DECODER
from engine.generator.decoder import Decoder
from engine.generator.memory.features import DENSE, GENERAL, Counts, cardinalities
from engine.generator.memory.model import (
    COUNTS_FILE,
    GENERAL_NETWORK,
    NAME,
    NETWORKS_FILE,
    RECALLING,
    normalised,
)
from engine.generator.songs import vocabulary_of
from engine.generator.vocabulary import Vocabulary
from train.card import new_card
from train.chord_examples import (
    counted,
    cross_fitted,
    examples,
    read_progressions,
    read_songs,
    styles,
)
from train.chord_mixture import Examples, MixtureNetwork, fit, judged, log_probabilities
from train.chords_tinyllama import SPLITS, data_hash
from train.command_line import output_slot, parse_arguments, run
from train.settings import Count, Natural, Positive, Share
from train.staging import staged

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class MemorySettings:
    """``train/configs/chords_memory.yaml``."""

    order: Count
    folds: Count
    networks: Count
    width: Count
    dropout: Share
    epochs: Count
    batch_size: Count
    learning_rate: Positive
    seed: Natural = 0


def main(given: Sequence[str] | None = None) -> None:
    """Count, train, write, measure."""
    arguments = parse_arguments(
        __doc__ or "",
        "chords_memory",
        MemorySettings,
        given,
        steps=False,
        progressions={
            "type": Path,
            "required": True,
            "help": "folder with train.jsonl.gz: barred progressions without words",
        },
    )
    settings: MemorySettings = arguments.settings
    began = time.perf_counter()
    own = output_slot(NAME, arguments)
    splits = {
        name: read_songs(arguments.data / f"{name}.jsonl.gz", arguments.limit) for name in SPLITS
    }
    homes = {name: [titled.song for titled in found] for name, found in splits.items()}
    vocabulary = vocabulary_of(homes["train"])
    progressions = read_progressions(
        arguments.progressions / "train.jsonl.gz", vocabulary, arguments.limit
    )
    print(f"{len(splits['train'])} songs and {len(progressions)} progressions read", flush=True)
    counts = counted(splits["train"], progressions, vocabulary, settings.order)
    found = {name: examples(splits[name], counts, vocabulary) for name in ("validation", "test")}
    learning = cross_fitted(
        splits["train"], progressions, vocabulary, settings.order, settings.folds
    )
    networks, history = trained(learning, found["validation"], vocabulary, settings)
    minutes = round((time.perf_counter() - began) / 60, 1)
    decoder = Decoder(arguments.preset, own.beside(DECODER).folder)
    if decoder.vocabulary != vocabulary:
        raise InputError(
            "The decoder learnt other chords than these songs have; train it on them first "
            "(python -m train.chords_tinyllama)."
        )
    said = {
        name: decoder_answers(decoder.model, decoder.encoder, homes[name], window=decoder.window)
        for name in found
    }
    shares, figures = mixed(networks, found, said)
    figures |= baselines(homes, vocabulary)
    card = new_card(
        own,
        family="Kneser-Ney counts, prediction by partial matching, a small mixing network",
        labels=vocabulary.chords,
        training_data=(
            f"{len(splits['train'])} English songs with chords placed on words and "
            f"{len(progressions)} barred progressions without words, split by title; "
            f"{len(splits['validation'])} songs to choose by, {len(splits['test'])} to test on. "
            "Most are in copyright and were used for research only; counts of up to "
            f"{settings.order} chords in a row are shipped, and no words."
        ),
        training_data_sha256=data_hash(arguments.data),
        config={
            **asdict(settings),
            "shares": shares,
            "cadences": cadence_customs(homes["train"]).as_config(),
            "history": history,
        },
        limits=(
            "It reads of the words only where they stand and whether they are stressed. Learnt "
            "from songbooks reduced for guitar and ukulele and from jazz lead sheets: chords are "
            "plainer than on records. Blues, folk, r&b and electronic songs are few; punk, metal "
            "and reggae borrow rock and pop."
        ),
    )
    card.metrics.update(figures, **{"train/minutes": minutes})
    with staged(own) as place:
        style = styles(splits["train"], progressions, vocabulary)
        write(place.folder, networks, counts, style, vocabulary)
        card.write(place.folder)
    print(f"{NAME}: " + ", ".join(f"{k} {v}" for k, v in card.metrics.items()), flush=True)


def trained(
    learning: Examples, watched: Examples, vocabulary: Vocabulary, settings: MemorySettings
) -> tuple[dict[str, MixtureNetwork], list[dict[str, Any]]]:
    """The networks by the names they are shipped under, and how their training went."""
    found: dict[str, MixtureNetwork] = {}
    history: list[dict[str, Any]] = []
    names = [f"{RECALLING}.{number}" for number in range(settings.networks)]
    for number, name in enumerate([*names, f"{GENERAL_NETWORK}.0"]):
        recalling = name.startswith(RECALLING)
        torch.manual_seed(settings.seed + number)
        network = MixtureNetwork(
            cardinalities(len(vocabulary.chords), len(vocabulary.genres)),
            range(DENSE) if recalling else GENERAL,
            len(vocabulary.chords),
            recalling=recalling,
            width=settings.width,
            dropout=settings.dropout,
        )
        print(f"{name}: {sum(part.numel() for part in network.parameters()):,} weights", flush=True)
        log = fit(
            network,
            learning,
            watched,
            epochs=settings.epochs,
            batch=settings.batch_size,
            learning_rate=settings.learning_rate,
            seed=settings.seed + number,
        )
        history += [{"network": name, **entry} for entry in log]
        found[name] = network
    return found, history


def answers(networks: Mapping[str, MixtureNetwork], kind: str, told: Examples) -> Array:
    """Log-probabilities (examples, chords) of all networks of a kind together."""
    each = [log_probabilities(one, told) for name, one in networks.items() if kind in name]
    return normalised(np.mean(each, 0))


def mixed(
    networks: Mapping[str, MixtureNetwork],
    found: Mapping[str, Examples],
    said: Mapping[str, Array],
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """What memory and decoder count for, by validation; perplexity and accuracy of all parts."""
    shares: dict[str, list[float]] = {}
    figures: dict[str, float] = {}
    for shown, kind in (("past", RECALLING), ("general", GENERAL_NETWORK)):
        each = {name: answers(networks, kind, told) for name, told in found.items()}
        shares[shown] = fitted_shares(
            each["validation"], said["validation"], found["validation"].chords
        )
        for name, told in found.items():
            own, other = shares[shown]
            parts = {
                shown: each[name],
                f"{shown}_and_decoder": own * each[name] + other * said[name],
            }
            if shown == "past":
                parts |= {
                    "decoder": said[name],
                    "kneser_ney": told.dense[:, 2].astype(np.float32),
                    "kneser_ney_and_past": told.dense[:, 3].astype(np.float32),
                }
            for part, scores in parts.items():
                perplexity, accuracy = judged(normalised(scores), told.chords)
                figures[f"{name}/{part}_perplexity"] = round(perplexity, 4)
                figures[f"{name}/{part}_accuracy"] = round(accuracy, 4)
            figures[f"{name}/chord_n"] = len(told)
    return shares, figures


def fitted_shares(memory: Array, decoder: Array, chords: Array) -> list[float]:
    """The weights of two log-probabilities that make validation chords likeliest."""
    parts = [torch.from_numpy(np.asarray(part, np.float32)) for part in (memory, decoder)]
    wanted = torch.from_numpy(chords)
    shares = torch.tensor([0.9, 0.1], requires_grad=True)
    optimizer = torch.optim.LBFGS([shares], max_iter=50)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = shares[0] * parts[0] + shares[1] * parts[1]
        found = nn.functional.cross_entropy(scores, wanted)
        found.backward()
        return found

    optimizer.step(loss)  # type: ignore[arg-type]
    return [round(float(share), 4) for share in shares.detach()]


def baselines(homes: Mapping[str, list[Any]], vocabulary: Vocabulary) -> dict[str, float]:
    """The add-k trigram on the same chords."""
    sequences = {name: chord_sequences(found, vocabulary) for name, found in homes.items()}
    trigram = best_trigram(sequences["train"], sequences["validation"], len(vocabulary.chords))
    figures: dict[str, float] = {}
    for name in ("validation", "test"):
        found = trigram.judged(sequences[name])
        figures[f"{name}/trigram_perplexity"] = round(found.perplexity, 4)
        figures[f"{name}/trigram_accuracy"] = round(found.accuracy, 4)
    return figures


def write(
    folder: Path,
    networks: Mapping[str, MixtureNetwork],
    counts: Counts,
    style: Array,
    vocabulary: Vocabulary,
) -> None:
    """Counts, networks, styles and vocabulary, as serving reads them."""
    from safetensors.numpy import save_file

    tables: dict[str, Array] = {"styles": style.astype(np.float16)}
    for name in ("songs", "lines", "everything"):
        tables |= getattr(counts, name).tensors(name)
    save_file(tables, folder / COUNTS_FILE)
    weights = {
        f"{name}.{part}": values
        for name, network in networks.items()
        for part, values in network.arrays().items()
    }
    save_file(weights, folder / NETWORKS_FILE)
    vocabulary.write(folder)


if __name__ == "__main__":
    run(main)
