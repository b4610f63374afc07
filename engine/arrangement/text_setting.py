"""Setting words to a metre: which slot of the grid each word and chord of a line falls on. Pure.

Onsets are chosen by dynamic programming. The cost asks for chord changes on strong beats, content
words on beats and function words off them, a slot for each syllable, few syncopations and an even
flow whose last word comes with the last bar. This is the constraint view of textsetting: Halle and
Lerdahl (1993), "A generative textsetting model", Current Musicology 55; Hayes (2009), "Textsetting
as constraint conflict". The weights are ours, set by ear and eye on songs of the songbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from engine.music.chord import Chord
from engine.music.metre import DOWNBEAT, OFFBEAT, Metre

# Costs of an onset by the strength of its slot: downbeat, half bar, beat, offbeat.
_CHORD_COST = (0.0, 1.5, 3.0, 8.0)
_SPACIOUS_COST = (0.0, 3.0, 5.0, 9.0)  # where the line has a bar for every chord
_ODD_BAR_COST = 0.4  # of a chord on the downbeat of the second bar of a pair
_CONTENT_COST = (0.0, 0.0, 0.2, 1.0)
_WEAK_COST = (1.4, 0.6, 0.1, 0.2)
_WEAK_CHORD_COST = 1.0  # of a chord change that puts a function word on the downbeat
_CROWDED_COST = 1.2  # for each syllable without a slot of its own
_DOTTED_COST = 0.4  # an odd gap of three slots or more
_LINGER_COST = 0.25  # for each slot beyond a quarter that a function word is held
_TIED_COST = 0.8  # a word held over a bar line
_SYNCOPATION_COST = 0.7  # a word from an offbeat over a beat
_LILT_COST = 0.9  # the second eighth of a dotted quarter, where the third swings better
_REGULARITY = 0.6  # how much chord changes part a line equally, against the flow of its syllables
_FLOW_COST = 0.12  # times the squared distance from an even flow
_LATE_COST, _LATE_CHORD_COST = 1.0, 6.0  # a first word, or chord, after the downbeat


@dataclass
class Event:
    """A word, a chord, or both at once; its slot is chosen by `place`.

    Parameters
    ----------
    word
        Index in the line; None for a chord that comes within or after a word.
    syllables
        The share of time it asks for.
    weak
        Whether it is a function word.
    trailing
        Whether it comes after the last word.
    """

    word: int | None
    syllables: float
    weak: bool
    chord: Chord | None
    trailing: bool = False
    slot: int = 0


def place(events: Sequence[Event], metre: Metre, room: int, bars: int) -> None:
    """Choose the slots of a line's events: the cheapest path through the grid.

    Parameters
    ----------
    events
        In order; each gets its slot, counted from the first downbeat of the line.
    room
        The slots there are, at least one for each event.
    bars
        The bars that the line fills.
    """
    ideals = _even_flow(events, metre, room, bars)
    chords = sum(event.chord is not None for event in events)
    costs = _SPACIOUS_COST if chords <= bars else _CHORD_COST
    slots = _cheapest_path(events, ideals, ideals, metre, room, costs)
    if slots is None:  # crowded words have no room there: search around where they have
        slots = _cheapest_path(events, ideals, _apart(ideals, room), metre, room, costs)
    for event, slot in zip(events, slots or range(len(events)), strict=True):
        event.slot = slot


def _cheapest_path(
    events: Sequence[Event],
    ideals: Sequence[float],
    centres: Sequence[float],
    metre: Metre,
    room: int,
    chord_costs: Sequence[float],
) -> list[int] | None:
    """Return increasing slots of least cost, none further than a bar from its centre.

    None when nothing fits.
    """
    window = metre.slots + 2
    paths: dict[int, tuple[float, int]] = {-1: (0.0, -1)}  # slot: (cost, slot before)
    trail: list[dict[int, tuple[float, int]]] = []
    for index, event in enumerate(events):
        reached: dict[int, tuple[float, int]] = {}
        lowest = max(index, ceil(centres[index]) - window)
        highest = min(room - len(events) + index, int(centres[index]) + window)
        for slot in range(lowest, highest + 1):
            here = _FLOW_COST * (slot - ideals[index]) ** 2
            here += _onset_cost(event, slot, metre, chord_costs)
            if index == 0 and slot:
                here += _LATE_CHORD_COST if event.chord else _LATE_COST
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


def _apart(ideals: Sequence[float], room: int) -> list[float]:
    """The slots nearest to these, in order, that each event can have for its own."""
    found: list[float] = []
    for index, ideal in enumerate(ideals):
        latest = room - len(ideals) + index
        earliest = found[-1] + 1 if found else 0
        found.append(min(max(round(ideal), earliest), latest))
    return found


def _even_flow(events: Sequence[Event], metre: Metre, room: int, bars: int) -> list[float]:
    """Return where each onset would be if syllables, and chord changes, flowed evenly.

    The last word comes with the last bar, later only when there are more syllables than slots.
    Chord changes are drawn from there towards equal parts of the line, and words go with them.
    """
    total = sum(event.syllables for event in events[:-1])
    last_bar = (bars - 1) * metre.slots if bars > 1 else metre.slots * 0.6
    target = min(max(last_bar, total), room - min(2.0, metre.slots / 2))
    flow = [0.0]
    for event in events[:-1]:
        flow.append(flow[-1] + event.syllables / max(total, 1.0) * target)
    changes = [index for index, event in enumerate(events) if event.chord is not None]
    if not changes:
        return flow
    part = (bars * metre.slots - flow[changes[0]]) / len(changes)
    anchors = {0: 0.0, len(events): float(room)}
    for number, index in enumerate(changes):
        equal = flow[changes[0]] + number * part
        anchors[index] = _REGULARITY * equal + (1 - _REGULARITY) * flow[index]
    flow.append(float(room))
    ideals = [0.0] * len(events)
    for (low, start), (high, end) in pairwise(sorted(anchors.items())):
        stretch = (end - start) / max(flow[high] - flow[low], 1.0)
        for index in range(low, high):
            ideals[index] = start + (flow[index] - flow[low]) * min(stretch, 1.5)
    return ideals


def _onset_cost(event: Event, slot: int, metre: Metre, chord_costs: Sequence[float]) -> float:
    strength = metre.strength(slot)
    if event.chord is not None:
        odd = _ODD_BAR_COST if slot // metre.slots % 2 and strength == DOWNBEAT else 0.0
        weak = _WEAK_CHORD_COST if event.weak and strength == DOWNBEAT and slot else 0.0
        return chord_costs[strength] + odd + weak
    lilt = _LILT_COST if metre.compound and slot % 3 == 1 else 0.0
    return lilt + (_WEAK_COST if event.weak else _CONTENT_COST)[strength]


def _gap_cost(event: Event, start: int, end: int, metre: Metre) -> float:
    gap = end - start
    cost = _CROWDED_COST * max(0.0, event.syllables - gap)
    if gap >= 3 and gap % 2 and not metre.compound:
        cost += _DOTTED_COST
    if event.weak and gap > 2:
        cost += _LINGER_COST * (gap - 2)
    if -(-end // metre.slots) - start // metre.slots > 1:
        cost += _TIED_COST
    if metre.strength(start) == OFFBEAT and end > metre.beat_end(start):
        cost += _SYNCOPATION_COST
    return cost
