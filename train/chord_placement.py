"""Learn which words of a line carry its chords: a ranker of candidates (minutes on one core).

``python -m train.chord_placement --data FOLDER``: a folder with ``train.jsonl.gz``,
``validation.jsonl.gz`` and ``test.jsonl.gz``, a song a line (schema: see the JSON format of lead
sheets). Targets are those of the next-chord evaluation; the epoch that does best on validation is
kept, and measured on test by the code that serves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.corpora.chord_songs import read_chord_songs
from engine.errors import InputError
from engine.generator.placement.ranker import FILE, NAME, PlacementRanker
from engine.generator.placement.song import SongPlaces
from engine.generator.placement.songs import ToldSong, judged_places, steps, told_song
from engine.generator.vocabulary import Vocabulary
from engine.models.presets import slot
from train.card import new_card
from train.chords_tinyllama import SPLITS, data_hash
from train.command_line import output_slot, parse_arguments, run
from train.staging import staged

LIMITS = (
    "Learnt from songbooks for fretted instruments and from lead sheets, English words only; a "
    "chord belongs to a word, not to a syllable of it."
)


@dataclass(frozen=True)
class PlacementSettings:
    """What ``train/configs/chord_placement.yaml`` sets; it says what each means."""

    hidden: int = 128
    dropout: float = 0.1
    learning_rate: float = 0.002
    weight_decay: float = 0.01
    batch_steps: int = 512
    epochs: int = 5
    unknown_genre: float = 0.2
    seed: int = 17


@dataclass(frozen=True)
class Examples:
    """Steps of songs: the features of all candidates in a row, and which of them came.

    Attributes
    ----------
    features : array (candidates of all steps, n), float16
    starts : array (steps + 1,)
        Where the candidates of each step begin.
    targets : array (steps,)
        Which of its candidates came.
    """

    features: np.ndarray[Any, Any]
    starts: np.ndarray[Any, Any]
    targets: np.ndarray[Any, Any]

    def batch(self, chosen: np.ndarray[Any, Any]) -> tuple[Tensor, Tensor, Tensor]:
        """Features of the candidates of some steps, the step of each, and the rows that came."""
        sizes = self.starts[chosen + 1] - self.starts[chosen]
        rows = np.concatenate([np.arange(self.starts[at], self.starts[at + 1]) for at in chosen])
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return (
            torch.from_numpy(self.features[rows].astype(np.float32)),
            torch.from_numpy(np.repeat(np.arange(len(chosen)), sizes)),
            torch.from_numpy(first + self.targets[chosen]),
        )


def main(given: Sequence[str] | None = None) -> None:
    """Train, write, measure."""
    arguments = parse_arguments(
        __doc__ or "", "chord_placement", PlacementSettings, given, steps=False
    )
    settings: PlacementSettings = arguments.settings
    vocabulary = Vocabulary.read(slot("tinyllama").folder)
    splits = {
        name: told_songs(arguments.data, name, vocabulary, arguments.limit) for name in SPLITS
    }
    examples = examples_of(splits["train"], len(vocabulary.genres), settings)
    network = network_of(examples.features.shape[1], settings)
    with staged(output_slot(NAME, arguments)) as own:
        best, history = learned(
            network, examples, splits["validation"], vocabulary.genres, settings
        )
        write(own.folder, best)
        ranker = PlacementRanker(best, vocabulary.genres)
        card = new_card(
            own,
            family="Small network that ranks the words of a line",
            labels=vocabulary.genres,
            training_data="English lyrics with chords on their words: train, validation",
            training_data_sha256=data_hash(arguments.data),
            config={"settings": asdict(settings), "history": history},
            limits=LIMITS,
        )
        for name in ("validation", "test"):
            result = judged_places(ranker, splits[name])
            card.metrics[f"{name}/position_perplexity"] = round(result.perplexity, 4)
            card.metrics[f"{name}/position_accuracy"] = round(result.accuracy, 4)
            card.metrics[f"{name}/position_n"] = result.n
        card.write(own.folder)
        print(json.dumps(card.metrics))


def told_songs(
    folder: Path, split: str, vocabulary: Vocabulary, limit: int | None
) -> list[ToldSong]:
    """The songs of a split with the places of their chords."""
    path = next((p for p in sorted(folder.glob(f"{split}.jsonl*"))), None)
    if path is None:
        raise InputError(f"{folder} has no {split}.jsonl.gz; a folder with all splits is accepted.")
    songs = read_chord_songs(path).songs[:limit]
    return [told_song(song, vocabulary, vocabulary.genres) for song in songs]


def examples_of(songs: Sequence[ToldSong], genres: int, settings: PlacementSettings) -> Examples:
    """All steps of songs, some of whose genres are hidden."""
    random = np.random.default_rng(settings.seed)
    rows: list[np.ndarray[Any, Any]] = []
    targets: list[int] = []
    for song in songs:
        is_hidden = random.random() < settings.unknown_genre
        facts = replace(song.facts, genre=0) if is_hidden else song.facts
        places = SongPlaces(facts, genres)
        for place, _ in steps(song, places):
            rows.append(places.features().astype(np.float16))
            targets.append(places.candidates().index(place))
    sizes = [len(found) for found in rows]
    return Examples(
        np.concatenate(rows), np.concatenate([[0], np.cumsum(sizes)]), np.array(targets)
    )


def network_of(features: int, settings: PlacementSettings) -> nn.Sequential:
    """Two hidden layers and a score; `PlacementRanker` computes the same."""
    torch.manual_seed(settings.seed)
    return nn.Sequential(
        nn.Linear(features, settings.hidden),
        nn.SiLU(),
        nn.Dropout(settings.dropout),
        nn.Linear(settings.hidden, settings.hidden),
        nn.SiLU(),
        nn.Linear(settings.hidden, 1),
    )


def learned(
    network: nn.Sequential,
    examples: Examples,
    validation: Sequence[ToldSong],
    genres: Sequence[str],
    settings: PlacementSettings,
) -> tuple[dict[str, np.ndarray[Any, Any]], list[dict[str, float]]]:
    """Train; the weights of the epoch that does best on validation, and how all did."""
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    count = len(examples.targets)
    batches = -(-count // settings.batch_steps)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, total_steps=settings.epochs * batches
    )
    best: dict[str, np.ndarray[Any, Any]] = {}
    least = math.inf
    history: list[dict[str, float]] = []
    for epoch in range(settings.epochs):
        network.train()
        order = np.random.default_rng((settings.seed, epoch)).permutation(count)
        for chosen in np.array_split(order, batches):
            features, step, came = examples.batch(np.sort(chosen))
            loss = choice_loss(network(features)[:, 0], step, came)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        weights = weights_of(network)
        found = judged_places(PlacementRanker(weights, genres), validation).perplexity
        if found < least:
            best, least = weights, found
        history.append({"epoch": epoch + 1, "eval_perplexity": round(found, 4)})
        print(json.dumps(history[-1]), flush=True)
    return best, history


def choice_loss(scores: Tensor, step: Tensor, came: Tensor) -> Tensor:
    """Mean cross entropy in nats of the choice among each step's candidates."""
    steps_there = int(step[-1]) + 1
    most = torch.full((steps_there,), -torch.inf).scatter_reduce(0, step, scores.detach(), "amax")
    shifted = scores - most[step]
    total = torch.zeros(steps_there).index_add(0, step, shifted.exp())
    return (total.log() - shifted[came]).mean()


def weights_of(network: nn.Sequential) -> dict[str, np.ndarray[Any, Any]]:
    """The layers' weights under the names that `PlacementRanker` reads."""
    layers = [layer for layer in network.eval() if isinstance(layer, nn.Linear)]
    found: dict[str, np.ndarray[Any, Any]] = {}
    for number, layer in enumerate(layers):
        found[f"weight.{number}"] = layer.weight.detach().numpy().copy()
        found[f"bias.{number}"] = layer.bias.detach().numpy().copy()
    return found


def write(folder: Path, weights: dict[str, np.ndarray[Any, Any]]) -> None:
    """Write the weights."""
    from safetensors.numpy import save_file

    save_file(weights, folder / FILE)


if __name__ == "__main__":
    run(main)
