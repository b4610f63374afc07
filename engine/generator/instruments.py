"""Chords that are easy to finger on an instrument, for its beginners."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

from engine.music.chord import Chord
from engine.music.key import Key

# Open shapes that beginners' books begin with; no barre.
_GUITAR = (
    *("C", "D", "E", "G", "A", "Am", "Dm", "Em", "A7", "B7", "C7", "D7", "E7", "G7", "Am7", "Dm7"),
    *("Em7", "Cmaj7", "Dmaj7", "Fmaj7", "Gmaj7", "Amaj7", "Cadd9", "Asus2", "Asus4", "Dsus2"),
    *("Dsus4", "Esus4", "C/G", "G/B", "D/F#", "Am/G"),
)
_MOST_CAPO = 7
_UKULELE_STRINGS = (7, 0, 4, 9)  # G C E A
_UKULELE_FRETS = 3
_UKULELE_FINGERS = 3
_UKULELE_QUALITIES = ("maj", "min", "7", "min7", "maj7", "sus4", "sus2", "maj6")


def easy_guitar(key: Key) -> tuple[list[Chord], int]:
    """Open shapes as they sound, and the fret of the capo that suits the key best, 0 to 7."""
    shapes = [Chord.parse(name) for name in _GUITAR]

    def fitting(capo: int) -> int:
        degrees = (0, 5, 7, 9) if key.mode == "major" else (0, 5, 7, 8)
        open_roots = {
            (chord.root_pitch_class or 0, chord.quality)
            for chord in shapes
            if chord.quality in {"maj", "min"}
        }
        minor = {9} if key.mode == "major" else {0, 5}
        return sum(
            ((key.tonic_pitch_class + degree - capo) % 12, "min" if degree in minor else "maj")
            in open_roots
            for degree in degrees
        )

    # Three frets of a capo are worth it where they make one more of the common chords easy.
    capo = max(range(_MOST_CAPO + 1), key=lambda fret: fitting(fret) - fret / 3)
    return [chord.transpose(capo, key) for chord in shapes], capo


def ukulele(key: Key) -> tuple[list[Chord], int]:
    """Chords that three fingers play on the first three frets of a ukulele (GCEA); no capo."""
    return [
        Chord(key.spell(root), quality)
        for root in range(12)
        for quality in _ukulele_qualities(root)
    ], 0


@cache
def _ukulele_qualities(root: int) -> tuple[str, ...]:
    return tuple(quality for quality in _UKULELE_QUALITIES if _is_playable(root, quality))


def _is_playable(root: int, quality: str) -> bool:
    wanted = {(tone + root) % 12 for tone in Chord("C", quality).pitch_classes}
    for frets in product(range(_UKULELE_FRETS + 1), repeat=len(_UKULELE_STRINGS)):
        sounding = {
            (string + fret) % 12 for string, fret in zip(_UKULELE_STRINGS, frets, strict=True)
        }
        pressed = [fret for fret in frets if fret]
        # One finger lies across the strings of the lowest fret where none of them is open.
        barred = len(pressed) == len(frets)
        fingers = len(pressed) - (pressed.count(min(frets)) - 1 if barred else 0)
        if sounding == wanted and fingers <= _UKULELE_FINGERS:
            return True
    return False


INSTRUMENTS: dict[str, Callable[[Key], tuple[list[Chord], int]]] = {
    "easy guitar": easy_guitar,
    "ukulele": ukulele,
}
"""A name to the allowed chords in a key as they sound, and the fret of a capo."""
