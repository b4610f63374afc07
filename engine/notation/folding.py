"""Sections that return with the same chords printed once: repeats, endings and verses. Pure.

A block of sections that follows itself, by kinds, bars and chords, is one printed block: ``|:`` V C
``:|`` for V C V C. Where words differ they stand below each other, numbered by pass, under the
onsets of all of them; where only the last bars differ, each has its ending. The piano of a block is
that of its first pass. Read in the order of the signs, the bars are those of the song, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from engine.arrangement.rhythm import Layout, Mark
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from engine.notation.staves import PianoPiece, Piece, Signs, Staff, Syllable

_MOST_ENDING = 2  # bars
_MOST_PASSES = 4  # more verses would stand too low under their notes


Hand = dict[int, list[PianoPiece]]


@dataclass(frozen=True)
class _Section:
    kind: str | None
    first: int
    stop: int  # the bar after its last one


@dataclass(frozen=True)
class _Printed:
    """A printed bar: the bars of the song that are played from it, and whether words are shared."""

    bars: tuple[int, ...]
    passes: tuple[int, ...] = (1,)
    shared: bool = True
    signs: Signs = field(default_factory=Signs)


@dataclass(frozen=True)
class FoldedStaff(Staff):
    """The written music with repeats; slots and bars count as printed.

    Parameters
    ----------
    printed
        The pieces of words, right and left hand, by the first slot of a bar.
    order
        The bars of the song, by printed bar: one for each pass.
    """

    printed: tuple[dict[int, list[Piece]], Hand, Hand] = field(default_factory=lambda: ({}, {}, {}))
    order: tuple[tuple[int, ...], ...] = ()

    @cached_property
    def words(self) -> dict[int, list[Piece]]:
        """The slash staff."""
        return self.printed[0]

    @cached_property
    def right_hand(self) -> Hand:
        """The chords of the piano."""
        return self.printed[1]

    @cached_property
    def left_hand(self) -> Hand:
        """The bass of the piano."""
        return self.printed[2]


def folded(sheet: LeadSheet, staff: Staff) -> Staff:
    """The staff with what returns printed once; as it is where nothing does."""
    printed = list(_printed(_sections(sheet, staff.layout), staff))
    if len(printed) == staff.layout.bars:
        return staff
    return _Fold(staff, printed).staff()


def _sections(sheet: LeadSheet, plan: Layout) -> list[_Section]:
    heads = [(line.section, line.stanza, line.number) for line in sheet.lines]
    begins = [i for i in range(len(heads)) if not i or heads[i] != heads[i - 1]]
    firsts = [plan.systems[i] for i in begins]
    stops = [*firsts[1:], plan.bars]
    return [_Section(heads[i][0], a, b) for i, a, b in zip(begins, firsts, stops, strict=True)]


def _printed(sections: Sequence[_Section], staff: Staff) -> Iterator[_Printed]:
    """The printed bars: from the left, at each section the block that saves most."""
    likeness = _Likeness(staff)
    at = 0
    while at < len(sections):
        blocks = [
            block
            for length in range(1, (len(sections) - at) // 2 + 1)
            for times in range(2, min(_MOST_PASSES, (len(sections) - at) // length) + 1)
            if (block := _block(sections[at : at + length * times], times, likeness))
        ]
        if not blocks:
            yield from (_Printed((bar,)) for bar in range(sections[at].first, sections[at].stop))
            at += 1
            continue
        used, printed = min(
            blocks, key=lambda block: len(block[1]) - sum(len(p.bars) for p in block[1])
        )
        yield from printed
        at += used


def _block(
    sections: Sequence[_Section], times: int, likeness: _Likeness
) -> tuple[int, list[_Printed]] | None:
    """How many sections a block takes up, and its bars; None where the passes are not alike."""
    length = len(sections) // times
    passes = [sections[number * length : (number + 1) * length] for number in range(times)]
    shapes = {tuple((s.kind, s.stop - s.first) for s in one) for one in passes}
    if len(shapes) > 1:
        return None
    starts = [one[0].first for one in passes]
    count = passes[0][-1].stop - starts[0]
    columns = [tuple(start + bar for start in starts) for bar in range(count)]
    alike = [likeness.of_chords(column) for column in columns]
    shared: list[bool] = []
    for number in range(length):
        low, high = (getattr(passes[0][number], edge) - starts[0] for edge in ("first", "stop"))
        words = [likeness.of_words(column) for column in columns[low:high]]
        # The last bar of a section may hold the upbeat of the next one.
        shared += [all(words[:-1]) and (words[-1] or len(words) > 1)] * (high - low)
    tail = next((back for back in range(_MOST_ENDING + 1) if all(alike[: count - back])), None)
    if tail is None:
        return None
    if not tail and shared[-1] and not likeness.of_words(columns[-1]):
        tail = 1
    if tail >= count:
        return None
    bars = [
        _Printed(column, tuple(range(1, times + 1)), same and likeness.of_words(column))
        for column, same in zip(columns[: count - tail], shared, strict=False)
    ]
    bars[0] = replace(bars[0], signs=Signs(begins=True))
    if not tail:
        bars[-1] = replace(bars[-1], signs=replace(bars[-1].signs, times=times))
        return len(sections), bars
    for number in range(1, times + 1):
        last = number == times
        for place, column in enumerate(columns[count - tail :]):
            closes = place == tail - 1
            signs = Signs(False, 0 if last or not closes else 2, (number,), place == 0, closes)
            bars.append(_Printed((column[number - 1],), (number,), signs=signs))
    return len(sections), bars


class _Likeness:
    """Which bars of a staff have the same chords, or the same words in the same rhythm."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self._slots = staff.metre.slots
        self._chords: dict[int, list[tuple[int, Chord]]] = {}
        self._held: list[Chord | None] = [None] * staff.layout.bars
        for struck in staff.layout.chords:
            bar, slot = divmod(struck.start, self._slots)
            self._chords.setdefault(bar, []).append((slot, struck.chord))
            for later in range(bar + 1, min(-(-struck.end // self._slots), staff.layout.bars)):
                self._held[later] = struck.chord

    def of_chords(self, bars: Sequence[int]) -> bool:
        first = bars[0]
        return all(
            self._chords.get(bar) == self._chords.get(first)
            and self._held[bar] == self._held[first]
            for bar in bars
        )

    def of_words(self, bars: Sequence[int]) -> bool:
        first, *others = (moved(self._staff.words[b * self._slots], -b * self._slots) for b in bars)
        return all(other == first for other in others)


def moved(pieces: Sequence[Piece], by: int) -> list[Piece]:
    """Pieces so many slots later."""
    return [replace(piece, start=piece.start + by, end=piece.end + by) for piece in pieces]


class _Fold:
    """Printed bars on their way to a staff."""

    def __init__(self, staff: Staff, printed: Sequence[_Printed]) -> None:
        self._staff, self._printed = staff, printed
        self._slots = staff.metre.slots
        self._unnumbered: set[int] = set()  # verses whose number is still to stand somewhere

    def staff(self) -> FoldedStaff:
        """The printed staff."""
        old = self._staff.layout
        where = {bar: at for at, one in enumerate(self._printed) for bar in one.bars}
        shown = {bar: at for at, one in enumerate(self._printed) for bar in one.bars[:1]}
        struck = [
            (c.start + (shown[bar] - bar) * self._slots if bar >= 0 else c.start, c)
            for c in old.chords
            if (bar := c.start // self._slots) < 0 or bar in shown
        ]
        struck.sort(key=lambda one: one[0])
        ends = [start for start, _ in struck[1:]] + [len(self._printed) * self._slots]
        marks = [Mark(shown[m.bar], m.section, self._title(m)) for m in old.marks if m.bar in shown]
        plan = replace(
            old,
            bars=len(self._printed),
            words=(),
            chords=tuple(
                replace(c, start=start, end=end)
                for (start, c), end in zip(struck, ends, strict=False)
            ),
            slashes=(),
            systems=tuple(sorted({where[bar] for bar in old.systems if bar in shown})),
            marks=tuple(marks),
        )
        words = {
            at * self._slots: moved(self._pieces(at), at * self._slots)
            for at in range(len(self._printed))
        }
        hands = [self._hand(hand) for hand in (self._staff.right_hand, self._staff.left_hand)]
        if old.pickup:
            words[-old.pickup] = self._staff.words[-old.pickup]
        signs = {at * self._slots: one.signs for at, one in enumerate(self._printed)}
        order = tuple(one.bars for one in self._printed)
        right, left = hands
        return FoldedStaff(
            plan, self._staff.style, self._staff.words_shown, signs, (words, right, left), order
        )

    def _hand(self, hand: Hand) -> Hand:
        """One hand of the piano: of each printed bar the first pass, tied only to its neighbour."""
        pickup = self._staff.layout.pickup
        found: Hand = {-pickup: hand[-pickup]} if pickup else {}
        bars = [one.bars[0] for one in self._printed]
        for at, bar in enumerate(bars):
            by = (at - bar) * self._slots
            pieces = [
                replace(piece, start=piece.start + by, end=piece.end + by)
                for piece in hand[bar * self._slots]
            ]
            if at and bars[at - 1] != bar - 1:
                pieces[0] = replace(pieces[0], tied=(False, pieces[0].tied[1]))
            if at + 1 < len(bars) and bars[at + 1] != bar + 1:
                pieces[-1] = replace(pieces[-1], tied=(pieces[-1].tied[0], False))
            found[at * self._slots] = pieces
        return found

    def _title(self, mark: Mark) -> str:
        """Without a number where it is printed for several sections."""
        several = any(len(one.bars) > 1 and one.bars[0] == mark.bar for one in self._printed)
        return mark.section.capitalize() if several else mark.title

    def _pieces(self, at: int) -> list[Piece]:
        """The pieces of a printed bar, from slot 0 on."""
        one = self._printed[at]
        passes = [
            moved(self._staff.words[bar * self._slots], -bar * self._slots) for bar in one.bars
        ]
        if one.shared or len(passes) == 1:
            return passes[0]
        if not at or self._printed[at - 1].shared or len(self._printed[at - 1].bars) == 1:
            self._unnumbered = set(one.passes)
        return self._together(dict(zip(one.passes, passes, strict=True)))

    def _together(self, passes: dict[int, list[Piece]]) -> list[Piece]:
        """All passes under the onsets of all of them."""
        onsets = {piece.start for pieces in passes.values() for piece in pieces if piece.syllables}
        edges = sorted(
            {piece.start for pieces in passes.values() for piece in pieces} | {self._slots}
        )
        spans = [span for a, b in pairwise(edges) for span in self._staff.metre.pieces(a, b)]
        found = [self._span(a, b, passes) for a, b in spans]
        tied = [
            piece.note and following.note and following.start not in onsets
            for piece, following in pairwise(found)
        ]
        first = all(pieces[0].tied[0] for pieces in passes.values())
        last = all(pieces[-1].tied[1] for pieces in passes.values())
        return [
            replace(piece, tied=(before, after))
            for piece, before, after in zip(found, [first, *tied], [*tied, last], strict=True)
        ]

    def _span(self, start: int, end: int, passes: dict[int, list[Piece]]) -> Piece:
        over = {
            number: next(piece for piece in pieces if piece.start <= start < piece.end)
            for number, pieces in passes.items()
        }
        syllables: list[Syllable] = []
        for number, piece in over.items():
            if piece.start == start:
                held = piece.end > end
                for sung in piece.syllables:
                    extended = sung.extended or (held and sung.closes)
                    first = number in self._unnumbered
                    self._unnumbered.discard(number)
                    syllables.append(replace(sung, verse=number, extended=extended, numbered=first))
        note = any(piece.note for piece in over.values())
        slash = not note and any(piece.slash for piece in over.values())
        return Piece(start, end, tuple(syllables), note=note, slash=slash)
