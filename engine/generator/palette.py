"""The chords a song may use, how they are written, and what leans towards or away from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from engine.errors import EngineError, InputError, quoted
from engine.generator.controls import COMPLEXITIES
from engine.generator.vocabulary import HOME, Vocabulary, complexity_of
from engine.music.chord import Chord
from engine.music.key import Key

POWER_GENRES = frozenset({"punk", "metal"})
_PLAIN = frozenset({"maj", "min"})
# Pitch classes above the tonic that belong to a key; minor has its raised seventh beside the other.
_SCALES = {
    "major": frozenset({0, 2, 4, 5, 7, 9, 11}),
    "minor": frozenset({0, 2, 3, 5, 7, 8, 10, 11}),
}
_DOMINANT = 7
STYLE_SHARE = 0.6  # of a genre's log-odds: the network has learnt some of the style already

Array = np.ndarray[Any, Any]


class Palette:
    """The chords a song may use, in the home key.

    At complexity ``"triads"`` punk and metal write plain triads as power chords (root and fifth):
    the model thinks in triads, of which it has seen many, and the lead sheet says ``C5``. "No
    chord" is never generated.

    Parameters
    ----------
    vocabulary : Vocabulary
    complexity : str
    genre : str or None
    mode : str
        ``"major"`` or ``"minor"``.
    only : sequence of Chord, optional
        Chords of the home key; no others are used, and they are written just so.
    borrowed : float
        Times as many chords from outside the key as songs have; with 0 there are none.
    style : array (chords,), optional
        Log-odds by which the genre's own progressions favour chords.

    Raises
    ------
    InputError
        If no chord is left.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        complexity: str,
        genre: str | None,
        mode: str,
        only: Sequence[Chord] | None = None,
        borrowed: float = 1.0,
        style: Array | None = None,
    ) -> None:
        level = COMPLEXITIES.index(complexity)
        self._chords = vocabulary.parsed
        self._tonic = HOME[mode].tonic_pitch_class
        self._mode = mode
        self._blues = (genre or "").lower() == "blues"
        self._power = level == 0 and (genre or "").lower() in POWER_GENRES
        self._scale = frozenset((self._tonic + step) % 12 for step in _SCALES[mode])
        self._as_given: dict[int, Chord] = {}
        self.allowed = np.array(
            [
                not chord.is_no_chord
                and complexity_of(chord) <= level
                and (level > 0 or chord.quality != "5")
                for chord in self._chords
            ]
        )
        if not self.allowed.any():
            raise EngineError(f"No chord of the vocabulary fits the complexity '{complexity}'.")
        if only is not None:
            for chord in only:
                self._as_given.setdefault(vocabulary.chord_index(chord), chord)
            listed = np.zeros(len(self._chords), bool)
            listed[list(self._as_given)] = True
            self.allowed = listed
        if borrowed == 0:
            inside = self.allowed & self.diatonic
            for index, chord in self._as_given.items():  # of which the vocabulary knows the kind
                inside[index] = chord.pitch_classes <= self._scale
            if not inside.any():
                raise InputError(
                    "None of the chords that are allowed lies in the key; allow others, or chords "
                    "from outside the key."
                )
            self.allowed = inside
        leaning = np.log(borrowed) if borrowed > 0 else 0.0
        self.leaning: Array = np.where(self.diatonic, 0.0, leaning)
        if style is not None:
            self.leaning = self.leaning + STYLE_SHARE * style

    @cached_property
    def diatonic(self) -> Array:
        """Which chords of the vocabulary lie in the key, (chords,)."""
        return np.array([chord.pitch_classes <= self._scale for chord in self._chords])

    def with_roots(self, roots: frozenset[int]) -> Array:
        """The allowed chords on roots counted in semitones above the tonic, (chords,).

        The fifth degree is a dominant here: it has a major third, in minor too.
        """
        wanted = np.array(
            [
                chord.root_pitch_class is not None
                and (above := (chord.root_pitch_class - self._tonic) % 12) in roots
                and (above != _DOMINANT or (chord.root_pitch_class + 3) % 12 not in _tones(chord))
                for chord in self._chords
            ]
        )
        return self.allowed & wanted

    def ending(self, roots: frozenset[int]) -> Array:
        """The allowed chords on roots above the tonic that a cadence comes to, (chords,).

        A major tonic with a minor seventh asks to go on, and only the blues rests on it; so do a
        suspended one and an inversion. In the training songs 59% of blues lines that end on the
        tonic have the seventh; of sections and songs that end there 0.5% in other genres (of 1,011)
        and 5% where the genre is unknown (of 1,267). Suspended are 0.3% of all, and 0.2% stand over
        another tone than their root.
        """
        found = self.with_roots(roots)
        if self._blues:
            return found
        rests = np.array(
            [chord.root_pitch_class != self._tonic or _rests(chord) for chord in self._chords]
        )
        return found & rests if (found & rests).any() else found

    def written(self, index: int) -> Chord:
        """The chord as the lead sheet shows it, in the home key."""
        if (given := self._as_given.get(index)) is not None:
            return given
        chord = self._chords[index]
        if self._power and chord.quality in _PLAIN and not chord.degrees:
            return Chord(chord.root, "5")
        return chord

    def alike(self, index: int) -> Array:
        """The chords that would read the same as this one, (chords,)."""
        same = self._written_labels[index]
        return np.array([label == same for label in self._written_labels])

    @cached_property
    def _written_labels(self) -> tuple[str, ...]:
        return tuple(self.written(index).label for index in range(len(self._chords)))


def _rests(chord: Chord) -> bool:
    """Whether a chord that ends a section asks for nothing more."""
    root = chord.root_pitch_class or 0
    above = {(tone - root) % 12 for tone in chord.pitch_classes}
    suspended = not above & {3, 4} and bool(above & {2, 5})
    return not suspended and not {4, 10} <= above and chord.bass_pitch_class == root


def _tones(chord: Chord) -> frozenset[int]:
    return chord.pitch_classes - {chord.bass_pitch_class}


def chords_named(names: Sequence[str]) -> list[Chord]:
    """Chords from what a musician types.

    Raises
    ------
    InputError
        Naming the first that is none.
    """
    found: list[Chord] = []
    for name in names:
        chord = Chord.parse(name)
        if chord.is_no_chord:
            raise InputError(f"{quoted(name)} is no chord that can be allowed.")
        found.append(chord)
    return found


def home_chord(chord: Chord, key: Key) -> Chord:
    """A chord of a key in the home key of its mode."""
    home = HOME[key.mode]
    return chord.transpose(home.tonic_pitch_class - key.tonic_pitch_class, home)
