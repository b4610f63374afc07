"""Words and chords laid over bars: the text-to-rhythm scheme. Pure.

A lead sheet says which word a chord falls on, not when. The scheme that gives it a time:

1. **Bars.** Each line fills 1, 2, 4, 8, ... bars: the power of two whose number of syllables per
   bar lies nearest (in ratio) to the metre's ideal, 4.2 for 4/4 at 100 bpm and less at faster
   tempi, and that has room for every word and for its chords (two to a bar). Played lines have a
   bar for each chord, half a bar when there are more than eight.
2. **Pickups.** Words before the first chord of a line are sung into the bar before, so that chord
   falls on the downbeat; the line before leaves them room. The first line gets a pickup bar. Where
   that cannot be (no chord, or one far along), up to two function words are the pickup.
3. **Slots.** Onsets are chosen among the slots of the metre by dynamic programming. The cost asks
   for: chord changes on strong beats, content words on beats, function words off them, a slot
   for each syllable, an even flow that ends before the line does. This is the
   constraint view of textsetting: Halle and Lerdahl (1993), "A generative textsetting model",
   Current Musicology 55; Hayes (2009), "Textsetting as constraint conflict".
4. **Ends.** A word is held until the next one; the last until a beat of breath is left. Chords
   after the last word, and played lines, are slashes on the beats.

Positions are slots (`engine.metre`) from the downbeat of bar 1; a pickup is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2, sqrt

from engine.chord import Chord
from engine.leadsheet import LeadSheet, Line
from engine.metre import Metre
from engine.prosody import is_weak, syllables

# Costs of an onset by the strength of its slot: downbeat, half bar, beat, offbeat.
_CHORD_COST = (0.0, 1.5, 3.0, 8.0)
_CONTENT_COST = (0.0, 0.0, 0.2, 1.0)
_WEAK_COST = (0.6, 0.4, 0.1, 0.2)
_CROWDED_COST = 1.2  # for each syllable without a slot of its own
_DOTTED_COST = 0.4  # an odd gap of three slots or more
_LINGER_COST = 0.25  # for each slot beyond a quarter that a function word is held
_TIED_COST = 0.4  # a word held over a bar line
_FLOW_COST = 0.12  # times the squared distance from an even flow
_MAX_PICKUP = 5


@dataclass(frozen=True)
class Sung:
    """A word from its onset to its release; `line` and `word` say which one it is."""

    line: int
    word: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Struck:
    """A chord from its onset to the next chord (or the end of the song)."""

    chord: Chord
    start: int
    end: int


@dataclass(frozen=True)
class Mark:
    """A section that begins in a bar (0-based)."""

    bar: int
    section: str


@dataclass(frozen=True)
class Layout:
    """A lead sheet in time.

    Parameters
    ----------
    pickup
        Slots before bar 1.
    bars
        Number of bars, the pickup not counted.
    systems
        The bars (0-based) in which lyric lines begin.
    slashes
        Spans to play on the beat without words.
    """

    metre: Metre
    pickup: int
    bars: int
    words: tuple[Sung, ...]
    chords: tuple[Struck, ...]
    slashes: tuple[tuple[int, int], ...]
    systems: tuple[int, ...]
    marks: tuple[Mark, ...]


@dataclass
class _Event:
    """A word, a chord, or both at once, still without a time."""

    word: int | None
    syllables: float
    weak: bool
    chord: Chord | None
    trailing: bool = False
    slot: int = 0


@dataclass
class _Phrase:
    """A line on its way to bars."""

    line: Line
    pickup: list[_Event]
    events: list[_Event]
    pickup_slots: int = 0
    bars: int = 1


def layout(sheet: LeadSheet) -> Layout:
    """Return the words and chords of a lead sheet in time."""
    metre = Metre.parse(sheet.time_signature)
    phrases = [_phrase(line, metre) for line in sheet.lines]
    words: list[Sung] = []
    onsets: list[tuple[int, Chord]] = []
    slashes: list[tuple[int, int]] = []
    systems: list[int] = []
    start = 0
    for index, phrase in enumerate(phrases):
        reserved = phrases[index + 1].pickup_slots if index + 1 < len(phrases) else 0
        phrase.bars = _bar_count(phrase, metre, sheet.tempo, reserved)
        room = phrase.bars * metre.slots - reserved
        if phrase.line.words:
            _place(phrase.events, metre, room)
        else:
            _place_played(phrase.events, metre, room)
        systems.append(start // metre.slots)
        words += _sung(index, phrase, start, room, metre)
        onsets += [(start + e.slot, e.chord) for e in phrase.events if e.chord is not None]
        played = [event.slot for event in phrase.events if event.trailing]
        if played:
            slashes.append((start + played[0], start + room))
        start += phrase.bars * metre.slots
    ends = [onset for onset, _ in onsets[1:]] + [start] * bool(onsets)
    return Layout(
        metre=metre,
        pickup=phrases[0].pickup_slots,
        bars=start // metre.slots,
        words=tuple(words),
        chords=tuple(
            Struck(chord, onset, end) for (onset, chord), end in zip(onsets, ends, strict=True)
        ),
        slashes=tuple(slashes),
        systems=tuple(systems),
        marks=_marks(sheet.lines, systems),
    )


def _marks(lines: Sequence[Line], systems: Sequence[int]) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    before: tuple[str | None, int] | None = None
    for line, bar in zip(lines, systems, strict=True):
        here = (line.section, line.stanza)
        if line.section is not None and here != before:
            marks.append(Mark(bar, line.section))
        before = here
    return tuple(marks)


def _phrase(line: Line, metre: Metre) -> _Phrase:
    """Return the events of a line in order, the pickup apart and already in its slots."""
    events: list[_Event] = []
    for index, word in enumerate(line.words):
        chords = [placed.chord for placed in line.chords if placed.word == index]
        count = syllables(word)
        share = max(1.0, count / max(1, len(chords)))
        events.append(_Event(index, share, is_weak(word), chords[0] if chords else None))
        events += [_Event(None, share, False, chord) for chord in chords[1:]]
    last = len(line.words)
    rest = metre.slots / 2 if metre.half else float(metre.slots)
    after = [placed.chord for placed in line.chords if placed.word == last]
    events += [_Event(None, rest / 2, False, chord, trailing=True) for chord in after]
    phrase = _Phrase(line, [], events)
    first = next((i for i, event in enumerate(events) if event.chord is not None), len(events))
    if first < len(events) and not events[first].trailing:
        _take_pickup(phrase, first, metre)
    if not phrase.pickup and first > 0:
        stressed = next((i for i, event in enumerate(events) if not event.weak), 0)
        _take_pickup(phrase, min(stressed, first) if stressed <= 2 else 0, metre)
    return phrase


def _take_pickup(phrase: _Phrase, count: int, metre: Metre) -> None:
    """Move the first `count` events into the bar before, when there are few enough."""
    limit = min(_MAX_PICKUP, metre.half or metre.slots - 2, metre.slots - 1)
    lead = phrase.events[:count]
    if not 0 < count <= limit:
        return
    wide = 2 if metre.triple and not metre.compound else 1
    gaps = [int(event.syllables) * wide for event in lead]
    while sum(gaps) > limit:
        gaps[gaps.index(max(gaps))] -= 1
    slot = -sum(gaps)
    phrase.pickup_slots = -slot
    for event, gap in zip(lead, gaps, strict=True):
        event.slot = slot
        slot += gap
    phrase.pickup, phrase.events = lead, phrase.events[count:]


def _ideal_syllables(metre: Metre, tempo: int) -> float:
    """Return the syllables a bar holds at ease; singing speed changes less than tempo does."""
    if metre.compound:
        at_100 = metre.slots / 2
    else:
        at_100 = metre.bar_length * (0.87 if metre.triple else 1.05)
    return at_100 * min(1.3, max(0.75, sqrt(100 / tempo)))


def _bar_count(phrase: _Phrase, metre: Metre, tempo: int, reserved: int) -> int:
    chords = sum(event.chord is not None for event in phrase.events)
    if not phrase.line.words:
        halves = metre.half is not None and chords > 8
        bars = ceil(chords / 2) if halves else chords
        return bars + (bars * metre.slots - reserved <= _last_played(chords, metre, halves))
    sung = sum(event.syllables for event in phrase.events)
    ideal = _ideal_syllables(metre, tempo)
    needed = len(phrase.events) + chords
    candidates = [
        bars
        for bars in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
        if chords <= 2 * bars and needed <= bars * metre.slots - reserved
    ]
    fallback = ceil((needed + reserved) / metre.slots)
    return min(candidates, key=lambda b: abs(log2(sung / (b * ideal))), default=fallback)


def _last_played(chords: int, metre: Metre, halves: bool) -> int:
    """Return the slot of the last chord of a played line."""
    if halves and chords % 2 == 0:
        return (chords // 2 - 1) * metre.slots + (metre.half or 0)
    return (ceil(chords / 2) if halves else chords) * metre.slots - metre.slots


def _place_played(events: Sequence[_Event], metre: Metre, room: int) -> None:
    """Give every chord of a played line its bar, or half bar when they are many."""
    halves = metre.half is not None and len(events) > 8
    for index, event in enumerate(events):
        if halves:
            event.slot = index // 2 * metre.slots + index % 2 * (metre.half or 0)
        else:
            event.slot = index * metre.slots
        event.slot = min(event.slot, room - (len(events) - index))


def _place(events: Sequence[_Event], metre: Metre, room: int) -> None:
    """Choose the slots of a line's events: the cheapest path through the grid."""
    ideals = _even_flow(events, room)
    slots = _cheapest_path(events, ideals, metre, room, metre.slots + 2)
    if slots is None:  # the even flow leaves the crowded words no room: search everywhere
        slots = _cheapest_path(events, ideals, metre, room, room)
    for event, slot in zip(events, slots or range(len(events)), strict=True):
        event.slot = slot


def _cheapest_path(
    events: Sequence[_Event], ideals: Sequence[float], metre: Metre, room: int, window: int
) -> list[int] | None:
    """Return increasing slots of least cost, none further than `window` from its ideal."""
    paths: dict[int, tuple[float, int]] = {-1: (0.0, -1)}  # slot: (cost, slot before)
    trail: list[dict[int, tuple[float, int]]] = []
    for index, event in enumerate(events):
        reached: dict[int, tuple[float, int]] = {}
        lowest = max(index, ceil(ideals[index]) - window)
        highest = min(room - len(events) + index, int(ideals[index]) + window)
        for slot in range(lowest, highest + 1):
            here = _onset_cost(event, slot, ideals[index], metre, first=index == 0)
            ways = [
                (cost + (_gap_cost(events[index - 1], before, slot, metre) if index else 0), before)
                for before, (cost, _) in paths.items()
                if before < slot
            ]
            if ways:
                cost, before = min(ways)
                reached[slot] = (cost + here, before)
        if not reached:
            return None
        trail.append(reached)
        paths = reached
    slot = min(paths, key=lambda s: paths[s][0])
    slots: list[int] = []
    for reached in reversed(trail):
        slots.append(slot)
        slot = reached[slot][1]
    return slots[::-1]


def _even_flow(events: Sequence[_Event], room: int) -> list[float]:
    """Return where each onset would be if syllables flowed evenly and the last word was long."""
    total = sum(event.syllables for event in events[:-1])
    width = room / (total + max(1.0, events[-1].syllables, 0.6 * total))
    ideals: list[float] = []
    before = 0.0
    for event in events:
        ideals.append(before * width)
        before += event.syllables
    return ideals


def _onset_cost(event: _Event, slot: int, ideal: float, metre: Metre, *, first: bool) -> float:
    strength = metre.strength(slot)
    flow = _FLOW_COST * (slot - ideal) ** 2
    if event.chord is not None:
        return flow + _CHORD_COST[strength] + (6.0 if first and slot else 0.0)
    late = 1.0 if first and slot else 0.0
    return flow + late + (_WEAK_COST if event.weak else _CONTENT_COST)[strength]


def _gap_cost(event: _Event, start: int, end: int, metre: Metre) -> float:
    gap = end - start
    cost = _CROWDED_COST * max(0.0, event.syllables - gap)
    if gap >= 3 and gap % 2 and not metre.compound:
        cost += _DOTTED_COST
    if event.weak and gap > 2:
        cost += _LINGER_COST * (gap - 2)
    if -(-end // metre.slots) - start // metre.slots > 1:
        cost += _TIED_COST
    return cost


def _sung(line: int, phrase: _Phrase, start: int, room: int, metre: Metre) -> list[Sung]:
    """Return the words of a phrase with their releases."""
    events = phrase.pickup + phrase.events
    stop = next((event.slot for event in events if event.trailing), room)
    sung: list[Sung] = []
    for index, event in enumerate(events):
        if event.word is None:
            continue
        after = events[index + 1 :]
        until = next((e.slot for e in after if e.word is not None), stop)
        within = [e.slot for e in after if e.slot < until]
        last = until == stop and event.word == len(phrase.line.words) - 1
        end = _release(within[-1] if within else event.slot, until, metre, last=last)
        text = phrase.line.words[event.word]
        sung.append(Sung(line, event.word, text, start + event.slot, start + end))
    return sung


def _release(onset: int, until: int, metre: Metre, *, last: bool) -> int:
    """Return where a word sung (or harmonised anew) at a slot ends."""
    beat = metre.beat_end(0)
    end = min(until, onset + metre.slots)
    if last and until - onset >= 3 * beat:
        end = min(end, until - beat)
    if end < until:
        end = metre.beat_end(end - 1)
    return min(end, until)
