"""The genre corpus as the training scripts read it.

A folder with ``train.parquet``, ``validation.parquet`` and ``test.parquet`` whose rows have
``lyrics`` and ``genre``, and may have ``artist``, ``tags`` (list), ``label_level`` (``track`` or
``artist``). Songs of an ``extra.parquet`` are learnt from beside those of the first. Lyrics go
through `engine.lyrics.Lyrics`, exactly as in the app; labels known to be wrong are put right by
``label_corrections.toml``.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import torch

from engine.classifiers.prediction import GENRES
from engine.corpora.written_forms import FORMS, written
from engine.errors import InputError
from engine.lyrics import Lyrics
from engine.models.card import sha256

Text = TypeVar("Text")
SPLITS = ("train", "validation", "test")
EXTRA = "extra"
CORRECTIONS = Path(__file__).parent / "label_corrections.toml"


@dataclass(frozen=True)
class GenreSplit:
    """One split: parallel sequences over its songs."""

    lyrics: tuple[Lyrics, ...]
    labels: np.ndarray[Any, Any]
    tags: tuple[tuple[str, ...], ...]
    noisy: np.ndarray[Any, Any]
    artists: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lyrics)

    def drawn(self, count: int) -> GenreSplit:
        """At most `count` songs, the same ones each time."""
        return self.subset(np.random.default_rng(0).permutation(len(self))[:count].tolist())

    def keys(self) -> list[str]:
        """What names each song in the cross-fit file: a checksum of its normalised words."""
        return [hashlib.sha1(lyric.text.encode()).hexdigest() for lyric in self.lyrics]  # noqa: S324 - a key, not a secret

    def joined(self, *others: GenreSplit) -> GenreSplit:
        """The songs of this split and then of the others."""
        splits = (self, *others)
        return GenreSplit(
            tuple(lyric for split in splits for lyric in split.lyrics),
            np.concatenate([split.labels for split in splits]),
            tuple(tags for split in splits for tags in split.tags),
            np.concatenate([split.noisy for split in splits]),
            tuple(artist for split in splits for artist in split.artists),
        )

    def in_forms(self, count: int, seed: int) -> list[GenreSplit]:
        """The same songs `count` times, each time each in a form drawn by the seed.

        Forms are those of `engine.corpora.written_forms` but for the whole song, as people might
        paste it; the same song and seed give the same texts.
        """
        forms = [form for form in FORMS if form != "whole"]
        return [
            replace(
                self,
                lyrics=tuple(
                    written(lyric, _drawn(lyric, seed, number).choice(forms), seed + number)
                    for lyric in self.lyrics
                ),
            )
            for number in range(count)
        ]

    def subset(self, indices: Sequence[int]) -> GenreSplit:
        """The songs at these indices, in that order."""
        rows = list(indices)
        return GenreSplit(
            tuple(self.lyrics[i] for i in rows),
            self.labels[rows],
            tuple(self.tags[i] for i in rows),
            self.noisy[rows],
            tuple(self.artists[i] for i in rows),
        )


def read_split(folder: Path, split: str, limit: int | None = None) -> GenreSplit:
    """Read one split; songs whose lyric the engine refuses are left out, and counted aloud."""
    path = folder / f"{split}.parquet"
    if not path.exists():
        raise InputError(
            f"{path} does not exist; --data takes a folder with {', '.join(SPLITS)}.parquet."
        )
    table = pd.read_parquet(path)
    if limit is not None and limit < len(table):
        table = table.sample(limit, random_state=0)
    lyrics: list[Lyrics] = []
    kept: list[int] = []
    for row, text in enumerate(table["lyrics"]):
        try:
            lyrics.append(Lyrics.parse(text))
        except InputError:
            continue
        kept.append(row)
    if len(kept) < len(table):
        print(f"{split}: {len(table) - len(kept)} of {len(table)} songs have no usable lyric")
    table = table.iloc[kept]
    none: list[tuple[str, ...]] = [()] * len(table)
    artists = table["artist"] if "artist" in table else [""] * len(table)
    corrected = corrections()
    genres = [
        corrected.get((artist, genre), genre)
        for artist, genre in zip(artists, table["genre"], strict=True)
    ]
    return GenreSplit(
        tuple(lyrics),
        np.array([GENRES.index(genre) for genre in genres]),
        tuple(tuple(tags) for tags in table["tags"]) if "tags" in table else tuple(none),
        np.array(table["label_level"] == "artist")
        if "label_level" in table
        else np.zeros(len(table), bool),
        tuple(table["artist"]) if "artist" in table else tuple(map(str, range(len(table)))),
    )


def read_splits(folder: Path, limit: int | None = None) -> dict[str, GenreSplit]:
    """All three splits, by name; songs of ``extra.parquet``, if there is one, join the first."""
    splits = {split: read_split(folder, split, limit) for split in SPLITS}
    if (folder / f"{EXTRA}.parquet").exists():
        splits["train"] = splits["train"].joined(read_split(folder, EXTRA, limit))
    return splits


@cache
def corrections() -> dict[tuple[str, str], str]:
    """Artist and wrong genre to the right one: ``label_corrections.toml``.

    Raises
    ------
    InputError
        If it names a genre that there is not, or an artist twice.
    """
    found: dict[tuple[str, str], str] = {}
    for name, rule in tomllib.loads(CORRECTIONS.read_text("utf-8")).items():
        for artist in rule["artists"]:
            key = artist, rule["from"]
            if key in found or not {rule["from"], rule["to"]} <= set(GENRES):
                raise InputError(
                    f"{CORRECTIONS.name}: '{name}' takes genres of {', '.join(GENRES)}, and each "
                    f"artist once; got {rule['from']}, {rule['to']} and '{artist}'."
                )
            found[key] = rule["to"]
    return found


def drawn_text(texts: Sequence[Text], form_share: float) -> Text:
    """One of a song's texts: the first, which is the song whole, or, so often, another."""
    if len(texts) > 1 and float(torch.rand(())) < form_share:
        return texts[1 + int(torch.randint(len(texts) - 1, ()))]
    return texts[0]


def _drawn(lyric: Lyrics, seed: int, number: int) -> random.Random:
    return random.Random(f"{seed} {number} {lyric.text}")  # noqa: S311 - no secret


def read_lyrics(folder: Path, split: str, limit: int | None = None) -> list[Lyrics]:
    """Lyrics alone, of a split that need not have labels."""
    table = pd.read_parquet(folder / f"{split}.parquet", columns=["lyrics"])
    lyrics: list[Lyrics] = []
    for text in table["lyrics"][:limit]:
        try:
            lyrics.append(Lyrics.parse(text))
        except InputError:
            continue
    return lyrics


def top_tags(split: GenreSplit, count: int = 100) -> tuple[str, ...]:
    """The most frequent fine-grained tags, most frequent first."""
    counts = Counter(tag for tags in split.tags for tag in dict.fromkeys(tags))
    return tuple(
        tag for tag, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:count]
    )


def tag_targets(split: GenreSplit, tags: Sequence[str]) -> np.ndarray[Any, Any]:
    """Multi-hot targets (songs, tags) in float32; a row of NaN where a song has no tags at all."""
    index = {tag: column for column, tag in enumerate(tags)}
    targets = np.zeros((len(split), len(tags)), np.float32)
    for row, song_tags in enumerate(split.tags):
        if not song_tags:
            targets[row] = np.nan
        for tag in song_tags:
            if tag in index:
                targets[row, index[tag]] = 1
    return targets


def artist_folds(
    split: GenreSplit, folds: int
) -> Iterator[tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """Each part of the artists left out in turn, the same ones each time.

    Gives the part's number, 0-based, the rows of the other artists' songs, and the rows of its own;
    parts that leave either empty are passed over.
    """
    digests = [hashlib.sha1(artist.encode()).digest()[0] for artist in split.artists]  # noqa: S324 - no secret
    fold_of = np.array(digests) % folds
    for fold in range(folds):
        seen, unseen = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        if len(seen) and len(unseen):
            yield fold, seen, unseen


def sample_weights(split: GenreSplit, power: float, noisy_weight: float) -> np.ndarray[Any, Any]:
    """Loss weight per song: (1 / class frequency) ** power, less for noisier labels; mean 1."""
    counts = np.bincount(split.labels, minlength=len(GENRES)).clip(1)
    weights = (counts.sum() / counts) ** power
    per_song = weights[split.labels] * np.where(split.noisy, noisy_weight, 1.0)
    return (per_song / per_song.mean()).astype(np.float32)


def log_prior(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Log frequency (genres) of each genre among the labels, counting each genre once more."""
    counts = np.bincount(labels, minlength=len(GENRES)) + 1
    return np.log(counts / counts.sum()).astype(np.float32)


def capped(split: GenreSplit, most: int | None, seed: int) -> GenreSplit:
    """At most `most` songs of each genre, drawn by seed; songs labelled one by one come first."""
    if most is None:
        return split
    generator = np.random.default_rng(seed)
    kept: list[int] = []
    for label in range(len(GENRES)):
        rows = generator.permutation(np.flatnonzero(split.labels == label))
        kept += rows[np.argsort(split.noisy[rows], kind="stable")][:most].tolist()
    return split.subset(sorted(kept))


def corpus_sha256(folder: Path) -> str:
    """One checksum over the training file(s): what a card states."""
    parts = ["train", "validation"]
    if (folder / f"{EXTRA}.parquet").exists():
        parts.append(EXTRA)
    sums = "".join(sha256(folder / f"{part}.parquet") for part in parts)
    return hashlib.sha256(sums.encode()).hexdigest()
