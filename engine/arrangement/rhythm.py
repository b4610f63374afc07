"""Words and chords laid over bars: the text-to-rhythm scheme. Pure.

A lead sheet says which word a chord falls on, not when. The scheme that gives it a time:

1. **Bars.** Each line fills 1, 2, 4, 8, ... bars: the power of two whose number of syllables per
   bar lies nearest (in ratio) to the metre's ideal, 4.6 for 4/4 at 100 bpm and less at faster
   tempi, and that has room for every word and for its chords (two to a bar). Lines of a stanza
   lean towards one length; lines that the form sets to one music (`engine.music.form`) have one
   length, and where it has a frame, as a blues has, that of the frame. Played lines have a bar
   for each chord, half a bar when there are more than eight.
2. **Pickups.** Words before the first chord of a line are sung into the bar before, so that chord
   falls on the downbeat; the line before leaves them room. The first line gets a pickup bar. Where
   that cannot be (no chord, or one far along), up to two function words are the pickup.
3. **Slots.** Onsets are chosen among the slots of the metre by `engine.arrangement.text_setting`.
4. **Ends.** A word is held until the next one; the last until a breath is left: a beat of a long
   note, a slot of a short one. Chords
   after the last word, and played lines, are slashes on the beats.

Positions are slots (`engine.music.metre`) from the downbeat of bar 1; a pickup is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2, sqrt

from engine.arrangement.text_setting import Event, place
from engine.errors import InputError
from engine.lyrics import MAX_LINES
from engine.lyrics.prosody import is_weak, syllables
from engine.music.chord import Chord
from engine.music.form import LinePlan
from engine.music.form.templates import form_of
from engine.music.lead_sheet import LeadSheet, Line
from engine.music.metre import Metre

_LEAN_COST = 0.35  # for each doubling or halving of the usual length of the stanza's lines
_BAR_COUNTS = tuple(2**power for power in range(10))
_MAX_PICKUP = 5
_DENSITY = {"hip-hop": 1.3}  # syllables a bar, compared with other genres


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
    """A chord from its onset to the next chord (or the end of the song).

    `line` and `place` say which one it is: of the sheet's lines, and of that line's chords.
    """

    chord: Chord
    start: int
    end: int
    line: int
    place: int


@dataclass(frozen=True)
class Mark:
    """A section that begins in a bar (0-based), and what a reader calls it."""

    bar: int
    section: str
    title: str


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
class _Phrase:
    """A line on its way to bars."""

    line: Line
    pickup: list[Event]
    events: list[Event]
    pickup_slots: int = 0
    bars: int = 1


def layout(sheet: LeadSheet) -> Layout:
    """Return the words and chords of a lead sheet in time."""
    metre = Metre.parse(sheet.time_signature)
    phrases = _phrases(sheet, metre)
    words: list[Sung] = []
    onsets: list[tuple[int, Chord, int, int]] = []
    slashes: list[tuple[int, int]] = []
    systems: list[int] = []
    start = 0
    for index, phrase in enumerate(phrases):
        reserved = phrases[index + 1].pickup_slots if index + 1 < len(phrases) else 0
        room = phrase.bars * metre.slots - reserved
        if phrase.line.words:
            place(phrase.events, metre, room, phrase.bars)
        else:
            _place_played(phrase.events, metre, room)
        systems.append(start // metre.slots)
        words += _sung(index, phrase, start, room, metre)
        found = [(e.slot, e.chord) for e in phrase.events if e.chord is not None]
        onsets += [(start + slot, chord, index, at) for at, (slot, chord) in enumerate(found)]
        played = [event.slot for event in phrase.events if event.trailing]
        if played:
            slashes.append((start + played[0], start + room))
        start += phrase.bars * metre.slots
    ends = [onset for onset, *_ in onsets[1:]] + [start] * bool(onsets)
    return Layout(
        metre=metre,
        pickup=phrases[0].pickup_slots,
        bars=start // metre.slots,
        words=tuple(words),
        chords=tuple(
            Struck(chord, onset, end, line, at)
            for (onset, chord, line, at), end in zip(onsets, ends, strict=True)
        ),
        slashes=tuple(slashes),
        systems=tuple(systems),
        marks=_marks(sheet.lines, systems),
    )


def bar_count(sheet: LeadSheet) -> int:
    """Return how many bars `layout` gives a lead sheet, without placing its words."""
    return sum(phrase.bars for phrase in _phrases(sheet, Metre.parse(sheet.time_signature)))


def _phrases(sheet: LeadSheet, metre: Metre) -> list[_Phrase]:
    """Return the lines, each with the bars it fills."""
    phrases = [_phrase(line, metre) for line in sheet.lines]
    ideal = _ideal_syllables(metre, sheet.tempo) * _DENSITY.get(sheet.genre or "", 1.0)
    _count_bars(phrases, metre, ideal, _form_of(sheet))
    return phrases


def _form_of(sheet: LeadSheet) -> Sequence[LinePlan]:
    """The plan of each line; of a text longer than a lyric can be, none is made."""
    if len(sheet.lines) > MAX_LINES:
        return [LinePlan()] * len(sheet.lines)
    try:
        return form_of(sheet.lines, sheet.form, sheet.genre).lines
    except InputError:  # edited words may not fit the form that was asked for
        return form_of(sheet.lines, genre=sheet.genre).lines


def _marks(lines: Sequence[Line], systems: Sequence[int]) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    before: tuple[str | None, int, int | None] | None = None
    for line, bar in zip(lines, systems, strict=True):
        here = (line.section, line.stanza, line.number)
        if line.section is not None and here != before:
            marks.append(Mark(bar, line.section, line.heading))
        before = here
    return tuple(marks)


def _phrase(line: Line, metre: Metre) -> _Phrase:
    """Return the events of a line in order, the pickup apart and already in its slots."""
    events: list[Event] = []
    for index, word in enumerate(line.words):
        chords = [placed.chord for placed in line.chords if placed.word == index]
        count = syllables(word)
        share = max(1.0, count / max(1, len(chords)))
        events.append(Event(index, share, is_weak(word), chords[0] if chords else None))
        events += [Event(None, share, False, chord) for chord in chords[1:]]
    last = len(line.words)
    rest = metre.slots / 2 if metre.half else float(metre.slots)
    after = [placed.chord for placed in line.chords if placed.word == last]
    events += [Event(None, rest / 2, False, chord, trailing=True) for chord in after]
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
        at_100 = metre.slots * 0.55
    else:
        at_100 = metre.bar_length * (0.95 if metre.triple else 1.15)
    return at_100 * min(1.3, max(0.75, sqrt(100 / tempo)))


def _count_bars(
    phrases: Sequence[_Phrase], metre: Metre, ideal: float, plans: Sequence[LinePlan]
) -> None:
    """Decide how many bars each phrase fills; the lines of a stanza lean towards one length.

    Lines of one music have the length that suits them all best, of those that all can have.
    """
    reserved = [phrase.pickup_slots for phrase in phrases[1:]] + [0]
    costs: list[dict[int, float]] = []
    favourites: dict[int, dict[int, float]] = {}
    for phrase, taken in zip(phrases, reserved, strict=True):
        if not phrase.line.words:
            costs.append({_played_bars(len(phrase.events), metre, taken): 0.0})
            continue
        costs.append(_bar_costs(phrase, metre, ideal, taken))
        totals = favourites.setdefault(phrase.line.stanza, dict.fromkeys(_BAR_COUNTS, 0.0))
        for bars in totals:
            totals[bars] += min(4.0, costs[-1].get(bars, 4.0))
    _agree(costs, plans)
    for phrase, choices in zip(phrases, costs, strict=True):
        totals = favourites.get(phrase.line.stanza, {1: 0.0})
        usual = min(totals, key=totals.__getitem__)
        phrase.bars = min(choices, key=lambda b: choices[b] + _LEAN_COST * abs(log2(b / usual)))
    music = _music_of(plans)
    for index, phrase in enumerate(phrases):  # a first line leans on its own stanza for them all
        if (bars := phrases[music[index]].bars) in costs[index]:
            phrase.bars = bars


def _agree(costs: list[dict[int, float]], plans: Sequence[LinePlan]) -> None:
    """Give lines of one music the same costs: the sum of theirs, of the lengths all can have."""
    groups: dict[int, list[int]] = {}
    for index, first in enumerate(_music_of(plans)):
        groups.setdefault(first, []).append(index)
    for lines in groups.values():
        shared = set.intersection(*(set(costs[line]) for line in lines))
        frame = len(plans[lines[0]].bars)
        if frame and frame in shared:
            shared = {frame}
        if shared:
            total = {bars: sum(costs[line][bars] for line in lines) for bars in sorted(shared)}
            for line in lines:
                costs[line] = total


def _music_of(plans: Sequence[LinePlan]) -> list[int]:
    """For each line the first one to whose music it is sung: itself, or the one it follows."""
    first: list[int] = []
    for index, plan in enumerate(plans):
        first.append(index if plan.source is None else first[plan.source])
    return first


def _bar_costs(phrase: _Phrase, metre: Metre, ideal: float, reserved: int) -> dict[int, float]:
    """Return how ill each possible number of bars suits the words of a line, in octaves."""
    chords = sum(event.chord is not None for event in phrase.events)
    sung = max(1.0, sum(event.syllables for event in phrase.events))
    needed = len(phrase.events) + chords
    possible = {
        bars: abs(log2(sung / (bars * ideal)))
        for bars in _BAR_COUNTS
        if chords <= 2 * bars and needed <= bars * metre.slots - reserved
    }
    return possible or {ceil((needed + reserved) / metre.slots): 0.0}


def _played_bars(chords: int, metre: Metre, reserved: int) -> int:
    """Return the bars of a played line: one for each chord, half when there are more than eight."""
    halves = metre.half is not None and chords > 8
    bars = ceil(chords / 2) if halves else chords
    return bars + (bars * metre.slots - reserved <= _last_played(chords, metre, halves))


def _last_played(chords: int, metre: Metre, halves: bool) -> int:
    """Return the slot of the last chord of a played line."""
    if halves and chords % 2 == 0:
        return (chords // 2 - 1) * metre.slots + (metre.half or 0)
    return (ceil(chords / 2) if halves else chords) * metre.slots - metre.slots


def _place_played(events: Sequence[Event], metre: Metre, room: int) -> None:
    """Give every chord of a played line its bar, or half bar when they are many."""
    halves = metre.half is not None and len(events) > 8
    for index, event in enumerate(events):
        if halves:
            event.slot = index // 2 * metre.slots + index % 2 * (metre.half or 0)
        else:
            event.slot = index * metre.slots
        event.slot = min(event.slot, room - (len(events) - index))


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
    elif last and until - onset > 1:
        return min(end, until - 1)
    if end < until:
        end = metre.beat_end(end - 1)
    return min(end, until)
