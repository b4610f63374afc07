"""How a song is to be written: what a musician settles when taking it away. Pure.

One value goes from the page or the command line to every format; what a format makes use of, beyond
the song itself, is its ``OPTIONS``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import InputError, quoted
from engine.music.chord_names import CHORD_NAMES, chord_name

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.key import Key
    from engine.music.lead_sheet import LeadSheet

PARTS = ("lead", "full", "slash")


@dataclass(frozen=True)
class Export:
    """The choices for a file.

    Attributes
    ----------
    transpose : int
        Semitones up.
    capo : int or None
        Fret 0 to 11; None leaves it as the song has it.
    names : str
        How chords are named, one of `CHORD_NAMES`.
    parts : str
        What a staff shows: ``"lead"``, ``"full"`` with the piano, or ``"slash"``, chords over beats
        without words.
    large_print : bool
        Whether a page is set for readers who need large letters.
    """

    transpose: int = 0
    capo: int | None = None
    names: str = "chords"
    parts: str = "lead"
    large_print: bool = False

    def __post_init__(self) -> None:
        if self.capo is not None and not 0 <= self.capo <= 11:
            raise InputError(f"A capo at fret {self.capo} is out of range; 0 to 11 are accepted.")
        if self.names not in CHORD_NAMES:
            raise InputError(
                f"{quoted(self.names)} is no way to name chords; "
                f"{', '.join(CHORD_NAMES)} are accepted."
            )
        if self.parts not in PARTS:
            raise InputError(
                f"{quoted(self.parts)} are no parts of a staff; {', '.join(PARTS)} are accepted."
            )

    def of(self, sheet: LeadSheet) -> LeadSheet:
        """The song as it is written: moved, and with its capo."""
        moved = sheet.transpose(self.transpose)
        return moved if self.capo is None else replace(moved, capo=self.capo)

    def name(self, chord: Chord, key: Key) -> str:
        """A chord's name, with ASCII accidentals."""
        return chord_name(chord, key, self.names)


AS_IT_IS = Export()
