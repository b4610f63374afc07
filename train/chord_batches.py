"""Songs with chords as ready batches of tokens, and the settings that shape them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch.utils.data import Dataset

from engine.generator.encoding import (
    Encoder,
    Header,
    ModelLine,
    Tokens,
    window_bounds,
    window_tokens,
)
from engine.generator.songs import HomeSong
from train.settings import AdapterSettings, Amount, Count, FitSettings, Share

_RARE = 60  # genres with fewer songs are repeated
_PADDING = 64  # lengths within a batch differ by little, so padding is cheap


@dataclass(frozen=True, kw_only=True)
class ChordSettings(FitSettings, AdapterSettings):
    """Settings of a run."""

    layers: Count
    window: Count
    tokens_per_batch: Count
    rows_learning_rate: Amount
    evaluation_songs: Count
    unknown_genre: Share
    unknown_complexity: Share
    unknown_section: Share
    told_count: Share
    rare_genres: Count
    batch_size: Literal[1] = 1  # an item is a batch already
    select_by: Literal["loss"] = "loss"
    sampling: Literal["random"] = "random"


class ChordBatches(Dataset[dict[str, torch.Tensor]]):
    """Songs as ready batches of windows of like length, about `tokens_per_batch` tokens each.

    Parameters
    ----------
    drop : bool
        Hide genre, complexity and sections and tell chord counts at random, as training wants.
    """

    def __init__(
        self, encoder: Encoder, songs: Sequence[HomeSong], settings: ChordSettings, *, drop: bool
    ) -> None:
        self._encoder = encoder
        self._settings = settings
        self._drop = drop
        self._random = random.Random(settings.seed)  # noqa: S311
        vocabulary = encoder.vocabulary
        windows: list[tuple[int, HomeSong, Header, list[ModelLine], bool]] = []
        for song in songs:
            lines = song.model_lines(vocabulary)
            header = song.header(vocabulary)
            for start, stop in window_bounds(encoder, lines, settings.window):
                part = lines[start:stop]
                tokens = window_tokens(encoder, header, part, song.key.mode, middle=start > 0)
                windows.append((len(tokens), song, header, part, start > 0))
        self.tokens = sum(window[0] for window in windows)
        self._random.shuffle(windows)
        windows.sort(key=lambda window: window[0] // _PADDING)
        self._batches: list[list[tuple[int, HomeSong, Header, list[ModelLine], bool]]] = []
        longest = 0
        for window in windows:
            longest = max(longest, window[0])
            batch = self._batches[-1] if self._batches else []
            if not batch or (len(batch) + 1) * longest > settings.tokens_per_batch:
                self._batches.append([window])
                longest = window[0]
            else:
                batch.append(window)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        sequences = [self._encoded(window) for window in self._batches[index]]
        longest = max(len(tokens) for tokens in sequences)

        def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
            return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])

        # Padding stands on the right of a causal model, so no real token can see it.
        return {
            "input_ids": padded([tokens.ids for tokens in sequences], 0),
            "word_index": padded([tokens.words for tokens in sequences], 0),
            "labels": padded([tokens.targets for tokens in sequences], -100),
        }

    def _encoded(self, window: tuple[int, HomeSong, Header, list[ModelLine], bool]) -> Tokens:
        _length, song, header, lines, middle = window
        counts: list[int | None] | None = None
        if self._drop:
            chance, settings = self._random.random, self._settings
            if chance() < settings.unknown_genre:
                header = replace(header, genre="genre:unknown")
            if chance() < settings.unknown_complexity:
                header = replace(header, complexity="complexity:unknown")
            if chance() < settings.unknown_section:
                lines = [
                    line if line.section == "final" else replace(line, section="none")
                    for line in lines
                ]
            told = settings.told_count
            counts = [len(line.chords) if chance() < told else None for line in lines]
        mode = song.key.mode
        return window_tokens(self._encoder, header, lines, mode, middle=middle, counts=counts)


def repeated(found: Sequence[HomeSong], most: int) -> list[HomeSong]:
    """The songs, those of rare genres up to `most` times."""
    counts = Counter(song.genre for song in found)
    return [song for song in found for _ in range(max(1, min(most, _RARE // counts[song.genre])))]
