"""Chord labels: parse, print, transpose, spell, number. Pure; no library needed.

Conventions
-----------
- The stored form is Harte's syntax (Harte et al. 2005, "Symbolic representation of musical chords",
  ISMIR), which mir_eval and the corpora use: ``Bb:min7/b3``, ``C:sus4(b7)``, ``N``.
- `Chord.parse` reads what musicians type, `Chord.symbol` writes it; the conventions between the two
  are in `engine.music.chord_symbols`.
- Pitch classes equal ``mir_eval.chord.encode(label, reduce_extended_chords=True)``, bass included.
- Roman numerals: upper case for a major third (or none), lower case for a minor one; ``°``, ``ø``
  and ``+`` for diminished, half-diminished and augmented; degrees are counted on the major scale
  in major and on the natural minor scale in minor (``VI``, ``VII``; the raised seventh is
  ``#vii°7``); ``b`` and ``#`` mark the others (``bVII``). A number after a slash is the chord's own
  degree in the bass: ``V7/3`` is V7 over its third. ``6`` is an added sixth, never a figured bass.
- Nashville numbers: ``-`` for minor, quality in superscript; numbers count in the major key of the
  same signature (A minor is ``6-``), and the bass too: G/B in C is ``5/7``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.errors import InputError, quoted
from engine.music.chord_degrees import canonical_quality, sounding_degrees
from engine.music.chord_symbols import quality_of_suffix, suffix
from engine.music.note_customs import english_readings, plain_symbol
from engine.music.pitch import (
    degree_of_step,
    degree_semitones,
    degree_step,
    note_name,
    pitch_class,
    position,
    simple_degree,
)

if TYPE_CHECKING:
    from engine.music.key import Key

_ROOT = r"(?P<root>[A-G](?:##?|bb?|))"
# What stands behind a bass note ("G/Dm") is not said of the chord: the bass alone is heard.
_SYMBOL = re.compile(
    _ROOT + r"(?P<suffix>.*?)"
    r"(?:/(?P<bass>[A-Ga-g](?:#*|b*))(?:(?:m(?:aj|in|i)?|sus|dim)?[2467]?))?\Z"
)
_HARTE_DEGREE = r"(?:#*|b*)(?:1[0-3]|[1-9])"
_HARTE = re.compile(
    _ROOT + r"(?::(?=[a-z\d(])(?P<quality>[a-z]*\d*)(?:\((?P<degrees>[^()]*)\))?)?"
    rf"(?:/(?P<bass>{_HARTE_DEGREE}))?\Z"
)
_NO_CHORD_SYMBOLS = {"N.C.", "N.C", "NC", "NC.", "N/C", "N", "NOCHORD", "TACET"}
_MINOR = {"min", "min6", "min7", "minmaj7", "min9", "min11", "min13"}
_DIMINISHED = {"dim", "dim7", "hdim7"}
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_NATURAL_MINOR_STEP = (0, 2, -3, -1, 1, -4, -2)
_MAJOR_STEP = (0, 2, 4, -1, 1, 3, 5)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DEFAULT_ROOTS = {  # without a key: the spelling most seen for chords of that third
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}


@dataclass(frozen=True)
class Chord:
    """One chord label.

    Attributes
    ----------
    root : str or None
        Note name; None only for "no chord".
    quality : str
        Harte shorthand: ``"maj"``, ``"min7"``, ``"hdim7"``, ...; ``""`` only for "no chord".
    degrees : tuple of str
        Added (``"b9"``) and omitted (``"*5"``) degrees, kept in a canonical order.
    bass : str
        Harte degree of the bass above the root, 1 to 7 with accidentals.

    Raises
    ------
    InputError
        If a part is not valid, naming what is accepted.
    """

    root: str | None
    quality: str
    degrees: tuple[str, ...] = ()
    bass: str = "1"

    def __post_init__(self) -> None:
        if self.root is None:
            if (self.quality, self.degrees, self.bass) != ("", (), "1"):
                raise InputError("A chord without a root has no quality, degrees or bass.")
            return
        position(self.root)
        quality, degrees = canonical_quality(self.quality, tuple(self.degrees))
        object.__setattr__(self, "quality", quality)
        object.__setattr__(self, "degrees", degrees)
        object.__setattr__(self, "bass", simple_degree(self.bass))

    @classmethod
    def harte(cls, label: str) -> Chord:
        """Read a label in Harte syntax: ``"Bb:min7/b3"``, ``"C:sus4(b7)"``, ``"G"``, ``"N"``."""
        if label == "N":
            return NO_CHORD
        match = _HARTE.match(label)
        if not match:
            raise InputError(
                f"{quoted(label)} is not a chord label; "
                "Harte syntax is accepted, such as Bb:min7/b3 or N."
            )
        degrees = match["degrees"]
        return cls(
            match["root"],
            match["quality"] or ("" if degrees else "maj"),
            tuple(degree.strip() for degree in degrees.split(",")) if degrees else (),
            match["bass"] or "1",
        )

    @classmethod
    def parse(cls, symbol: str, custom: str = "english") -> Chord:
        """Read what musicians type: ``"Bbmaj7"``, ``"F♯m7b5"``, ``"C/E"``, ``"CΔ7"``, ``"N.C."``.

        Where accidentals could belong to the root or to an alteration the root takes them: ``Cb5``
        is a power chord on Cb, ``C(b5)`` is C with a flat fifth. Harte labels are read too, and
        names of other countries (``"Fism"``, ``"Sol7"``); `custom` tells which a song has where
        that makes a difference, see `engine.music.note_customs`.
        """
        text = plain_symbol(symbol)
        if text.strip("()").upper() in _NO_CHORD_SYMBOLS:
            return NO_CHORD
        if ":" in text:
            return cls.harte(text)
        for spelling in english_readings(text, custom):
            match = _SYMBOL.match(spelling)
            if not match:
                continue
            try:
                quality, degrees = quality_of_suffix(match["suffix"])
            except InputError:
                continue
            bass = match["bass"] or match["root"]
            bass = bass[0].upper() + bass[1:]
            step = position(bass) - position(match["root"])
            return cls(match["root"], quality, degrees, degree_of_step(step))
        raise InputError(
            f"{quoted(symbol)} is not a chord symbol; "
            "symbols such as Am7, F#m7b5, C/E, G7(b9) or N.C. are accepted."
        )

    @property
    def label(self) -> str:
        """The canonical Harte label, which JSON files hold; mir_eval accepts it."""
        if self.root is None:
            return "N"
        degrees = f"({','.join(self.degrees)})" if self.degrees else ""
        bass = "" if self.bass == "1" else f"/{self.bass}"
        return f"{self.root}:{self.quality}{degrees}{bass}"

    def __str__(self) -> str:
        return self.label

    @cached_property
    def symbol(self) -> str:
        """The ASCII chord symbol: ``"Bbm7/Db"``, ``"N.C."``; `parse` reads it back unchanged."""
        if self.root is None:
            return "N.C."
        bass = "" if self.bass == "1" else f"/{self.bass_note}"
        return f"{self.root}{suffix(self.quality, self.degrees)}{bass}"

    @property
    def is_no_chord(self) -> bool:
        """True for ``N``."""
        return self.root is None

    @property
    def root_pitch_class(self) -> int | None:
        """0-11, C = 0; None for no chord."""
        return None if self.root is None else pitch_class(self.root)

    @property
    def bass_note(self) -> str | None:
        """The bass, spelled by its degree; the root when there is no slash; None for no chord."""
        return None if self.root is None else _spelled(self.root, self.bass)

    @property
    def bass_pitch_class(self) -> int | None:
        """0-11, C = 0; None for no chord."""
        return None if self.root is None else pitch_class(_spelled(self.root, self.bass))

    @cached_property
    def pitch_classes(self) -> frozenset[int]:
        """All pitch classes 0-11 that sound, the bass included; empty for no chord."""
        if self.root is None:
            return frozenset()
        root = pitch_class(self.root)
        tones = {
            degree_semitones(degree) for degree in sounding_degrees(self.quality, self.degrees)
        }
        return frozenset((root + tone) % 12 for tone in tones | {degree_semitones(self.bass)})

    def notes(self) -> tuple[str, ...]:
        """Chord tones spelled by letter, root position upwards, each pitch class once.

        C7 is C E G Bb; Cdim7 is C Eb Gb Bbb. A slash bass is in `bass_note`, not here.
        """
        if self.root is None:
            return ()
        return tuple(_spelled(self.root, d) for d in sounding_degrees(self.quality, self.degrees))

    def transpose(self, semitones: int, key: Key | None = None) -> Chord:
        """Move the chord that many semitones up.

        Parameters
        ----------
        semitones : int
            May be negative.
        key : Key, optional
            The key arrived in; the root is spelled for it. Without it the usual name of the
            chord is taken, and whole octaves change nothing.
        """
        if self.root is None or (key is None and semitones % 12 == 0):
            return self
        target = (pitch_class(self.root) + semitones) % 12
        if key is None:
            third = "minor" if self._is_lower_case else "major"
            root = _DEFAULT_ROOTS[third][target]
        else:
            root = key.spell(target, self._flattest)
        return Chord(root, self.quality, self.degrees, self.bass)

    def roman(self, key: Key) -> str:
        """Write the chord as a Roman numeral: ``"ii7"``, ``"viiø7"``, ``"bVII"``, ``"V7/3"``.

        See the conventions at the top of the module. No chord is ``"N.C."``.
        """
        if self.root is None:
            return "N.C."
        steps = _MAJOR_STEP if key.mode == "major" else _NATURAL_MINOR_STEP
        place = key.place(pitch_class(self.root), self._flattest) - position(key.tonic)
        accidentals, number = _scale_number(place, steps)
        numeral = _NUMERALS[number - 1]
        if self._is_lower_case:
            numeral = numeral.lower()
        bass = "" if self.bass == "1" else f"/{self.bass}"
        return f"{accidentals}{numeral}{self._figure('')}{bass}"

    def nashville(self, key: Key) -> str:
        """Write the chord as a Nashville number: ``"2-⁷"``, ``"5⁷"``, ``"b7"``, ``"5/7"``.

        See the conventions at the top of the module. No chord is ``"N.C."``.
        """
        if self.root is None:
            return "N.C."
        major = key if key.mode == "major" else key.relative
        place = key.place(pitch_class(self.root), self._flattest)
        accidentals, number = _scale_number(place - position(major.tonic), _MAJOR_STEP)
        bass = ""
        if self.bass != "1":
            bass_place = place + degree_step(self.bass) - position(major.tonic)
            bass_accidentals, bass_number = _scale_number(bass_place, _MAJOR_STEP)
            bass = f"/{bass_accidentals}{bass_number}"
        figure = self._figure("-").translate(_SUPERSCRIPT)
        return f"{accidentals}{number}{figure}{bass}"

    @property
    def _is_lower_case(self) -> bool:
        return self.quality in _MINOR or self.quality in _DIMINISHED

    @property
    def _flattest(self) -> int:
        """Diminished chords lead upwards (C#dim7 to Dm), so their roots lean to the sharps."""
        return 3 if self.quality in _DIMINISHED else 5

    def _figure(self, minor: str) -> str:
        """Tell the quality after a numeral; `minor` stands for a minor third."""
        text = suffix(self.quality, self.degrees)
        if self.quality == "hdim7":
            return "ø7" + text.removeprefix("m7b5")
        if self.quality in _DIMINISHED:
            return "°" + text.removeprefix("dim")
        if self.quality == "aug" and not self.degrees:
            return "+"
        if self.quality in _MINOR:
            return minor + text.removeprefix("m")
        return text


NO_CHORD = Chord(None, "")


def _spelled(root: str, degree: str) -> str:
    return note_name(position(root) + degree_step(degree))


def _scale_number(step: int, steps: tuple[int, ...]) -> tuple[str, int]:
    """Accidentals and number 1-7 of a distance in fifths, counted on a scale."""
    number = next(n for n, natural in enumerate(steps, 1) if (step - natural) % 7 == 0)
    alteration = (step - steps[number - 1]) // 7
    return ("#" * alteration if alteration > 0 else "b" * -alteration), number
