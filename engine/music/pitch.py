"""Note names and scale degrees on the line of fifths; pure arithmetic, no classes.

Conventions
-----------
- A *note name* is a letter and ASCII accidentals: ``"Bb"``, ``"F##"``.
- The *line of fifths* numbers note names so that spelling is arithmetic (Temperley 2000, "The line
  of fifths", Music Analysis 19:289-319): ... Bb -2, F -1, C 0, G 1, D 2, A 3, E 4, B 5, F# 6 ...
- A *degree* is Harte's: a number 1-13 with accidentals, counted on the major scale of the root
  (``"b3"``, ``"#11"``, ``"bb7"``). Its step on the line of fifths, added to the root's place,
  spells the note.
- A *pitch class* is an integer 0-11 with C = 0.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.errors import InputError, quoted

_FIFTHS = "FCGDAEB"
_NOTE = re.compile(r"([A-G])(#*|b*)\Z")
_DEGREE = re.compile(r"(#*|b*)(1[0-3]|[1-9])\Z")
_DEGREE_STEP = (0, 2, 4, -1, 1, 3, 5)  # degrees 1 to 7 of the major scale, in fifths
_DEGREE_SEMITONES = (0, 2, 4, 5, 7, 9, 11)
_ASCII_ACCIDENTALS = str.maketrans({"♭": "b", "♯": "#", "𝄫": "bb", "𝄪": "##", "♮": ""})


def ascii_accidentals(text: str) -> str:
    """Write musical accidental signs as ``b`` and ``#``."""
    return text.translate(_ASCII_ACCIDENTALS)


def position(note: str) -> int:
    """Find a note name's place on the line of fifths; raises `InputError` for anything else."""
    match = _NOTE.match(note)
    if not match:
        raise InputError(
            f"{quoted(note)} is not a note name; a letter A to G with b or # is accepted."
        )
    letter, accidentals = match.groups()
    return _FIFTHS.index(letter) - 1 + 7 * _alteration(accidentals)


def note_name(place: int) -> str:
    """Name the note at a place on the line of fifths."""
    alteration, letter = divmod(place + 1, 7)
    return _FIFTHS[letter] + ("#" * alteration if alteration > 0 else "b" * -alteration)


@lru_cache(1024)  # there are few note names, and every chord asks for its own
def pitch_class(note: str) -> int:
    """Give the pitch class 0-11 of a note name."""
    return position(note) * 7 % 12


def degree_step(degree: str) -> int:
    """Measure from a root to its degree on the line of fifths."""
    alteration, number = _split_degree(degree)
    return _DEGREE_STEP[(number - 1) % 7] + 7 * alteration


def degree_semitones(degree: str) -> int:
    """Measure from a root to its degree in semitones; 9 is 14, not 2."""
    alteration, number = _split_degree(degree)
    return _DEGREE_SEMITONES[(number - 1) % 7] + 12 * ((number - 1) // 7) + alteration


def degree_of_step(step: int) -> str:
    """Name the degree (1 to 7) at a distance from the root on the line of fifths."""
    alteration, place = divmod(step + 1, 7)
    number = _DEGREE_STEP.index(place - 1) + 1
    return ("#" * alteration if alteration > 0 else "b" * -alteration) + str(number)


def simple_degree(degree: str) -> str:
    """Bring a degree within one octave: ``"b9"`` gives ``"b2"``."""
    return degree_of_step(degree_step(degree))


def _split_degree(degree: str) -> tuple[int, int]:
    match = _DEGREE.match(degree)
    if not match:
        raise InputError(
            f"{quoted(degree)} is not a scale degree; 1 to 13 with b or # in front is accepted."
        )
    return _alteration(match.group(1)), int(match.group(2))


def _alteration(accidentals: str) -> int:
    return accidentals.count("#") - accidentals.count("b")
