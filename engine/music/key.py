"""Keys: parse, spell notes, transpose.

Spelling uses the line of fifths: in any key the twelve pitch classes are the twelve neighbours from
a minor second above the tonic (five fifths down) to an augmented fourth above it (six up). So C
major has Db, Ab, Eb and Bb (borrowed from minor) but F#; in E major every black key is a sharp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import InputError, quoted
from engine.music.note_customs import key_in_english
from engine.music.pitch import note_name, pitch_class, position

_FLATTEST = 5
_KEY = re.compile(r"([A-G])(##?|bb?|)\s*(?::|-(?=[A-Za-z]))?\s*([A-Za-z]*|-)\Z")
_MODES = {
    **dict.fromkeys(("", "major", "maj", "M", "dur", "ionian"), "major"),
    **dict.fromkeys(("majeur", "mayor", "maior", "maggiore"), "major"),
    **dict.fromkeys(("minor", "min", "mi", "m", "-", "moll", "aeolian"), "minor"),
    **dict.fromkeys(("mineur", "menor", "minore"), "minor"),
}
_COMMON_TONICS = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}


@dataclass(frozen=True)
class Key:
    """A major or minor key whose signature has at most seven sharps or flats.

    Attributes
    ----------
    tonic : str
        Note name with ASCII accidentals, ``"Bb"``.
    mode : str
        ``"major"`` or ``"minor"``.
    """

    tonic: str
    mode: str

    def __post_init__(self) -> None:
        if self.mode not in _COMMON_TONICS:
            raise InputError(f"{quoted(self.mode)} is not a mode; major and minor are accepted.")
        if not -7 <= self.fifths <= 7:
            raise InputError(
                f"{self.tonic} {self.mode} has more than seven sharps or flats; "
                "its usual spelling is accepted (Ab major for G# major)."
            )

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read ``"G:major"``, ``"Bb:minor"``, ``"Am"``, ``"F# minor"``, ``"h-Moll"`` or ``"C"``.

        A tonic without a key signature of its own is respelled: ``"A#"`` is read as Bb major.

        Raises
        ------
        InputError
            If the text is not a major or minor key.
        """
        match = _KEY.match(key_in_english(text))
        mode = match and (_MODES.get(match.group(3)) or _MODES.get(match.group(3).lower()))
        if not match or not mode:
            raise InputError(
                f"{quoted(text)} is not a key; "
                "a tonic and a mode are accepted, such as G major, Bbm or F#:minor."
            )
        tonic = match.group(1) + match.group(2)
        if -7 <= position(tonic) - 3 * (mode == "minor") <= 7:
            return cls(tonic, mode)
        return cls(_COMMON_TONICS[mode][pitch_class(tonic)], mode)

    def __str__(self) -> str:
        return f"{self.tonic}:{self.mode}"

    @property
    def name(self) -> str:
        """For reading: ``"G major"``."""
        return f"{self.tonic} {self.mode}"

    @property
    def symbol(self) -> str:
        """As musicians and ChordPro write it: ``"G"``, ``"Bbm"``."""
        return self.tonic + ("m" if self.mode == "minor" else "")

    @property
    def tonic_pitch_class(self) -> int:
        """0-11, C = 0."""
        return pitch_class(self.tonic)

    @property
    def fifths(self) -> int:
        """Key signature as MusicXML counts it: sharps positive, flats negative, -7 to 7."""
        return position(self.tonic) - 3 * (self.mode == "minor")

    @property
    def relative(self) -> Key:
        """The key of the other mode with the same signature: A minor for C major."""
        if self.mode == "major":
            return Key(note_name(position(self.tonic) + 3), "minor")
        return Key(note_name(position(self.tonic) - 3), "major")

    def place(self, pitch_class: int, flattest: int = _FLATTEST) -> int:
        """Find the place of a pitch class on the line of fifths, double accidentals included.

        Parameters
        ----------
        pitch_class : int
            0-11.
        flattest : int
            How many fifths below the tonic the twelve notes begin; fewer means more sharps.
        """
        lowest = position(self.tonic) - flattest
        return lowest + (pitch_class * 7 - lowest) % 12

    def spell(self, pitch_class: int, flattest: int = _FLATTEST) -> str:
        """Name a pitch class as fits this key, without double accidentals.

        ``Key("E", "major").spell(8)`` is G#, ``Key("C", "major").spell(8)`` is Ab.
        """
        place = self.place(pitch_class, flattest)
        if place < -8:  # flatter than Fb
            place += 12
        elif place > 12:  # sharper than B#
            place -= 12
        return note_name(place)

    def transpose(self, semitones: int) -> Key:
        """Move the key up, to its common spelling; whole octaves change nothing."""
        if semitones % 12 == 0:
            return self
        return Key(_COMMON_TONICS[self.mode][(self.tonic_pitch_class + semitones) % 12], self.mode)


KEYS: tuple[Key, ...] = tuple(
    Key(tonic, mode) for mode, tonics in _COMMON_TONICS.items() for tonic in tonics
)
