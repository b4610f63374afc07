"""How sections and songs end: the cadence a line comes to rest on, and how often genres use each.

Counted in the training songs, smoothed by all genres together; what a section ends on is drawn from
that, unless the user asks for one. Names as in Caplin 2004 ("The classical cadence", JAMS 57),
loosely: any V before I is authentic, whatever the bass and inversion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.generator.vocabulary import HOME
from engine.music.chord import Chord

if TYPE_CHECKING:
    from engine.generator.songs import HomeSong

# The last root above the tonic in semitones, and the root before; None for any other.
AUTHENTIC, HALF, PLAGAL, DECEPTIVE = "authentic", "half", "plagal", "deceptive"
HOME_OTHERWISE, OPEN = "home", "open"
CADENCES = (AUTHENTIC, HALF, PLAGAL, DECEPTIVE, HOME_OTHERWISE, OPEN)
ENDINGS = ("section", "song")
# Charts of these genres are written to be played round and round: a last bar away from home is
# mostly a turnaround to the top, left out the last time, and seldom an ending.
_ROUND = frozenset({"jazz"})
_TURNAROUNDS = 0.75  # of the last bars that do not rest on the tonic
ON_TONIC = frozenset({AUTHENTIC, PLAGAL, HOME_OTHERWISE})
_PRIOR = 30.0  # lines of all genres that a genre's own counts are smoothed by
_DOMINANT, _SUBDOMINANT = 7, 5
_SUBMEDIANT = {"major": 9, "minor": 8}


def cadence_of(before: Chord | None, last: Chord, mode: str) -> str:
    """The cadence of a line's last two chords, in the home key of the mode."""
    root, previous = _above_tonic(last, mode), _above_tonic(before, mode)
    if root == 0:
        return {_DOMINANT: AUTHENTIC, _SUBDOMINANT: PLAGAL}.get(previous, HOME_OTHERWISE)
    if root == _DOMINANT and last.quality not in ("min", "min7", "dim", "hdim7"):
        return HALF
    if root == _SUBMEDIANT[mode] and previous == _DOMINANT:
        return DECEPTIVE
    return OPEN


def asked_of(cadence: str, mode: str) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Roots above the tonic that a cadence asks of the last chord but one, and of the last.

    None asks nothing.
    """
    tonic, dominant = frozenset({0}), frozenset({_DOMINANT})
    asked: dict[str, tuple[frozenset[int] | None, frozenset[int] | None]] = {
        AUTHENTIC: (dominant, tonic),
        HALF: (None, dominant),
        PLAGAL: (frozenset({_SUBDOMINANT}), tonic),
        DECEPTIVE: (dominant, frozenset({_SUBMEDIANT[mode]})),
        HOME_OTHERWISE: (frozenset(range(1, 12)), tonic),  # to come home is to have been away
        OPEN: (None, None),
    }
    return asked[cadence]


def _above_tonic(chord: Chord | None, mode: str) -> int:
    if chord is None or chord.root_pitch_class is None:
        return -1
    return (chord.root_pitch_class - HOME[mode].tonic_pitch_class) % 12


@dataclass(frozen=True)
class CadenceCustoms:
    """How many lines end how: ending (of a section or a song), genre, cadence.

    Attributes
    ----------
    counts : mapping
        ``counts["song"]["jazz"]`` holds numbers in the order of `CADENCES`.
    """

    counts: Mapping[str, Mapping[str, Sequence[float]]]

    def shares(self, ending: str, genre: str) -> dict[str, float]:
        """How likely each of `CADENCES` is."""
        genres = self.counts[ending]
        everyone = [sum(column) + 1 for column in zip(*genres.values(), strict=True)]
        total = sum(everyone)
        own = genres.get(genre) or [0.0] * len(CADENCES)
        smoothed = {
            name: count + _PRIOR * all_of / total
            for name, count, all_of in zip(CADENCES, own, everyone, strict=True)
        }
        if ending == "song" and genre in _ROUND:
            for name in smoothed.keys() - ON_TONIC:
                smoothed[name] *= 1 - _TURNAROUNDS
        return {name: count / sum(smoothed.values()) for name, count in smoothed.items()}

    def as_config(self) -> dict[str, Any]:
        """As it stands on a card."""
        return {ending: {g: list(c) for g, c in of.items()} for ending, of in self.counts.items()}


def cadence_customs(songs: Iterable[HomeSong]) -> CadenceCustoms:
    """Count how songs and, where sections are labelled, their sections end."""
    counts: dict[str, dict[str, list[float]]] = {ending: {} for ending in ENDINGS}
    for song in songs:
        said = {line.number: [chord for _, chord in line.chords] for line in song.lines}
        lines = song.outline.lines
        before: list[Chord] = []
        for number, line in enumerate(lines):
            before = (before + said.get(line.first, []))[-2:]
            last = number + 1 == len(lines)
            if not before or not (last or lines[number + 1].run != line.run):
                continue
            previous = before[-2] if len(before) > 1 else None
            cadence = CADENCES.index(cadence_of(previous, before[-1], song.key.mode))
            of = counts["song" if last else "section"]
            of.setdefault(song.genre, [0.0] * len(CADENCES))[cadence] += 1
    return CadenceCustoms(counts)
