"""Chords as MusicXML harmony: kind, degrees and text. Pure.

MusicXML writes a chord as a *kind* (``dominant``, ``half-diminished``) and *degrees* added to it,
altered in it or taken out of it. By the MusicXML 4.0 reference (element ``degree``) an added
degree is counted on a dominant chord, so an added 7 is the minor seventh; music21 10 and other
readers take it for the major one. Chords with a seventh are therefore always built on a kind that
has that seventh, and every reader gets the same pitch classes: C7sus4 is ``dominant`` without its
third, with a fourth added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.chord_degrees import QUALITY_DEGREES, sounding_degrees
from engine.music.chord_symbols import suffix
from engine.music.pitch import degree_semitones

# The tones of each kind as degrees, as MusicXML 4.0 defines them in `kind-value`.
KINDS: dict[str, tuple[str, ...]] = {
    "major": ("1", "3", "5"),
    "minor": ("1", "b3", "5"),
    "augmented": ("1", "3", "#5"),
    "diminished": ("1", "b3", "b5"),
    "suspended-second": ("1", "2", "5"),
    "suspended-fourth": ("1", "4", "5"),
    "power": ("1", "5"),
    "pedal": ("1",),
    "major-sixth": ("1", "3", "5", "6"),
    "minor-sixth": ("1", "b3", "5", "6"),
    "dominant": ("1", "3", "5", "b7"),
    "major-seventh": ("1", "3", "5", "7"),
    "minor-seventh": ("1", "b3", "5", "b7"),
    "major-minor": ("1", "b3", "5", "7"),
    "augmented-seventh": ("1", "3", "#5", "b7"),
    "diminished-seventh": ("1", "b3", "b5", "bb7"),
    "half-diminished": ("1", "b3", "b5", "b7"),
    "dominant-ninth": ("1", "3", "5", "b7", "9"),
    "major-ninth": ("1", "3", "5", "7", "9"),
    "minor-ninth": ("1", "b3", "5", "b7", "9"),
    "dominant-11th": ("1", "3", "5", "b7", "9", "11"),
    "major-11th": ("1", "3", "5", "7", "9", "11"),
    "minor-11th": ("1", "b3", "5", "b7", "9", "11"),
    "dominant-13th": ("1", "3", "5", "b7", "9", "11", "13"),
    "major-13th": ("1", "3", "5", "7", "9", "11", "13"),
    "minor-13th": ("1", "b3", "5", "b7", "9", "11", "13"),
}
_QUALITY_KINDS = {
    quality: kind
    for quality, tones in QUALITY_DEGREES.items()
    for kind, kind_tones in KINDS.items()
    if tones == kind_tones
}
_WITH_SEVENTH = {  # (triad or sixth, its seventh): the kind that has both
    ("maj", "b7"): "dominant",
    ("maj", "7"): "major-seventh",
    ("maj6", "b7"): "dominant",
    ("maj6", "7"): "major-seventh",
    ("min", "b7"): "minor-seventh",
    ("min", "7"): "major-minor",
    ("min6", "b7"): "minor-seventh",
    ("min6", "7"): "major-minor",
    ("dim", "b7"): "half-diminished",
    ("dim", "bb7"): "diminished-seventh",
    ("dim", "7"): "major-minor",
    ("aug", "b7"): "augmented-seventh",
    ("aug", "7"): "major-seventh",
    ("sus2", "b7"): "dominant",
    ("sus2", "7"): "major-seventh",
    ("sus4", "b7"): "dominant",
    ("sus4", "7"): "major-seventh",
    ("5", "b7"): "dominant",
    ("5", "7"): "major-seventh",
    ("1", "b7"): "dominant",
    ("1", "7"): "major-seventh",
}


@dataclass(frozen=True)
class Degree:
    """One change to a kind.

    Parameters
    ----------
    action
        ``"add"``, ``"alter"`` or ``"subtract"``.
    number
        1 to 13.
    alteration
        Semitones: for ``add`` from the degree of a dominant chord, for ``alter`` from the kind's.
    """

    action: str
    number: int
    alteration: int = 0


@dataclass(frozen=True)
class Harmony:
    """What MusicXML says of a chord besides root and bass; `text` is what is printed."""

    kind: str
    text: str
    degrees: tuple[Degree, ...] = ()


def harmony(chord: Chord) -> Harmony:
    """Return the MusicXML harmony of a chord; its tones are those of the chord without its bass."""
    if chord.is_no_chord:
        return Harmony("none", "N.C.")
    return _harmony(chord.quality, chord.degrees)


def intervals(written: Harmony) -> frozenset[int]:
    """Return the semitones 0-11 above the root that a harmony sounds, as MusicXML defines it."""
    tones = {int(degree.lstrip("#b")): degree_semitones(degree) for degree in KINDS[written.kind]}
    added: list[int] = []
    for degree in written.degrees:
        if degree.action == "subtract":
            del tones[degree.number]
        elif degree.action == "alter":
            tones[degree.number] += degree.alteration
        else:
            natural = "b7" if degree.number == 7 else str(degree.number)
            added.append(degree_semitones(natural) + degree.alteration)
    return frozenset(tone % 12 for tone in [*tones.values(), *added])


def chord_of(root: str, written: Harmony, bass: str = "1") -> Chord:
    """Return the chord of a harmony read from a file; its text decides where it fits the tones.

    Parameters
    ----------
    root
        A note name.
    written
        Its kind is one of `KINDS`.
    bass
        As a degree.

    Raises
    ------
    InputError
        If no chord has these degrees.
    """
    quality, degrees = _quality(written)
    named = Chord(root, quality, degrees)
    try:
        printed = Chord.parse(root + written.text)
    except InputError:
        printed = named
    if (printed.bass, printed.pitch_classes) == ("1", named.pitch_classes):
        named = printed
    return Chord(root, named.quality, named.degrees, bass)


def _quality(written: Harmony) -> tuple[str, tuple[str, ...]]:
    """Return a Harte shorthand with its degrees."""
    kind = KINDS[written.kind]
    fits = [q for q, tones in QUALITY_DEGREES.items() if set(tones) <= set(kind)]
    quality = max(fits, key=lambda name: len(QUALITY_DEGREES[name]))
    degrees = [degree for degree in kind if degree not in QUALITY_DEGREES[quality]]
    for change in written.degrees:
        number = str(change.number)
        present = next((d for d in (*degrees, *kind) if d.lstrip("#b") == number), None)
        if change.action == "add":
            degrees.append(_altered("b7" if number == "7" else number, change.alteration))
            continue
        if present in degrees:
            degrees.remove(present)
        elif present:
            degrees.append(f"*{present}")
        if change.action == "alter":
            degrees.append(_altered(present or number, change.alteration))
    return quality, tuple(dict.fromkeys(degrees))


def _altered(degree: str, semitones: int) -> str:
    alteration = degree.count("#") - degree.count("b") + semitones
    sign = "#" * alteration if alteration > 0 else "b" * -alteration
    return sign + degree.lstrip("#b")


@cache
def _harmony(quality: str, degrees: tuple[str, ...]) -> Harmony:
    text = suffix(quality, degrees)
    sevenths = [degree for degree in degrees if degree in {"b7", "7", "bb7"}]
    kind = _WITH_SEVENTH.get((quality, sevenths[0])) if sevenths else None
    kind = kind or _QUALITY_KINDS[quality]
    wanted = sounding_degrees(quality, degrees)
    return Harmony(kind, text, tuple(_changes(KINDS[kind], wanted)))


def _changes(present: tuple[str, ...], wanted: tuple[str, ...]) -> Iterable[Degree]:
    """Return the degrees that turn the tones of a kind into those of a chord."""
    sounds = {degree_semitones(degree) % 12 for degree in wanted}
    has = {degree_semitones(degree) % 12 for degree in present}
    missing = [degree for degree in wanted if degree_semitones(degree) % 12 not in has]
    surplus = [degree for degree in present if degree_semitones(degree) % 12 not in sounds]
    changes: list[Degree] = []
    for degree in surplus:
        number = int(degree.lstrip("#b"))
        altered = [other for other in missing if int(other.lstrip("#b")) == number]
        if altered:
            missing.remove(altered[0])
            shift = degree_semitones(altered[0]) - degree_semitones(degree)
            changes.append(Degree("alter", number, shift))
        else:
            changes.append(Degree("subtract", number))
    for degree in missing:
        number = int(degree.lstrip("#b"))
        natural = "b7" if number == 7 else str(number)
        alteration = degree_semitones(degree) - degree_semitones(natural)
        changes.append(Degree("add", number, alteration))
    return changes
