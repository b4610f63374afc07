"""Songs as examples for the chord memory: counts of many songs, and what they say of each chord."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.corpora.chord_songs import read_chord_songs
from engine.corpora.sources import MAX_UNPACKED_BYTES
from engine.errors import InputError
from engine.files import Unpacking, open_file
from engine.generator.memory.counts import ChordCounts
from engine.generator.memory.features import Counts, Features
from engine.generator.songs import HomeSong, home_songs
from engine.generator.vocabulary import HOME, MODES, Vocabulary
from engine.json_text import json_value
from engine.music.chord import Chord
from engine.music.key import Key
from train.chord_mixture import Examples

_LEAST_PROGRESSIONS = 15  # of a genre and mode, to tell its style
_PRIOR_CHORDS = 100  # of all songs, that a genre's own are smoothed by
_FARTHEST = 3.0  # log-odds


@dataclass(frozen=True)
class TitledSong:
    """A song to learn from, and its title, by which other versions of it are known."""

    title: str
    song: HomeSong


@dataclass(frozen=True)
class Progression:
    """A whole song's chords without words: indices into the vocabulary, none twice in a row.

    `genre` is None where the source names none; `mode` is that of the song.
    """

    title: str
    genre: str | None
    mode: str
    chords: tuple[int, ...]


def read_songs(path: Path, limit: int | None = None) -> list[TitledSong]:
    """The songs of a file with placed chords."""
    if not path.exists():
        raise InputError(f"{path} does not exist; songs with chords were expected there.")
    songs = read_chord_songs(path).songs[:limit]
    homes = home_songs(songs)
    return [
        TitledSong(_title(song.sheet.title), home) for song, home in zip(songs, homes, strict=True)
    ]


def read_progressions(
    path: Path, vocabulary: Vocabulary, limit: int | None = None
) -> list[Progression]:
    """The songs of a file of barred progressions, a JSON object a line.

    Each has ``title``, ``key`` and ``sections``: lists of ``bars`` of (label, beats), with a
    ``key`` of their own where they change it.

    Raises
    ------
    InputError
        If the file is missing or damaged, or a row is none, naming the row.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; barred progressions were expected there.")
    found: list[Progression] = []
    with open_file(path) as packed:
        file = io.BufferedReader(Unpacking(packed, str(path), MAX_UNPACKED_BYTES))
        for number, row in enumerate(islice(file, limit), start=1):
            try:
                found.append(_progression(json_value(row), vocabulary))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                raise InputError(
                    f"Row {number:,} of {path.name} is no barred progression ({error})."
                ) from None
    return found


def _progression(data: dict[str, Any], vocabulary: Vocabulary) -> Progression:
    chords = list(_chords(data, vocabulary))
    kept = [chord for at, chord in enumerate(chords) if not at or chords[at - 1] != chord]
    return Progression(
        _title(data["title"]), data["genre"], Key.parse(data["key"]).mode, tuple(kept)
    )


def _chords(data: dict[str, Any], vocabulary: Vocabulary) -> Iterator[int]:
    for section in data["sections"]:
        key = Key.parse(section.get("key") or data["key"])
        home = HOME[key.mode]
        up = home.tonic_pitch_class - key.tonic_pitch_class
        for bar in section["bars"]:
            for label, _ in bar:
                yield vocabulary.chord_index(Chord.harte(label).transpose(up, home))


def _title(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def counted(
    songs: Sequence[TitledSong],
    progressions: Sequence[Progression],
    vocabulary: Vocabulary,
    order: int,
) -> Counts:
    """The long-term models of songs."""
    size = len(vocabulary.chords)
    line = size + 1
    said = [[chords for _, chords in titled.song.said(vocabulary)] for titled in songs]
    plain = [[chord for line in song for _, chord in line] for song in said]
    lined = [
        [symbol for chords in song for symbol in (line, *(chord for _, chord in chords))]
        for song in said
    ]
    whole = [progression.chords for progression in progressions]
    return Counts(
        ChordCounts.fitted(plain, size, order),
        ChordCounts.fitted(lined, size, order),
        ChordCounts.fitted([*plain, *whole], size, order),
    )


def styles(
    songs: Sequence[TitledSong], progressions: Sequence[Progression], vocabulary: Vocabulary
) -> np.ndarray[Any, Any]:
    """How much likelier each chord is in progressions of a genre than in songs with words.

    Log-odds (genres, modes, chords), 0 for genres that have few progressions of their own.
    """
    size = len(vocabulary.chords)
    found = np.zeros((len(vocabulary.genres), len(MODES), size))
    for number, mode in enumerate(MODES):
        said = [
            chord
            for titled in songs
            if titled.song.key.mode == mode
            for _, chords in titled.song.said(vocabulary)
            for _, chord in chords
        ]
        everyone = np.bincount(np.array(said, np.int64), minlength=size) + 0.5
        everyone /= everyone.sum()
        for genre in range(1, len(vocabulary.genres)):
            own = [one for one in progressions if one.genre == vocabulary.genres[genre]]
            own = [one for one in own if one.mode == mode]
            if len(own) < _LEAST_PROGRESSIONS:
                continue
            counts = np.bincount([c for one in own for c in one.chords], minlength=size)
            share = (counts + _PRIOR_CHORDS * everyone) / (counts.sum() + _PRIOR_CHORDS)
            found[genre, number] = np.clip(np.log(share / everyone), -_FARTHEST, _FARTHEST)
    return found


def examples(
    songs: Sequence[TitledSong],
    counts: Counts,
    vocabulary: Vocabulary,
) -> Examples:
    """What is known of every chord of the songs, as the model is judged on them."""
    rows: list[Features] = []
    chords: list[int] = []
    numbers: list[int] = []
    for number, titled in enumerate(songs):
        for features, chord in titled.song.told(counts, vocabulary):
            rows.append(features)
            chords.append(chord)
            numbers.append(number)
    return Examples(
        np.stack([row.dense for row in rows]).astype(np.float16),
        np.stack([row.copies for row in rows]),
        np.stack([row.records for row in rows]),
        np.stack([row.place for row in rows]),
        np.array(chords, np.int64),
        np.array(numbers, np.int64),
    )


def cross_fitted(
    songs: Sequence[TitledSong],
    progressions: Sequence[Progression],
    vocabulary: Vocabulary,
    order: int,
    folds: int,
) -> Examples:
    """Examples of training songs by counts that have seen no song of the same title."""
    found: Examples | None = None
    for fold in range(folds):
        counts = counted(
            [titled for titled in songs if _fold(titled.title, folds) != fold],
            [other for other in progressions if _fold(other.title, folds) != fold],
            vocabulary,
            order,
        )
        own = [titled for titled in songs if _fold(titled.title, folds) == fold]
        if own:
            part = examples(own, counts, vocabulary)
            found = part if found is None else found.joined(part)
        print(f"  part {fold + 1} of {folds} read", flush=True)
    if found is None:
        raise InputError("There is no song to learn from.")
    return found


def _fold(title: str, folds: int) -> int:
    return int(hashlib.sha256(title.encode()).hexdigest()[:8], 16) % folds
