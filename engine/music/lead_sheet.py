"""The one musical value: words with chords on them. Pure.

The generator returns a `LeadSheet`, every renderer and exporter reads one, corpora and the songbook
store them. All checks are made when a value is built, so a `LeadSheet` that exists is valid.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.errors import InputError, quoted
from engine.lyrics import SECTIONS, section_title
from engine.music.chord import Chord
from engine.music.form.templates import TEMPLATES
from engine.music.key import Key
from engine.music.metre import Metre

TEMPO_RANGE = (20, 400)


@dataclass(frozen=True)
class PlacedChord:
    """A chord on a word.

    Attributes
    ----------
    word : int
        Index of the word in its line, 0-based; the number of words means after the last word.
    chord : Chord
        It sounds on, inside or just before that word.
    locked : bool
        Whether writing and editing leave it as it is; it says nothing about the music, so files of
        music do not hold it.
    """

    word: int
    chord: Chord
    locked: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a song; a line without words is played, not sung.

    Attributes
    ----------
    words : tuple of str
        Without blanks or control characters inside.
    chords : tuple of PlacedChord
        In order; word indices never decrease.
    section : str or None
        One of `engine.lyrics.SECTIONS`.
    stanza : int
        0-based; a `LeadSheet` renumbers its stanzas without gaps.
    number : int or None
        The number its section's heading gives it, 1 to 99: 2 for "Verse 2".
    """

    words: tuple[str, ...]
    chords: tuple[PlacedChord, ...] = ()
    section: str | None = None
    stanza: int = 0
    number: int | None = None

    def __post_init__(self) -> None:
        if not self.words and not self.chords:
            raise InputError("A line has neither words nor chords; at least one is needed.")
        for word in self.words:
            if word.split() != [word] or any(unicodedata.category(c) in {"Cc", "Cs"} for c in word):
                raise InputError(
                    f"{quoted(word)} is not one word; words without blanks are accepted."
                )
        previous = 0
        for placed in self.chords:
            if not 0 <= placed.word <= len(self.words):
                raise InputError(
                    f"A chord is on word {placed.word} of a line with {len(self.words)} words; "
                    f"0 to {len(self.words)} are accepted."
                )
            if placed.word < previous:
                raise InputError(
                    f"A chord on word {placed.word} follows one on word {previous}; "
                    "positions that never decrease are accepted."
                )
            previous = placed.word
        if self.section is not None and self.section not in SECTIONS:
            raise InputError(
                f"{quoted(self.section)} is not a section; {', '.join(SECTIONS)} are accepted."
            )
        if self.number is not None and (self.section is None or not 1 <= self.number <= 99):
            raise InputError(
                f"A line has the number {self.number} of its section; 1 to 99 are accepted, and "
                "none without a section."
            )

    @property
    def heading(self) -> str:
        """What a reader calls its section: "Verse 2"; empty without one."""
        return section_title(self.section, self.number) if self.section else ""

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(self.words)


@dataclass(frozen=True)
class LeadSheet:
    """A song: its words, the chords on them, and what a player needs to know.

    Attributes
    ----------
    title : str
        May be empty. Runs of blanks in title, genre and artist become one space.
    key : Key
    lines : tuple of Line
        At least one. A stanza never spans two sections: stanzas are renumbered 0, 1, 2, ...
    time_signature : str
        Beats over beat unit: ``"4/4"``, ``"6/8"``.
    tempo : int
        Beats per minute, 20 to 400.
    genre, artist : str or None
    capo : int
        Fret 0 to 11 at which fretted players set a capo; key and chords are as they sound,
        `shapes` are what is fingered then.
    form : str or None
        The form it was asked to have, one of `engine.music.form.templates.TEMPLATES`; None lets
        words and style tell. Words that no longer fit it tell as well.
    """

    title: str
    key: Key
    lines: tuple[Line, ...]
    time_signature: str = "4/4"
    tempo: int = 100
    genre: str | None = None
    artist: str | None = None
    capo: int = 0
    form: str | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            raise InputError("The lead sheet has no lines; at least one is needed.")
        Metre.parse(self.time_signature)
        if not TEMPO_RANGE[0] <= self.tempo <= TEMPO_RANGE[1]:
            raise InputError(
                f"A tempo of {self.tempo} is out of range; "
                f"{TEMPO_RANGE[0]} to {TEMPO_RANGE[1]} beats per minute are accepted."
            )
        if not 0 <= self.capo <= 11:
            raise InputError(f"A capo at fret {self.capo} is out of range; 0 to 11 are accepted.")
        if self.form is not None and self.form not in TEMPLATES:
            raise InputError(
                f"There is no form {quoted(self.form)}; {', '.join(TEMPLATES)} are accepted."
            )
        object.__setattr__(self, "title", _one_line(self.title) or "")
        object.__setattr__(self, "genre", _one_line(self.genre))
        object.__setattr__(self, "artist", _one_line(self.artist))
        object.__setattr__(self, "lines", _renumbered(self.lines))

    @property
    def chords(self) -> tuple[Chord, ...]:
        """All chords in playing order."""
        return tuple(placed.chord for line in self.lines for placed in line.chords)

    def transpose(self, semitones: int) -> LeadSheet:
        """Move the song up by semitones, into the common spelling of the key arrived in."""
        return self._moved(semitones, self.key.transpose(semitones))

    def transposed_to(self, key: Key) -> LeadSheet:
        """Move the song to another key of the same mode; chords are spelled for it.

        Raises
        ------
        InputError
            If the key's mode is another: a song in major cannot be moved to a minor key.
        """
        if key.mode != self.key.mode:
            raise InputError(
                f"The song is in {self.key.name} and cannot be moved to {key.name}; "
                f"a {self.key.mode} key is accepted."
            )
        semitones = (key.tonic_pitch_class - self.key.tonic_pitch_class + 5) % 12 - 5
        return self._moved(semitones, key)

    @property
    def shapes(self) -> LeadSheet:
        """The song in the key of the shapes that are fingered behind the capo; it has none."""
        return replace(self, capo=0).transpose(-self.capo)

    def _moved(self, semitones: int, key: Key) -> LeadSheet:
        if semitones % 12 == 0 and key == self.key:
            return self
        lines = tuple(
            replace(
                line,
                chords=tuple(
                    replace(placed, chord=placed.chord.transpose(semitones, key))
                    for placed in line.chords
                ),
            )
            for line in self.lines
        )
        return replace(self, key=key, lines=lines)


def _one_line(text: str | None) -> str | None:
    kept = "".join(c if unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text or "")
    return " ".join(kept.split()) or None


def _renumbered(lines: Sequence[Line]) -> tuple[Line, ...]:
    numbered: list[Line] = []
    stanza = 0
    for index, line in enumerate(lines):
        if index:
            before = lines[index - 1]
            here = (line.stanza, line.section, line.number)
            stanza += here != (before.stanza, before.section, before.number)
        numbered.append(line if line.stanza == stanza else replace(line, stanza=stanza))
    return tuple(numbered)
