"""What a chord generator has to beat: a trigram, and the genre's commonest progression.

Both put chords where training lines of as many words have them most often, give equal lines equal
chords, and keep to the key and the complexity asked for. They read no words beyond their number.
"""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from engine.corpora.chord_songs import read_chord_songs
from engine.evaluation.tasks.data import short_hash
from engine.evaluation.tasks.next_chord import Trigram, best_trigram, chord_sequences
from engine.generator.controls import COMPLEXITIES, Controls
from engine.generator.songs import HomeSong, home_songs, vocabulary_of
from engine.generator.vocabulary import HOME, complexity_of
from engine.lyrics import Lyrics, line_key
from engine.models.card import sha256
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

_K = 0.03  # added to counts where there is no validation file to choose it by
_CYCLE = 4


class TrainingChords:
    """What both baselines count in the training songs.

    Parameters
    ----------
    training : Path
        A file as `engine.corpora.chord_songs.read_chord_songs` reads.
    """

    def __init__(self, training: Path) -> None:
        self.sha256 = sha256(training)
        self.songs = home_songs(read_chord_songs(training).songs)
        self.vocabulary = vocabulary_of(self.songs)
        self.sequences = chord_sequences(self.songs, self.vocabulary)

    @cached_property
    def placements(self) -> dict[int, tuple[int, ...]]:
        """The commonest word indices of chords, by the number of words of a line."""
        counts: dict[int, Counter[tuple[int, ...]]] = {}
        for song in self.songs:
            for line in song.lines:
                if line.chords:
                    places = tuple(position for position, _ in line.chords)
                    counts.setdefault(len(line.words), Counter())[places] += 1
        return {words: count.most_common(1)[0][0] for words, count in counts.items()}

    def places(self, words: int) -> tuple[int, ...]:
        """Where chords go on a line of as many words."""
        known = [length for length in self.placements if length <= words]
        return self.placements[max(known)] if known else (0,)


class TrigramBaseline:
    """Chords drawn from an add-k trigram over the training songs' chords."""

    name = "trigram"
    base = "trigram, add-k"

    def __init__(self, training: TrainingChords, validation: Path | None = None) -> None:
        self.training = training
        size = len(training.vocabulary.chords)
        if validation is not None and validation.exists():
            held_out = chord_sequences(
                home_songs(read_chord_songs(validation).songs), training.vocabulary
            )
            self.trigram = best_trigram(training.sequences, held_out, size)
        else:
            self.trigram = Trigram(training.sequences, size, _K)
        self._following: dict[tuple[int, int], Counter[int]] = {}
        self._all: Counter[int] = Counter()
        for sequence in training.sequences:
            before = (-1, -1)
            for chord in sequence:
                self._following.setdefault(before, Counter())[chord] += 1
                self._all[chord] += 1
                before = (before[1], chord)
        self.revision = short_hash(f"{self.name}|{self.trigram.k}|{training.sha256}", 12)
        self.megabytes = len(pickle.dumps(self._following)) / 2**20

    def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
        """A lead sheet by the trigram; the controls' seed decides."""
        draw = random.Random(controls.seed)  # noqa: S311 - music, not secrets
        chords = self.training.vocabulary.parsed
        level = COMPLEXITIES.index(controls.complexity)
        allowed = {i for i, chord in enumerate(chords) if complexity_of(chord) <= level}
        before = (-1, -1)

        def following() -> Chord:
            nonlocal before
            counts = self._following.get(before, Counter[int]())
            options = [chord for chord in counts if chord in allowed]
            if not options:
                counts, options = self._all, [chord for chord in self._all if chord in allowed]
            chosen = draw.choices(options, [counts[chord] for chord in options])[0]
            before = (before[1], chosen)
            return chords[chosen]

        return _placed(lyrics, controls, self.training, following)

    def next_chords(self, song: HomeSong) -> dict[str, float]:
        """Sums for the next-chord metrics: ``next_hits``, ``next_count``, ``next_loss``."""
        import math

        found = self.trigram.judged(chord_sequences([song], self.training.vocabulary))
        return {
            "next_hits": round(found.accuracy * found.n),
            "next_count": found.n,
            "next_loss": math.log(found.perplexity) * found.n,
        }


class CommonestProgression:
    """The four chords that follow each other most often in a genre and mode, over and over."""

    name = "commonest-progression"
    base = "four chords by genre"

    def __init__(self, training: TrainingChords) -> None:
        self.training = training
        self._counts: dict[tuple[str, str], Counter[tuple[int, ...]]] = {}
        for song, sequence in zip(training.songs, training.sequences, strict=True):
            steps = [c for i, c in enumerate(sequence) if not i or sequence[i - 1] != c]
            cycles = [tuple(steps[i : i + _CYCLE]) for i in range(len(steps) - _CYCLE + 1)]
            for genre in (song.genre, "any"):
                self._counts.setdefault((genre, song.key.mode), Counter()).update(cycles)
        self.revision = short_hash(f"{self.name}|{training.sha256}", 12)
        self.megabytes = len(pickle.dumps(self._counts)) / 2**20

    def progression(self, genre: str | None, mode: str, complexity: str) -> tuple[int, ...]:
        """The commonest four chords, as indices into the training vocabulary."""
        level = COMPLEXITIES.index(complexity)
        chords = self.training.vocabulary.parsed
        for name in (genre or "any", "any"):
            for cycle, _ in self._counts.get((name, mode), Counter()).most_common():
                if all(complexity_of(chords[chord]) <= level for chord in cycle):
                    return cycle
        tonic = self.training.vocabulary.chord_index(Chord(HOME[mode].tonic, mode[:3]))
        return (tonic,)

    def generate(self, lyrics: Lyrics, controls: Controls) -> LeadSheet:
        """A lead sheet that repeats the progression."""
        mode = (controls.key or HOME["major"]).mode
        cycle = self.progression(controls.genre, mode, controls.complexity)
        step = -1

        def following() -> Chord:
            nonlocal step
            step += 1
            return self.training.vocabulary.parsed[cycle[step % len(cycle)]]

        return _placed(lyrics, controls, self.training, following)

    def next_chords(self, song: HomeSong) -> dict[str, float]:
        """Sums for next-chord accuracy: after each chord the progression's next one.

        It gives no probabilities, hence no perplexity.
        """
        cycle = self.progression(song.genre, song.key.mode, song.complexity)
        sequence = chord_sequences([song], self.training.vocabulary)[0]
        hits, guess = 0, cycle[0]
        for chord in sequence:
            hits += chord == guess
            guess = cycle[(cycle.index(chord) + 1) % len(cycle)] if chord in cycle else cycle[0]
        return {"next_hits": hits, "next_count": len(sequence)}


def trigram(training: Path) -> TrigramBaseline:
    """Fitted on a file of songs with chords; k is chosen on the validation file beside it."""
    held_out = training.with_name(training.name.replace("train", "validation", 1))
    return TrigramBaseline(TrainingChords(training), held_out)


def commonest_progression(training: Path) -> CommonestProgression:
    """Fitted on a file of songs with chords."""
    return CommonestProgression(TrainingChords(training))


def _placed(
    lyrics: Lyrics, controls: Controls, training: TrainingChords, following: Callable[[], Chord]
) -> LeadSheet:
    """Chords at the commonest places; a line sung before gets the chords it had."""
    key = controls.key or Key("C", "major")
    semitones = key.tonic_pitch_class - HOME[key.mode].tonic_pitch_class
    known: dict[tuple[str, ...], tuple[PlacedChord, ...]] = {}
    lines: list[Line] = []
    for line in lyrics.lines:
        name = line_key(line.words)
        if name not in known:
            places: Sequence[int] = training.places(len(line.words))
            known[name] = tuple(
                PlacedChord(min(place, len(line.words)), following().transpose(semitones, key))
                for place in places
            )
        lines.append(Line(line.words, known[name], line.section, line.stanza, line.number))
    return LeadSheet(
        controls.title,
        key,
        tuple(lines),
        controls.time_signature,
        controls.tempo or 100,
        controls.genre,
    )
