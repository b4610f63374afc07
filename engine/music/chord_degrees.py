"""Which degrees a Harte shorthand and its extra degrees sound."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from engine.errors import InputError, quoted
from engine.music.pitch import degree_semitones

QUALITY_DEGREES: dict[str, tuple[str, ...]] = {
    "maj": ("1", "3", "5"),
    "min": ("1", "b3", "5"),
    "dim": ("1", "b3", "b5"),
    "aug": ("1", "3", "#5"),
    "sus2": ("1", "2", "5"),
    "sus4": ("1", "4", "5"),
    "maj6": ("1", "3", "5", "6"),
    "min6": ("1", "b3", "5", "6"),
    "7": ("1", "3", "5", "b7"),
    "maj7": ("1", "3", "5", "7"),
    "min7": ("1", "b3", "5", "b7"),
    "minmaj7": ("1", "b3", "5", "7"),
    "dim7": ("1", "b3", "b5", "bb7"),
    "hdim7": ("1", "b3", "b5", "b7"),
    "9": ("1", "3", "5", "b7", "9"),
    "maj9": ("1", "3", "5", "7", "9"),
    "min9": ("1", "b3", "5", "b7", "9"),
    "11": ("1", "3", "5", "b7", "9", "11"),
    "min11": ("1", "b3", "5", "b7", "9", "11"),
    "13": ("1", "3", "5", "b7", "9", "11", "13"),
    "maj13": ("1", "3", "5", "7", "9", "11", "13"),
    "min13": ("1", "b3", "5", "b7", "9", "11", "13"),
    "5": ("1", "5"),
    "1": ("1",),
}
"""The degrees of every Harte shorthand, root position upwards (Harte et al. 2005, table 1)."""

_DEGREE = re.compile(r"\*?(?:#{1,2}|b{1,2})?(?:1[0-3]|[1-9])\Z")
_ALIASES = {"aug7": ("aug", ("b7",)), "maj11": ("maj9", ("11",))}


@lru_cache(4096)
def canonical_quality(quality: str, degrees: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Name a quality one way only: aliases resolved, redundant degrees dropped, the rest sorted.

    Raises
    ------
    InputError
        If the quality or a degree is none, or a degree is both added and omitted.
    """
    if quality in _ALIASES:
        quality, implied = _ALIASES[quality]
        degrees = (*degrees, *implied)
    for degree in degrees:
        if not _DEGREE.match(degree):
            raise InputError(
                f"{quoted(degree)} is not a chord degree; "
                "1 to 13 is accepted, with b, # or a leading *."
            )
    if quality == "" and degrees:  # degrees alone: a root with only these above it
        quality = "1"
    if quality not in QUALITY_DEGREES:
        raise InputError(
            f"{quoted(quality)} is not a chord quality; {', '.join(QUALITY_DEGREES)} are accepted."
        )
    if any(f"*{degree}" in degrees for degree in degrees):
        raise InputError(f"({','.join(degrees)}) both adds and omits a degree; one is accepted.")
    if quality == "maj" and "*3" in degrees:  # C(no3) is the power chord
        quality, degrees = "5", tuple(degree for degree in degrees if degree != "*3")
    kept = {degree for degree in degrees if degree not in QUALITY_DEGREES[quality]}
    if quality == "1":
        quality, kept = _named(kept)
    return quality, tuple(sorted(kept, key=_degree_order))


def _named(degrees: set[str]) -> tuple[str, set[str]]:
    for quality, tones in QUALITY_DEGREES.items():
        if degrees == set(tones) - {"1"}:
            return quality, set()
    return "1", degrees


def _degree_order(degree: str) -> tuple[int, bool, int]:
    plain = degree.lstrip("*")
    accidental = plain.count("#") - plain.count("b")
    return int(plain.lstrip("b#")), not degree.startswith("*"), accidental


@lru_cache(4096)
def sounding_degrees(quality: str, degrees: tuple[str, ...]) -> tuple[str, ...]:
    """List the degrees that sound, upwards from the root, each pitch class once.

    Added and omitted degrees are counted per pitch class, as mir_eval counts them.
    """
    counts = Counter({degree_semitones(d) % 12: 1 for d in QUALITY_DEGREES[quality]})
    for degree in degrees:
        counts[degree_semitones(degree.lstrip("*")) % 12] += -1 if degree[0] == "*" else 1
    tones: dict[int, str] = {}
    for degree in (*QUALITY_DEGREES[quality], *degrees):
        if degree[0] != "*" and counts[degree_semitones(degree) % 12] > 0:
            tones.setdefault(degree_semitones(degree) % 12, degree)
    return tuple(sorted(tones.values(), key=_height))


def _height(degree: str) -> int:
    semitones = degree_semitones(degree)
    return semitones if semitones >= 0 else semitones + 12
