"""Songs with chords as ready batches of tokens, and the settings that shape them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

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
from train.chord_examples import Progression
from train.settings import AdapterSettings, Amount, Count, FitSettings, Share

Window = TypeVar("Window")
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
    told_sources: Share  # of the lines that follow another; 0 for a decoder that is told of none
    progression_epochs: Amount  # over progressions without words, before the songs
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
            lines = song.model_lines(vocabulary, sources=encoder.tells_sources)
            header = song.header(vocabulary)
            for start, stop in window_bounds(encoder, lines, settings.window):
                part = lines[start:stop]
                tokens = window_tokens(encoder, header, part, song.key.mode, middle=start > 0)
                windows.append((len(tokens), song, header, part, start > 0))
        self.tokens = sum(window[0] for window in windows)
        self._random.shuffle(windows)
        self._batches = _of_like_length(windows, lambda w: w[0], settings.tokens_per_batch)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return _padded([self._encoded(window) for window in self._batches[index]])

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
            lines = [
                line if chance() < settings.told_sources else replace(line, source=())
                for line in lines
            ]
            told = settings.told_count
            counts = [len(line.chords) if chance() < told else None for line in lines]
        mode = song.key.mode
        return window_tokens(self._encoder, header, lines, mode, middle=middle, counts=counts)


class ProgressionBatches(Dataset[dict[str, torch.Tensor]]):
    """Chords of progressions without words, as batches of windows.

    They stand in lines of four without words. Only chords are learnt: where a line ends, and on
    which word a chord stands, nobody says there.
    """

    def __init__(
        self, encoder: Encoder, progressions: Sequence[Progression], settings: ChordSettings
    ) -> None:
        vocabulary = encoder.vocabulary
        windows: list[Tokens] = []
        for progression in progressions:
            chords = [(0, chord) for chord in progression.chords]
            lines = [ModelLine((), tuple(chords[at : at + 4])) for at in range(0, len(chords), 4)]
            header = Header(genre=vocabulary.genre_token(progression.genre))
            for start, stop in window_bounds(encoder, lines, settings.window):
                tokens = window_tokens(
                    encoder, header, lines[start:stop], progression.mode, middle=start > 0
                )
                learnt = (vocabulary.first_chord, vocabulary.first_chord + len(vocabulary.chords))
                tokens.targets = [
                    target if learnt[0] <= target < learnt[1] else -100 for target in tokens.targets
                ]
                windows.append(tokens)
        self.tokens = sum(len(window) for window in windows)
        random.Random(settings.seed).shuffle(windows)  # noqa: S311
        self._batches = _of_like_length(windows, len, settings.tokens_per_batch)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return _padded(self._batches[index])


def _of_like_length(
    windows: Sequence[Window], length: Callable[[Window], int], tokens: int
) -> list[list[Window]]:
    """Windows in batches of about so many tokens, padding included, and of like length."""
    batches: list[list[Window]] = []
    longest = 0
    for window in sorted(windows, key=lambda one: length(one) // _PADDING):
        longest = max(longest, length(window))
        batch = batches[-1] if batches else []
        if not batch or (len(batch) + 1) * longest > tokens:
            batches.append([window])
            longest = length(window)
        else:
            batch.append(window)
    return batches


def _padded(sequences: Sequence[Tokens]) -> dict[str, torch.Tensor]:
    longest = max(len(tokens) for tokens in sequences)

    def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
        return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])

    # Padding stands on the right of a causal model, so no real token can see it.
    return {
        "input_ids": padded([tokens.ids for tokens in sequences], 0),
        "word_index": padded([tokens.words for tokens in sequences], 0),
        "labels": padded([tokens.targets for tokens in sequences], -100),
    }


def repeated(found: Sequence[HomeSong], most: int) -> list[HomeSong]:
    """The songs, those of rare genres up to `most` times."""
    counts = Counter(song.genre for song in found)
    return [song for song in found for _ in range(max(1, min(most, _RARE // counts[song.genre])))]
