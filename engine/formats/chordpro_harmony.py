"""The chords of a ChordPro song as they sound: transposed, recalled, told by numbers of the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

from engine.errors import InputError
from engine.formats.chordpro_chords import RECALL, chords_in
from engine.formats.chordpro_fields import key_of
from engine.music.chord import Chord
from engine.music.chord_numbers import chord_of_number
from engine.music.key import Key
from engine.music.pitch import pitch_class

_TRANSPOSE = re.compile(r"([+-]?\d{1,2})\s*([sfk]?)\Z")
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


@dataclass
class Harmony:
    """What brackets mean, as far as the song has been read.

    ``[^]`` recalls the chord that the first section of that name had at this place.
    """

    fields: Mapping[str, str]
    numbered: bool
    custom: str = "english"  # see `engine.music.note_customs`
    _moves: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _before: Chord | None = None
    _memory: dict[str, list[Chord]] = field(default_factory=dict[str, list[Chord]])
    _section: str = ""
    _memorizes: bool = True
    _count: int = 0

    @property
    def moved(self) -> int:
        """Semitones by which chords are transposed now."""
        return self._moves[-1][0] if self._moves else 0

    def transpose(self, value: str) -> None:
        """Take a transposition; an empty one restores what was before the last."""
        if match := _TRANSPOSE.match(value):
            self._moves.append((int(match[1]), match[2]))
        elif not value and self._moves:
            self._moves.pop()

    def begin(self, section: str) -> None:
        """Begin a section of that name."""
        self._section = section
        self._memorizes = section not in self._memory
        self._count = 0

    def chords(self, text: str) -> list[Chord] | None:
        """The chords of a bracket; None for a remark."""
        known = self._memory.get(self._section, [])
        if text.strip() == RECALL:
            found = known[self._count : self._count + 1]
            self._count += 1
        else:
            found = chords_in(text, self._reader(), self._before)
            if found is None:
                return None
            self._count += len(found)
            if self._memorizes and found:
                self._memory.setdefault(self._section, []).extend(found)
        self._before = found[-1] if found else self._before
        return [self._moved(chord) for chord in found]

    def _reader(self) -> Callable[[str], Chord]:
        if not self.numbered:
            return partial(_chord, custom=self.custom)
        try:
            key = key_of(self.fields.get("key", "C"))
        except InputError:
            key = Key("C", "major")
        return partial(_number_or_chord, key=key)

    def _moved(self, chord: Chord) -> Chord:
        if not self._moves or chord.root is None:
            return chord
        steps, sign = self._moves[-1]
        if not sign and "key" in self.fields:
            try:
                key = key_of(self.fields["key"]).transpose(steps)
            except InputError:
                return chord.transpose(steps)
            return chord.transpose(steps, key)
        spelling = _FLATS if sign == "f" or (not sign and steps < 0) else _SHARPS
        root = spelling[(pitch_class(chord.root) + steps) % 12]
        return Chord(root, chord.quality, chord.degrees, chord.bass)


@lru_cache(4096)  # songs have few chords, and each of them often
def _chord(symbol: str, custom: str) -> Chord:
    return Chord.parse(symbol, custom)


def _number_or_chord(text: str, key: Key) -> Chord:
    """A chord written as a number of the key, or as a symbol after all."""
    try:
        return chord_of_number(text, key)
    except InputError:
        return Chord.parse(text)
