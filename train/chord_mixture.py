"""The network that weighs the chord experts, with gradients; serving reads what is written here."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.generator.memory.features import COPIES, RECORD
from engine.generator.memory.network import inputs

Array = np.ndarray[Any, Any]
_SMALL, _LARGE = 6, 16  # width of an embedding: of few categories, of chords
_EVALUATION_ROWS = 2048


@dataclass(frozen=True)
class Examples:
    """Features of many chords, and the chords: see `engine.generator.memory.features`.

    `songs` numbers the song of each.
    """

    dense: Array
    copies: Array
    records: Array
    places: Array
    chords: Array
    songs: Array

    def __len__(self) -> int:
        return len(self.chords)

    def joined(self, other: Examples) -> Examples:
        """Both, the other's songs numbered on."""
        shifted = other.songs + (self.songs.max() + 1 if len(self) else 0)
        return Examples(
            *(
                np.concatenate([getattr(self, part), getattr(other, part)])
                for part in ("dense", "copies", "records", "places", "chords")
            ),
            np.concatenate([self.songs, shifted]),
        )


class MixtureNetwork(nn.Module):
    """`engine.generator.memory.network.Mixture`, to be trained."""

    def __init__(
        self,
        cardinalities: Sequence[int],
        dense: Sequence[int],
        chords: int,
        *,
        recalling: bool,
        width: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.dense = list(dense)
        self.recalling = recalling
        sizes = [_LARGE if count > 40 else _SMALL for count in cardinalities]
        self.embedding = nn.ModuleList(
            nn.Embedding(count, size) for count, size in zip(cardinalities, sizes, strict=True)
        )
        told = 2 * len(self.dense) + (COPIES * (RECORD + 2) if recalling else 0)
        self.hidden = nn.ModuleList([nn.Linear(sum(sizes) + told, width), nn.Linear(width, width)])
        self.drop = nn.Dropout(dropout)
        self.shares = nn.Linear(width, len(self.dense))
        nn.init.zeros_(self.shares.weight)
        nn.init.constant_(self.shares.bias, 1 / len(self.dense))
        self.chords = nn.Linear(width, chords)
        nn.init.zeros_(self.chords.weight)
        nn.init.zeros_(self.chords.bias)
        if recalling:
            self.copies = nn.Linear(width, COPIES)
            self.records = nn.Parameter(torch.zeros(COPIES, RECORD + 1))

    def forward(self, examples: Examples, rows: Array) -> Tensor:
        """Unnormalised log-probabilities (rows, chords)."""
        dense = examples.dense[rows][:, self.dense].astype(np.float32)
        copies, records = examples.copies[rows].astype(np.int64), examples.records[rows]
        told, there = (
            torch.from_numpy(part)
            for part in inputs(dense, copies, records, recalling=self.recalling)
        )
        places = torch.from_numpy(examples.places[rows].astype(np.int64))
        read = [table(places[:, number]) for number, table in enumerate(self.embedding)]
        hidden = torch.cat([*read, told], 1)
        for layer in self.hidden:
            hidden = self.drop(nn.functional.silu(layer(hidden)))
        scores = (self.shares(hidden)[:, :, None] * torch.from_numpy(dense)).sum(1)
        scores = scores + self.chords(hidden)
        if not self.recalling:
            return scores
        told_of = torch.cat([torch.from_numpy(records), there[:, :, None]], 2)
        odds = (self.copies(hidden) + (told_of * self.records).sum(2)) * there
        return scores.scatter_add(1, torch.from_numpy(copies).clamp(min=0), odds)

    def arrays(self) -> dict[str, Array]:
        """The weights as they are shipped: half precision, under the names serving reads."""
        return {
            name.replace(".weight", "", 1) if name.startswith("embedding") else name: (
                part.detach().numpy().astype(np.float16)
            )
            for name, part in self.state_dict().items()
        }


def fit(
    network: MixtureNetwork,
    learning: Examples,
    watched: Examples,
    *,
    epochs: int,
    batch: int,
    learning_rate: float,
    seed: int,
) -> list[dict[str, float]]:
    """Train, keep the epoch that does best on `watched`, tell how each did."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-2)
    steps = epochs * (len(learning) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=max(steps, 1), pct_start=0.1
    )
    random = np.random.default_rng(seed)
    best: Mapping[str, Tensor] = {}
    history: list[dict[str, float]] = []
    began = time.perf_counter()
    for epoch in range(epochs):
        network.train()
        order = random.permutation(len(learning))
        for start in range(0, len(order) - batch + 1, batch):
            rows = np.sort(order[start : start + batch])
            loss = nn.functional.cross_entropy(
                network(learning, rows), torch.from_numpy(learning.chords[rows])
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        perplexity, accuracy = judged(log_probabilities(network, watched), watched.chords)
        history.append({"epoch": epoch + 1, "eval_loss": math.log(perplexity)})
        minutes = (time.perf_counter() - began) / 60
        print(
            f"  epoch {epoch + 1}: perplexity {perplexity:.3f}, accuracy {accuracy:.4f} "
            f"on validation, {minutes:.1f} minutes",
            flush=True,
        )
        if history[-1]["eval_loss"] <= min(entry["eval_loss"] for entry in history):
            best = {name: part.clone() for name, part in network.state_dict().items()}
    network.load_state_dict(best)
    return history


def log_probabilities(network: MixtureNetwork, examples: Examples) -> Array:
    """(examples, chords), float32."""
    network.eval()
    found: list[Array] = []
    with torch.inference_mode():
        for start in range(0, len(examples), _EVALUATION_ROWS):
            rows = np.arange(start, min(start + _EVALUATION_ROWS, len(examples)))
            found.append(network(examples, rows).log_softmax(1).numpy())
    return np.concatenate(found)


def judged(log_probability: Array, chords: Array) -> tuple[float, float]:
    """Perplexity and accuracy."""
    own = log_probability[np.arange(len(chords)), chords]
    return math.exp(-own.mean()), float((log_probability.argmax(1) == chords).mean())
