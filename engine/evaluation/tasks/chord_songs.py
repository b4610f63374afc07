"""Songs with placed chords, for evaluation: the words to give, the chords to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.corpora.chord_songs import read_chord_songs
from engine.evaluation.tasks.data import cluster_of, dataset_name, drawn_indices, split_name
from engine.lyrics import Lyrics
from engine.music.lead_sheet import LeadSheet, Line

if TYPE_CHECKING:
    from engine.generator.songs import HomeSong


@dataclass(frozen=True)
class ReferenceSong:
    """One song: what a generator is given and what its answer is compared with.

    Attributes
    ----------
    id, cluster, year, genre : str or int
        As kept in tables of predictions.
    sheet : LeadSheet
        The reference.
    lines : tuple of Line
        Its lyric lines: those with words.
    lyrics : Lyrics
        The same words.
    home : HomeSong
        The song as generators learn it, for the next-chord metrics.
    """

    id: str
    cluster: str
    year: int | None
    genre: str
    sheet: LeadSheet
    lines: tuple[Line, ...]
    lyrics: Lyrics
    home: HomeSong


@dataclass(frozen=True)
class ChordSongs:
    """All songs of a file, and what records say of it."""

    dataset: str
    split: str
    sha256: str
    songs: tuple[ReferenceSong, ...]
    problems: tuple[str, ...]


def chord_songs(path: Path, limit: int | None = None, seed: int = 0) -> ChordSongs:
    """Read a file as `engine.corpora.chord_songs.read_chord_songs` does.

    With a `limit` only so many songs are taken, drawn by the seed.

    Raises
    ------
    InputError
        If the file is missing, a row is not a song, or none is left.
    """
    from engine.generator.songs import home_song

    read = read_chord_songs(path)
    songs = list(read.songs)
    if limit is not None:
        songs = [songs[index] for index in drawn_indices(len(songs), limit, seed)]
    found = tuple(
        ReferenceSong(
            song.id,
            cluster_of(song.sheet.artist, song.id),
            song.year,
            song.genre,
            song.sheet,
            song.lines,
            song.lyrics,
            home_song(song),
        )
        for song in songs
    )
    return ChordSongs(
        dataset_name(path), split_name(path, limit, seed), read.sha256, found, read.problems
    )
