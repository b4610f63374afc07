"""Writes one song's chords line by line: as planned where it is planned, else drawn from the mix.

It thinks in the home key and answers in the asked one. What is kept (locks, progressions, copies)
is settled before anything is drawn (`engine.generator.draft`), so every wish holds by construction:
nothing is drawn that a wish forbids, and nothing that is kept is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.errors import CancelledError
from engine.generator.cadences import (
    ON_TONIC,
    CadenceCustoms,
)
from engine.generator.controls import Controls
from engine.generator.decoder import DecoderSong
from engine.generator.draft import Slot, framed, narrowed, with_cadence, with_locks
from engine.generator.drawing import Mix, drawn_line, fitting_line, with_hindsight
from engine.generator.memory.features import Facts, SongMemory, genre_index
from engine.generator.memory.model import ChordMemory
from engine.generator.memory.outline import Outline
from engine.generator.palette import Palette, home_chord
from engine.generator.placement.ranker import MOST_PER_WORD, PlacementRanker, capacity
from engine.generator.placement.song import PlacementFacts, SongPlaces
from engine.generator.placing import mapped, resized
from engine.generator.vocabulary import HOME, MODES, metre_of
from engine.generator.wishes import LineWishes
from engine.lyrics import LyricLine, line_key
from engine.music.chord import Chord
from engine.music.form import COPY, OPEN, TURNAROUND, VARY, Form
from engine.music.form import HOME as AT_HOME
from engine.music.key import Key
from engine.music.lead_sheet import PlacedChord
from engine.music.numerals import chord_of_numeral

WAYS = 8  # in which a line is tried where something is kept behind it
HORIZON = 4  # kept chords behind a line that have a say
# Chords are drawn this much livelier than asked for: at the usual temperature of 0.8 new sections
# then swing between two chords about as seldom as those of humans.
_LIVELIER = 1.6

Cancelled = Callable[[], bool]
Chords = tuple[PlacedChord, ...]


@dataclass(frozen=True)
class Task:
    """What is to be written.

    Attributes
    ----------
    lines : sequence of LyricLine
    form : Form
        The plan.
    wishes : sequence of LineWishes
        One for each line.
    locks : mapping
        Line to chords kept verbatim on it.
    places : mapping
        (Line, word) to a chord kept there.
    only : mapping
        Key to the chords allowed in it; missing if all are.
    """

    lines: Sequence[LyricLine]
    form: Form
    wishes: Sequence[LineWishes]
    locks: Mapping[int, Chords]
    places: Mapping[tuple[int, int], Chord]
    only: Mapping[Key, Sequence[Chord]]


@dataclass(frozen=True)
class Written:
    """A line's chords: words, chords of the home key as they are written, and their indices."""

    words: tuple[int, ...]
    chords: tuple[Chord, ...]
    indices: tuple[int, ...]


class SongWriter:
    """Writes the chords of one song; see `engine.generator.controls.Controls` for the wishes."""

    def __init__(
        self,
        memory: ChordMemory,
        placement: PlacementRanker,
        decoder: DecoderSong | None,
        task: Task,
        controls: Controls,
        seed: int,
        cancelled: Cancelled | None = None,
    ) -> None:
        self._task = task
        self._controls = controls
        self._vocabulary = memory.vocabulary
        self._mode = task.wishes[0].key.mode
        self._customs = CadenceCustoms(memory.card.config["cadences"])
        self._random = np.random.default_rng(seed)
        self._cancelled = cancelled
        self._genre = genre_index(self._vocabulary, controls.genre)
        self._styles = memory.styles
        self._mixes = {
            wish.key: Mix(memory, self._palette(wish.key), controls.variety) for wish in task.wishes
        }
        self.written: list[Written] = []
        self._names = self._named()
        lines = task.lines
        part_of = [number for number, part in enumerate(task.form.parts) for _ in part.lines]
        self._outline = Outline.of(self._names, [line.section for line in lines], part_of)
        self._facts = Facts(
            self._mode,
            self._genre,
            controls.complexity,
            metre_of(controls.time_signature),
            self._outline,
            self._outline.lines[-1].first,
        )
        self.memory: SongMemory = memory.song(self._facts)
        self._placement = placement
        self._places: SongPlaces = placement.song(
            PlacementFacts(
                tuple(line.words for line in lines),
                task.form,
                self._mode,
                controls.complexity,
                self._facts.metre,
                placement.genre(self._vocabulary.genres[self._genre]),
            )
        )
        self._decoder = decoder

    def _palette(self, key: Key) -> Palette:
        only = self._task.only.get(key)
        controls = self._controls
        return Palette(
            self._vocabulary,
            controls.complexity,
            controls.genre,
            self._mode,
            None if only is None else [home_chord(chord, key) for chord in only],
            controls.borrowed,
            self._styles[self._genre, MODES.index(self._mode)],
        )

    def _named(self) -> list[int]:
        """For each line the one whose chords it has as they are: itself, or one of its words."""
        names: list[int] = []
        locks = self._task.locks
        own = {line for line, _ in self._task.places} | set(locks)
        for number, line in enumerate(self._task.lines):
            plan = self._task.form.lines[number]
            shares = (
                plan.plan == COPY
                and plan.source is not None
                and number not in own
                and self._task.wishes[number].chords is None
                and self._task.wishes[number].cadence
                in (None, None if plan.source in own else self._task.wishes[plan.source].cadence)
                and line_key(line.words) == line_key(self._task.lines[plan.source].words)
                and self._keeps_to(plan.source, number)
                and self._has_its_count(plan.source)
            )
            if shares and plan.source is not None:
                names.append(names[plan.source])
                continue
            same = [
                other
                for other in range(number if number in locks else 0)
                if locks.get(other) == locks[number]
                and line_key(line.words) == line_key(self._task.lines[other].words)
                and self._task.wishes[other].key == self._task.wishes[number].key
            ]
            names.append(names[same[0]] if same else number)
        return names

    def _keeps_to(self, source: int, number: int) -> bool:
        """Whether chords of one line may stand on another: the same are allowed in their keys."""
        keys = (self._task.wishes[source].key, self._task.wishes[number].key)
        return keys[0] == keys[1] or not self._task.only

    def _has_its_count(self, number: int) -> bool:
        """Whether a line holds as many chords as are asked for: a kept one has its word alone."""
        words = len(self._task.lines[number].words)
        wanted = min(self._controls.chords_per_line or 0, capacity(words))
        if (given := self._task.wishes[number].chords) is not None and wanted:
            return len(given) == wanted
        alone = sum(line == number for line, _ in self._task.places)
        most = capacity(words) - (MOST_PER_WORD - 1) * alone
        return most >= wanted

    def line(self, number: int) -> Chords:
        """Write the next line; its chords, in its own key."""
        stop_if(self._cancelled)
        name = self._names[number]
        if name == number:
            self._begin(number)
            slots = self.draft(number)
            self._places.keep(number, [slot.word for slot in slots])
            self.written.append(self._drawn(number, slots))
        else:
            self.written.append(self.written[name])
        return self._answer(number)

    def _answer(self, number: int) -> Chords:
        if number in self._task.locks:
            return self._task.locks[number]
        key = self._task.wishes[number].key
        done = self.written[number]
        kept = {word: chord for (line, word), chord in self._task.places.items() if line == number}
        asked = list(self._task.wishes[number].chords or ())
        found: list[PlacedChord] = []
        for place, (word, chord) in enumerate(zip(done.words, done.chords, strict=True)):
            given = kept.get(word) or (asked[place] if len(asked) == len(done.words) else None)
            found.append(PlacedChord(word, given or self.in_key(chord, key)))
        return tuple(found)

    def _begin(self, number: int) -> None:
        words = self._task.lines[number].words
        self.memory.begin(number, words)
        if self._decoder is not None:
            final = number == self._facts.final
            section = "final" if final else self._task.lines[number].section
            followed = self._task.form.lines[number].source
            source = () if followed is None else self.written[followed].indices
            self._decoder.begin(words, section, self._controls.chords_per_line, source)

    def draft(self, number: int) -> list[Slot]:
        """What is settled of a line before it is drawn; earlier lines are written already."""
        words = self._task.lines[number].words
        if number in self._task.locks:
            return self._kept(number, self._task.locks[number])
        locks = self._locks(number)
        if (asked := self._task.wishes[number].chords) is not None:
            found = self._new_places(number, len(asked))
            found += [len(words)] * (len(asked) - len(found))  # more than fit on the words
            placed = zip(found, asked, strict=True)
            slots = self._kept(number, [PlacedChord(word, chord) for word, chord in placed])
            return with_locks(slots, locks)
        slots = self._planned(number, locks)
        count = self._controls.chords_per_line
        if count is not None:
            slots = resized(slots, min(count, capacity(len(words))), len(words), locks)
        elif not slots and number in {0, self._task.form.final}:
            slots = [Slot(0)]
        slots = self._with_ending(number, slots)
        return with_locks(slots, locks)

    def _kept(self, number: int, placed: Sequence[PlacedChord]) -> list[Slot]:
        key = self._task.wishes[number].key
        return [
            Slot(one.word, (home := home_chord(one.chord, key)), self._vocabulary.chord_index(home))
            for one in placed
        ]

    def _locks(self, number: int) -> dict[int, tuple[Chord, int]]:
        slots = self._kept(
            number,
            [
                PlacedChord(word, chord)
                for (line, word), chord in self._task.places.items()
                if line == number
            ],
        )
        return {s.word: (s.chord, s.index) for s in slots if s.chord and s.index is not None}

    def _new_places(self, number: int, count: int | None, fixed: Collection[int] = ()) -> list[int]:
        """The words that carry the chords of a line that follows no other's."""
        song = self._places.copy()
        song.begin(number)
        temperature = min(self._controls.temperature, 1.0)  # wilder chords, but no wilder places
        return self._placement.places(
            song,
            self._random,
            count=count,
            fixed=fixed,
            first=number == 0,
            temperature=temperature,
        )

    def _planned(self, number: int, locked: Collection[int]) -> list[Slot]:
        """The slots of a line as the form has it."""
        plan = self._task.form.lines[number]
        words = self._task.lines[number].words
        if plan.source is not None:
            slots = self._copied(plan.source, number)
            if plan.plan == VARY and not self._comes_home(number, slots):
                freed = max(len(slots) - 2, 1) if len(slots) > 1 else 0
                slots = [
                    slot if place < freed else Slot(slot.word) for place, slot in enumerate(slots)
                ]
            return slots
        palette = self._mixes[self._task.wishes[number].key].palette
        bars = [self._roots(numerals) for numerals in plan.bars]
        if (slots := framed(words, bars, palette, self._random)) is not None:
            return slots
        found = self._new_places(number, self._controls.chords_per_line, locked)
        return [Slot(word) for word in found]

    def _comes_home(self, number: int, slots: Sequence[Slot]) -> bool:
        """Whether the song's last line, copied as it is, ends on the tonic."""
        if number != self._task.form.final or not slots or slots[-1].chord is None:
            return False
        return slots[-1].chord.root_pitch_class == HOME[self._mode].tonic_pitch_class

    def _roots(self, numerals: Sequence[str]) -> list[int]:
        """The roots of a frame's numerals, in semitones above the tonic."""
        home = HOME[self._mode]
        roots = [chord_of_numeral(numeral, home).root_pitch_class or 0 for numeral in numerals]
        return [(root - home.tonic_pitch_class) % 12 for root in roots]

    def _copied(self, source: int, number: int) -> list[Slot]:
        """The chords of an earlier line on the words of this one; free where not allowed here."""
        done = self.written[source]
        words = self._task.lines[number].words
        palette = self._mixes[self._task.wishes[number].key].palette
        theirs = self._task.lines[source].words
        kept = source in self._task.locks or self._task.wishes[source].chords is not None
        return [
            Slot(word, chord, index) if kept or palette.allowed[index] else Slot(word)
            for word, chord, index in zip(
                mapped(theirs, done.words, words), done.chords, done.indices, strict=True
            )
        ]

    def _with_ending(self, number: int, slots: list[Slot]) -> list[Slot]:
        """What a line's end asks, where it ends a section or the song; drawn where nobody asks."""
        form, wish = self._task.form, self._task.wishes[number]
        palette = self._mixes[wish.key].palette
        ending = form.lines[number].ending
        if wish.cadence is not None:
            free = [replace(s, chord=None, index=None) for s in slots[-2:]]
            return with_cadence([*slots[:-2], *free], wish.cadence, palette, self._mode)
        if ending == TURNAROUND and slots and slots[-1].free:
            return [*slots[:-1], narrowed(slots[-1], palette.with_roots(frozenset({7})))]
        is_end = number == self._facts.final
        if not (is_end or number in form.last_lines):
            return slots
        shares = self._customs.shares(
            "song" if is_end else "section", self._vocabulary.genres[self._genre]
        )
        if ending == AT_HOME:
            shares = {name: share for name, share in shares.items() if name in ON_TONIC}
        elif ending == OPEN:
            shares = {name: share for name, share in shares.items() if name not in ON_TONIC}
        if self._controls.temperature <= 0:
            chosen = max(shares, key=lambda name: shares[name])
        else:
            weights = np.array(list(shares.values()))
            chosen = list(shares)[self._random.choice(len(shares), p=weights / weights.sum())]
        return with_cadence(slots, chosen, palette, self._mode)

    def _drawn(self, number: int, slots: list[Slot]) -> Written:
        """Fill the free slots; the line is begun, and is accepted in memory and decoder."""
        mix = self._mixes[self._task.wishes[number].key]
        temperature = _LIVELIER * self._controls.temperature
        following = self._following(number)
        free = [slot.free for slot in slots]
        kept_behind = any(free) and (not all(free[free.index(True) :]) or following)
        if kept_behind:
            chords = fitting_line(
                mix, self.memory, slots, following, temperature, self._random, WAYS
            )
            slots = [replace(slot, index=chord) for slot, chord in zip(slots, chords, strict=True)]
        stop_if(self._cancelled)
        chords = drawn_line(mix, self.memory, slots, temperature, self._random, self._decoder)
        written = [
            slot.chord if slot.chord is not None else mix.palette.written(chord)
            for slot, chord in zip(slots, chords, strict=True)
        ]
        return Written(tuple(slot.word for slot in slots), tuple(written), tuple(chords))

    def _following(self, number: int) -> list[tuple[int, tuple[str, ...], list[tuple[int, int]]]]:
        """Kept chords in the lines just behind, as far as they have a say."""
        found: list[tuple[int, tuple[str, ...], list[tuple[int, int]]]] = []
        room = HORIZON
        for other in range(number + 1, len(self._task.lines)):
            if other not in self._task.locks or room <= 0:
                break
            slots = self._kept(other, self._task.locks[other])[:room]
            pairs = [(slot.word, slot.index) for slot in slots if slot.index is not None]
            found.append((other, self._task.lines[other].words, pairs))
            room -= len(pairs)
        return found

    def ranked(self, number: int, place: int) -> list[tuple[Chord, float]]:
        """Chords for a place of a line with their probabilities, the likeliest first.

        All lines are kept; those before are written already, this one is not. What stands before
        and behind the place on its line is in `Task.locks` too.
        """
        self._begin(number)
        wish = self._task.wishes[number]
        mix = self._mixes[wish.key]
        slots = self.draft(number)
        before: int | None = None
        for slot in slots[:place]:
            before = slot.index
            if before is not None:
                self.memory.accept(slot.word, before)
                if self._decoder is not None:
                    self._decoder.accept(slot.word, before)
        word = slots[place].word
        said = self._decoder.log_probabilities(word) if self._decoder else None
        scores = mix.possible(
            mix.log_probabilities([self.memory], word, said)[0], Slot(word), before
        )
        following = [
            (number, (), [(s.word, s.index) for s in slots[place + 1 :] if s.index is not None]),
            *self._following(number),
        ]
        return [
            (self.in_key(mix.palette.written(chord), wish.key), share)
            for chord, share in with_hindsight(mix, self.memory, word, scores, following, HORIZON)
        ]

    def in_key(self, chord: Chord, key: Key) -> Chord:
        """A chord of the home key in another."""
        return chord.transpose(key.tonic_pitch_class - HOME[key.mode].tonic_pitch_class, key)


def stop_if(cancelled: Cancelled | None) -> None:
    """Raise `CancelledError` if the user has had enough."""
    if cancelled is not None and cancelled():
        raise CancelledError("Chord generation was cancelled.")
