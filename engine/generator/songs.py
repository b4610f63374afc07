"""Songs with placed chords as generators learn them: in C major or A minor, each line once.

Chords are brought home with the code that generation uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from engine.generator.encoding import Header, ModelLine, chunks
from engine.generator.memory.features import Counts, Facts, Features, SongMemory, genre_index
from engine.generator.memory.outline import Outline
from engine.generator.vocabulary import HOME, Vocabulary, complexity_of, metre_of, normalised
from engine.lyrics import line_key
from engine.music.chord import Chord
from engine.music.form.templates import form_of
from engine.music.key import Key

if TYPE_CHECKING:
    from engine.corpora.chord_songs import ChordSong
    from engine.music.lead_sheet import Line

_SILENT_SHARE = 0.2  # above this share of chordless lines, chords were left out, not absent
_SEVENTHS_SHARE = 0.05
_EXTENDED_SHARE = 0.03


@dataclass(frozen=True)
class HomeLine:
    """A lyric line with its chords in the home key: (word index, chord) pairs.

    Attributes
    ----------
    number : int
        Which of the song's sung lines it is, counting repeats: the first of its words.
    """

    words: tuple[str, ...]
    chords: tuple[tuple[int, Chord], ...]
    section: str | None
    number: int


@dataclass(frozen=True)
class HomeSong:
    """A song in C major or A minor: distinct lyric lines only, see `engine.generator.encoding`.

    `outline` is the shape of all sung lines, repeats included, and `sung` are those lines.
    """

    key: Key
    key_given: bool
    genre: str
    time_signature: str | None
    lines: tuple[HomeLine, ...]
    outline: Outline
    sung: tuple[Line, ...] = ()

    @cached_property
    def sources(self) -> Mapping[int, tuple[Chord, ...]]:
        """The chords of the line that each follows by the form of the song, by its number.

        Lines that follow none, or one without chords, are left out.
        """
        if not self.sung:
            return {}
        plans = form_of(self.sung, genre=self.genre).lines
        chords = {line.number: tuple(chord for _, chord in line.chords) for line in self.lines}
        found: dict[int, tuple[Chord, ...]] = {}
        for line in self.lines:
            source = plans[line.number].source
            followed = None if source is None else self.outline.lines[source].first
            if followed is not None and followed != line.number and chords.get(followed):
                found[line.number] = chords[followed]
        return found

    @property
    def complexity(self) -> str:
        """The complexity the song's chords show: which it would be generated with."""
        levels = Counter(complexity_of(chord) for line in self.lines for _, chord in line.chords)
        total = max(levels.total(), 1)
        if levels[2] >= _EXTENDED_SHARE * total:
            return "extended"
        return "sevenths" if levels[1] + levels[2] >= _SEVENTHS_SHARE * total else "triads"

    def facts(self, vocabulary: Vocabulary) -> Facts:
        """What the memory knows of the song before its first chord."""
        return Facts(
            mode=self.key.mode,
            genre=genre_index(vocabulary, self.genre),
            complexity=self.complexity,
            metre=metre_of(self.time_signature),
            outline=self.outline,
            final=self.outline.lines[-1].first,
        )

    def told(self, counts: Counts, vocabulary: Vocabulary) -> Iterator[tuple[Features, int]]:
        """What the memory knows of each chord that `model_lines` says, and the chord."""
        memory = SongMemory(counts, self.facts(vocabulary))
        for line, chords in self.said(vocabulary):
            memory.begin(line.number, line.words)
            for position, chord in chords:
                yield memory.features(position), chord
                memory.accept(position, chord)

    def header(self, vocabulary: Vocabulary) -> Header:
        """The control tokens that describe the song."""
        return Header(
            vocabulary.genre_token(self.genre),
            f"complexity:{self.complexity}",
            f"metre:{metre_of(self.time_signature)}",
        )

    def model_lines(self, vocabulary: Vocabulary, *, sources: bool = False) -> list[ModelLine]:
        """The lines with chords as vocabulary indices, long lines in chunks.

        With `sources` each knows the chords of the line that it follows.
        """
        result: list[ModelLine] = []
        for line in self.lines:
            followed = self.sources.get(line.number, ()) if sources else ()
            source = tuple(vocabulary.chord_index(chord) for chord in followed)
            for start, words, chords in _pieces(line, vocabulary):
                own = () if start else source
                result.append(ModelLine(words, chords, line.section or "none", own))
        if result:
            result[-1] = replace(result[-1], section="final")
        return result

    def said(self, vocabulary: Vocabulary) -> list[tuple[HomeLine, tuple[tuple[int, int], ...]]]:
        """The lines, each with the chords that `model_lines` says on it, at their words."""
        return [
            (
                line,
                tuple(
                    (start + position, chord)
                    for start, _, chords in _pieces(line, vocabulary)
                    for position, chord in chords
                ),
            )
            for line in self.lines
        ]


def home_song(song: ChordSong) -> HomeSong:
    """A song of a corpus in the home key, its distinct lines only."""
    key = song.sheet.key
    home = HOME[key.mode]
    semitones = home.tonic_pitch_class - key.tonic_pitch_class
    distinct: dict[tuple[str, ...], HomeLine] = {}
    names = [line_key(line.words) for line in song.lines]
    outline = Outline.of(
        names, [line.section for line in song.lines], [line.stanza for line in song.lines]
    )
    for number, (line, name) in enumerate(zip(song.lines, names, strict=True)):
        chords = tuple(
            (placed.word, _at_home(placed.chord.label, semitones, home)) for placed in line.chords
        )
        known = distinct.get(name)
        # A repeat written without chords says nothing; one written with chords where the first
        # time had none takes its place.
        if known is None or (chords and not known.chords):
            first = outline.lines[number].first
            distinct[name] = HomeLine(line.words, chords, line.section, first)
    lines = tuple(distinct.values())
    silent = sum(1 for line in lines if not line.chords)
    if silent > _SILENT_SHARE * len(lines):
        lines = tuple(line for line in lines if line.chords)
    return HomeSong(
        key, song.key_given, song.genre, song.time_signature, lines, outline, tuple(song.lines)
    )


def home_songs(songs: Iterable[ChordSong]) -> list[HomeSong]:
    """Every song of a corpus in the home key, in their order."""
    return [home_song(song) for song in songs]


def vocabulary_of(songs: Sequence[HomeSong]) -> Vocabulary:
    """The closed vocabulary of a training set."""
    chords = Counter(
        chord.label for song in songs for line in song.lines for _, chord in line.chords
    )
    keys: dict[str, Counter[str]] = {mode: Counter() for mode in HOME}
    for song in songs:
        if song.key_given:
            keys[song.key.mode][song.key.tonic] += 1
    common = {
        mode: dict(counts.most_common()) or {HOME[mode].tonic: 1} for mode, counts in keys.items()
    }
    return Vocabulary.build(chords, Counter(song.genre for song in songs), common)


@cache
def _at_home(label: str, semitones: int, home: Key) -> Chord:
    return normalised(Chord.harte(label).transpose(semitones, home))


def _pieces(
    line: HomeLine, vocabulary: Vocabulary
) -> list[tuple[int, tuple[str, ...], tuple[tuple[int, int], ...]]]:
    """A line in chunks: first word, words, chords as vocabulary indices."""
    found: list[tuple[int, tuple[str, ...], tuple[tuple[int, int], ...]]] = []
    for start, words in chunks(line.words):
        stop = start + len(words)
        last = stop == len(line.words)
        placed = [
            (position - start, vocabulary.chord_index(chord))
            for position, chord in line.chords
            if start <= position < stop or (last and position == stop)
        ]
        found.append((start, words, _without_restatements(placed)))
    return found


def _without_restatements(chords: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Chords without those that only repeat the one before them (1.2 % of the corpus's)."""
    kept: list[tuple[int, int]] = []
    for position, chord in chords:
        if not kept or kept[-1][1] != chord:
            kept.append((position, chord))
    return tuple(kept)
