"""Piano voicings with smooth voice leading. Pure.

The right hand plays three or four notes, the left hand the bass. Which notes: guide tones (third,
seventh) and alterations before the fifth and the root, which the bass has; never the bass again
unless the chord has nothing else. Where: a dynamic programme over the voicings of each chord finds
the cheapest path, so the hand moves as little as the whole song allows. The distance is the sum
of the voices' motion in semitones, the taxicab size of a voice leading; see Tymoczko (2006),
"The Geometry of Musical Chords", Science 313:72-74.

Ranges (MIDI): bass C2-D3 (36-50), right hand E3-A5 (52-81), so the hands never cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, permutations

from engine.music.chord import Chord
from engine.music.chord_degrees import sounding_degrees
from engine.music.pitch import degree_semitones, pitch_class

BASS_RANGE = (36, 50)
HAND_RANGE = (52, 81)
_BASS_CENTRE = 43
_HAND_CENTRE = 64
_WIDEST_GAP = 9
_WIDEST_SPAN = 14
_LOW = 57  # below A3 close intervals sound muddy

PLAIN_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""The note names without double accidentals, by pitch class."""

# The order in which degrees claim a finger, by semitones above the root.
_PRIORITY = (4, 3, 10, 11, 9, 5, 2, 6, 8, 1, 7, 0)


@dataclass(frozen=True)
class Voicing:
    """A chord under two hands, as MIDI pitches: the bass, and the right hand upwards."""

    bass: int
    hand: tuple[int, ...]


def voicings(chords: Sequence[Chord]) -> list[Voicing | None]:
    """Return a voicing for each chord; None for no chord, where the hands rest."""
    played = [chord for chord in chords if not chord.is_no_chord]
    basses = _basses([chord.bass_pitch_class or 0 for chord in played])
    hands = _hands(played)
    found = iter([Voicing(bass, hand) for bass, hand in zip(basses, hands, strict=True)])
    return [None if chord.is_no_chord else next(found) for chord in chords]


@cache
def _fingers(chord: Chord) -> tuple[int, ...]:
    root = chord.root_pitch_class or 0
    degrees = sounding_degrees(chord.quality, chord.degrees)
    steps = {degree_semitones(degree) % 12 for degree in degrees}
    if 4 in steps and 5 in steps:  # the eleventh of a 13 chord clashes with its third
        steps.discard(5)
    bass = ((chord.bass_pitch_class or 0) - root) % 12
    ranked = [step for step in _PRIORITY if step in steps and step != bass]
    size = 4 if len(ranked) > 4 or (len(ranked) == 4 and bass not in steps) else 3
    chosen = ranked[:size]
    fingers = 3 if len(set(chosen) | (steps & {0, 7})) > 1 else 2  # a bare root: an octave
    for spare in (0, 0, 7, *ranked):
        if len(chosen) < fingers and spare in steps and chosen.count(spare) < 2:
            chosen.append(spare)
    # One note, or none where every degree is omitted and the bass is all that sounds: an octave.
    while len(chosen) < 2:
        chosen.append(chosen[0] if chosen else bass)
    return tuple((root + step) % 12 for step in chosen)


@cache
def _candidates(tones: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return the spacings of pitch classes within reach of the hand, best placed first."""
    found: set[tuple[int, ...]] = set()
    for order in set(permutations(tones)):
        for lowest in range(HAND_RANGE[0], HAND_RANGE[1]):
            if lowest % 12 != order[0]:
                continue
            pitches = [lowest]
            for tone in order[1:]:
                pitches.append(pitches[-1] + ((tone - pitches[-1] - 1) % 12) + 1)
            gaps = [high - low for low, high in pairwise(pitches)]
            wide = len(set(tones)) > 2 and max(gaps, default=0) > _WIDEST_GAP
            if wide or pitches[-1] > HAND_RANGE[1] or pitches[-1] - lowest > _WIDEST_SPAN:
                continue
            found.add(tuple(pitches))
    return tuple(sorted(found, key=lambda pitches: (_placing_cost(pitches), pitches))[:16])


def _placing_cost(hand: tuple[int, ...]) -> float:
    """Return how awkward a voicing is by itself."""
    cost = 0.25 * abs(sum(hand) / len(hand) - _HAND_CENTRE)
    gaps = [high - low for low, high in pairwise(hand)]
    for low, gap in zip(hand, gaps, strict=False):
        if gap < 3 and low < _LOW:
            cost += 2.0
        if gap == 1:
            cost += 1.5
        if gap > 7:
            cost += 0.5
    return cost + (2.0 if gaps and gaps[-1] == 1 else 0.0)


@cache
def _motion(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Return the size of the voice leading between two voicings, the top voice weighed again."""
    if len(a) == len(b):
        moved = float(sum(abs(low - high) for low, high in zip(a, b, strict=True)))
    else:
        few, many = (a, b) if len(a) < len(b) else (b, a)
        moved = float(sum(min(abs(x - y) for y in few) for x in many))
    return moved + 0.5 * max(0, abs(a[-1] - b[-1]) - 2)


def _hands(chords: Sequence[Chord]) -> list[tuple[int, ...]]:
    options = [_candidates(_fingers(chord)) for chord in chords]
    return _cheapest(options)


def _basses(pitch_classes: Sequence[int]) -> list[int]:
    low, high = BASS_RANGE
    options = [
        tuple((pitch,) for pitch in range(low, high + 1) if pitch % 12 == wanted)
        for wanted in pitch_classes
    ]
    return [hand[0] for hand in _cheapest(options, centre=_BASS_CENTRE)]


def _cheapest(
    options: Sequence[tuple[tuple[int, ...], ...]], centre: int | None = None
) -> list[tuple[int, ...]]:
    """Return one option for each chord so that placing and motion together cost least."""
    if not options:
        return []

    def placing(hand: tuple[int, ...]) -> float:
        return _placing_cost(hand) if centre is None else 0.3 * abs(hand[0] - centre)

    costs = [placing(hand) for hand in options[0]]
    origins: list[list[int]] = []
    for before, here in pairwise(options):
        row: list[float] = []
        origin: list[int] = []
        for hand in here:
            ways = [cost + _motion(old, hand) for cost, old in zip(costs, before, strict=True)]
            best = min(range(len(ways)), key=ways.__getitem__)
            row.append(ways[best] + placing(hand))
            origin.append(best)
        costs = row
        origins.append(origin)
    index = min(range(len(costs)), key=costs.__getitem__)
    chosen = [index]
    for origin in reversed(origins):
        index = origin[index]
        chosen.append(index)
    return [hands[i] for hands, i in zip(options, reversed(chosen), strict=True)]


def spelled(pitch: int, chord: Chord) -> tuple[str, int]:
    """Return the note name and octave of a chord tone, by the chord's own spelling.

    Names with two accidentals give way to the plain key beside them: Bbb is written A.
    """
    names = {pitch_class(name): name for name in (*chord.notes(), chord.bass_note or "C")}
    name = names.get(pitch % 12, PLAIN_NAMES[pitch % 12])
    if len(name) > 2:
        name = PLAIN_NAMES[pitch % 12]
    alteration = name.count("#") - name.count("b")
    return name, (pitch - alteration) // 12 - 1
