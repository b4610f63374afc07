"""Songs of a corpus as placement learns them: the places that the next-chord evaluation asks for.

A line of more than `MAX_WORDS` words is said there in chunks, each with an end. Here it is one
line: to end a chunk is to place the next chord, or the end, behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.generator.encoding import chunks
from engine.generator.placement.ranker import PlacementRanker
from engine.generator.placement.song import END, PlacementFacts, SongPlaces
from engine.generator.songs import home_song
from engine.generator.vocabulary import Vocabulary, metre_of
from engine.lyrics import line_key
from engine.music.form.templates import form_of

if TYPE_CHECKING:
    from engine.corpora.chord_songs import ChordSong


@dataclass(frozen=True)
class ToldLine:
    """A line with its places.

    Attributes
    ----------
    number : int
        Which of the song's sung lines it is: the first of its words.
    places : tuple of int
    bounds : tuple of int
        The words with which its chunks but the first begin.
    """

    number: int
    places: tuple[int, ...]
    bounds: tuple[int, ...]


@dataclass(frozen=True)
class ToldSong:
    """A song with its places."""

    facts: PlacementFacts
    lines: tuple[ToldLine, ...]


def told_song(song: ChordSong, vocabulary: Vocabulary, genres: Sequence[str]) -> ToldSong:
    """The places of a corpus song's chords, its distinct lines only."""
    home = home_song(song)
    first: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(song.lines):
        first.setdefault(line_key(line.words), number)
    said = iter(home.model_lines(vocabulary))
    told: list[ToldLine] = []
    for line in home.lines:
        starts = [start for start, _ in chunks(line.words)]
        places = [start + place for start in starts for place, _ in next(said).chords]
        told.append(ToldLine(first[line_key(line.words)], tuple(places), tuple(starts[1:])))
    facts = PlacementFacts(
        tuple(line.words for line in song.lines),
        form_of(song.lines, genre=song.genre),
        home.key.mode,
        home.complexity,
        metre_of(song.time_signature),
        genres.index(song.genre) if song.genre in genres else 0,
    )
    return ToldSong(facts, tuple(told))


def steps(song: ToldSong, places: SongPlaces) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Tell a song step by step: before each, the place to come and the chunks that end there."""
    for line in song.lines:
        places.begin(line.number)
        reached = 0
        for place in (*line.places, END):
            beyond = len(line.bounds) if place == END else sum(b <= place for b in line.bounds)
            yield place, line.bounds[reached:beyond]
            reached = beyond
            places.put(place)


@dataclass(frozen=True)
class PlacementResult:
    """Teacher-forced figures of where the next chord stands; `n` targets, ends of lines too."""

    perplexity: float
    accuracy: float
    n: int


def judged_places(ranker: PlacementRanker, songs: Sequence[ToldSong]) -> PlacementResult:
    """How well places are predicted; targets are those of the next-chord evaluation."""
    loss, right, total = 0.0, 0, 0
    for song in songs:
        places = ranker.song(song.facts)
        for place, ended in steps(song, places):
            candidates = places.candidates()
            log_probabilities = ranker.log_probabilities(places)
            best = candidates[int(np.argmax(log_probabilities))]
            loss -= float(log_probabilities[candidates.index(place)])
            right += best == place
            right += sum(best == END or best >= bound for bound in ended)
            total += 1 + len(ended)
    return PlacementResult(math.exp(loss / max(total, 1)), right / max(total, 1), total)
