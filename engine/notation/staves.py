"""What each bar holds, before any notation library: slashes, words, rests and piano chords. Pure.

Everything is cut so that each piece is one note value within one bar (`engine.music.metre`), and so
that a chord symbol always stands over the beginning of a piece.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from engine.arrangement.accompaniment import Accompaniment, Stroke
from engine.arrangement.rhythm import Layout, Sung
from engine.arrangement.styles import PLAIN, Style
from engine.arrangement.voicing import HAND_RANGE
from engine.lyrics.hyphenation import hyphenated
from engine.music.chord import Chord
from engine.music.metre import OFFBEAT, Metre

SINGLE, BEGIN, MIDDLE, END = "single", "begin", "middle", "end"


@dataclass(frozen=True)
class Syllable:
    """What is sung from a note on: a word or a part of one.

    Parameters
    ----------
    text
        Its letters.
    place
        Its place in the word: ``"single"``, ``"begin"``, ``"middle"`` or ``"end"``.
    extended
        Whether a line says that the end of the word is held over further notes.
    verse
        The pass it is sung in, 1 for the first.
    numbered
        Whether its verse's number stands before it.
    """

    text: str
    place: str = SINGLE
    extended: bool = False
    verse: int = 1
    numbered: bool = False

    @property
    def closes(self) -> bool:
        """Whether the word ends with it."""
        return self.place in {SINGLE, END}


@dataclass(frozen=True)
class Piece:
    """One written note, slash or rest, in slots; nothing in it means a rest.

    Parameters
    ----------
    start, end
        Slots from the downbeat of bar 1.
    syllables
        The word, or the part of one, that begins here; one for each verse that has one.
    note
        Whether it is sung (also where a word is held over from the piece before).
    slash
        Whether it is played on the beat without a word.
    tied
        Whether it is tied to the piece before, to the piece after.
    """

    start: int
    end: int
    syllables: tuple[Syllable, ...] = ()
    note: bool = False
    slash: bool = False
    tied: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class PianoPiece:
    """What one hand of the piano strikes or holds, or a rest when there are no pitches."""

    start: int
    end: int
    chord: Chord | None = None
    pitches: tuple[int, ...] = ()
    tied: tuple[bool, bool] = (False, False)

    @property
    def note(self) -> bool:
        """Whether it sounds."""
        return bool(self.pitches)


@dataclass(frozen=True)
class Signs:
    """What stands at a bar beside its notes.

    Parameters
    ----------
    begins
        Whether a repeat begins with it.
    times
        How often what ends with it is played; 0 where nothing is repeated.
    ending
        The passes for which it is, where endings differ; with `opens` and `closes`, whether the
        bracket begins or ends here.
    """

    begins: bool = False
    times: int = 0
    ending: tuple[int, ...] = ()
    opens: bool = False
    closes: bool = False


_P = TypeVar("_P", Piece, PianoPiece)


@dataclass(frozen=True)
class Staff:
    """The written music of a layout, by bar.

    Parameters
    ----------
    style
        The piano plays what is heard in it.
    words_shown
        Whether words stand under their rhythm; without them every beat is a slash.
    signs
        Repeats and endings, by the first slot of a bar.
    """

    layout: Layout
    style: Style = PLAIN
    words_shown: bool = True
    signs: Mapping[int, Signs] = field(default_factory=dict[int, "Signs"])

    @property
    def metre(self) -> Metre:
        """The metre of the layout."""
        return self.layout.metre

    @cached_property
    def bars(self) -> tuple[tuple[int, int], ...]:
        """First and last slot of every bar, the pickup bar included."""
        slots = self.metre.slots
        pickup = ((-self.layout.pickup, 0),) if self.layout.pickup else ()
        full = ((bar * slots, (bar + 1) * slots) for bar in range(self.layout.bars))
        return (*pickup, *full)

    @cached_property
    def words(self) -> dict[int, list[Piece]]:
        """The slash staff: the pieces of each bar, by the bar's first slot."""
        spans = sorted(
            [(word.start, word.end, word) for word in self.layout.words]
            + [(start, end, None) for start, end in self.layout.slashes],
            key=lambda span: span[0],
        )
        if not self.words_shown:
            spans = [(0, self.bars[-1][1], None)]
        pieces: list[Piece] = []
        at = -self.layout.pickup
        for start, end, word in spans:
            pieces += self._rests(at, start)
            pieces += self._slashes(start, end) if word is None else self._notes(word)
            at = end
        pieces += self._rests(at, self.bars[-1][1])
        return self._by_bar(pieces)

    @cached_property
    def right_hand(self) -> dict[int, list[PianoPiece]]:
        """The chords of the piano: the pieces of each bar, by the bar's first slot."""
        return self._by_bar(self._struck(self._band.hand))

    @cached_property
    def left_hand(self) -> dict[int, list[PianoPiece]]:
        """The bass of the piano: the pieces of each bar, by the bar's first slot."""
        return self._by_bar(self._struck(self._band.bass))

    @cached_property
    def _band(self) -> Accompaniment:
        return Accompaniment(self.layout, self.style)

    def _by_bar(self, pieces: Iterable[_P]) -> dict[int, list[_P]]:
        bars: dict[int, list[_P]] = {start: [] for start, _ in self.bars}
        starts = [start for start, _ in self.bars]
        for piece in pieces:
            bars[starts[bisect_right(starts, piece.start) - 1]].append(piece)
        return bars

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Cut a span at chords, then into note values."""
        within = [struck.start for struck in self.layout.chords if start < struck.start < end]
        for a, b in pairwise([start, *within, end]):
            yield from self.metre.pieces(a, b)

    def _notes(self, word: Sung) -> Iterator[Piece]:
        for onset, release, syllable in _sung(word):
            cuts = list(self._cut(onset, release))
            last = len(cuts) - 1
            held = last > 0 and syllable.closes
            for index, (start, end) in enumerate(cuts):
                first = (replace(syllable, extended=held),) if index == 0 else ()
                yield Piece(start, end, first, note=True, tied=(index > 0, index < last))

    def _slashes(self, start: int, end: int) -> Iterator[Piece]:
        at = start
        while at < end:
            beat = self.metre.beat_end(at)
            if beat > end:  # a pickup begins within the beat
                yield from self._rests(at, end)
                return
            for a, b in self._cut(at, beat):
                yield Piece(a, b, slash=True)
            at = beat

    def _rests(self, start: int, end: int) -> Iterator[Piece]:
        if start < end:
            for a, b in self._cut(start, end):
                yield from (Piece(*rest) for rest in self._rest_values(a, b))

    def _rest_values(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut rests of two beats in triple time, where only whole bars and beats may rest."""
        beats = [slot for slot in range(start + 1, end) if self.metre.strength(slot) < OFFBEAT]
        if self.metre.triple and end - start < self.metre.slots:
            return list(pairwise([start, *beats, end]))
        return [(start, end)]

    def _struck(self, strokes: Iterable[Stroke]) -> Iterator[PianoPiece]:
        """Cut strokes into tied note values, with rests between them.

        A power chord is a guitar's, which is written an octave higher than it sounds.
        """
        at = -self.layout.pickup
        for stroke in strokes:
            yield from self._silent(at, stroke.start)
            at = min(stroke.end, stroke.start + 1) if stroke.short else stroke.end
            pitches = stroke.pitches
            if pitches[0] < HAND_RANGE[0] and len(pitches) > 1:
                pitches = tuple(pitch + 12 for pitch in pitches)
            cuts = list(self._values(stroke.start, at))
            last = len(cuts) - 1
            for index, (a, b) in enumerate(cuts):
                yield PianoPiece(a, b, stroke.chord, pitches, (index > 0, index < last))
        yield from self._silent(at, self.bars[-1][1])

    def _silent(self, start: int, end: int) -> Iterator[PianoPiece]:
        for a, b in self._values(start, end):
            yield from (PianoPiece(*rest) for rest in self._rest_values(a, b))

    def _values(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Cut a span at bar lines and into note values."""
        for low, high in self.bars:
            if max(start, low) < min(end, high):
                yield from self.metre.pieces(max(start, low), min(end, high))


def _sung(word: Sung) -> Iterator[tuple[int, int, Syllable]]:
    """Onset, release and text of each syllable: even notes of at most a quarter, the last is held.

    Where a word has fewer slots than syllables, the last ones share a note.
    """
    pieces = hyphenated(word.text)
    count = min(len(pieces), word.end - word.start)
    texts = [*pieces[: count - 1], "".join(pieces[count - 1 :])]
    step = min(2, (word.end - word.start) // count)
    for index, text in enumerate(texts):
        is_last = index == count - 1
        onset = word.start + index * step
        place = SINGLE if count == 1 else BEGIN if not index else END if is_last else MIDDLE
        yield onset, word.end if is_last else onset + step, Syllable(text, place)
