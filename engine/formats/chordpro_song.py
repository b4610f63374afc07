"""A ChordPro song as it is read, line by line: sections, fields, and the chords of each line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile

from engine.errors import InputError, quoted
from engine.formats.chordpro_chords import is_numbered, symbols_in
from engine.formats.chordpro_fields import sheet_of
from engine.formats.chordpro_harmony import Harmony
from engine.formats.chordpro_headings import (
    bracketed,
    heading_and_rest,
    number_of,
    played_after_label,
    section_of,
    with_chords_above,
)
from engine.formats.chordpro_values import with_values
from engine.formats.chordpro_words import Words, character_of, line_tokens, plain
from engine.formats.decoding import MAX_LINES
from engine.formats.head import with_directives
from engine.lyrics.chords import are_chord_lines, is_tablature
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from engine.music.note_customs import custom_of

_DIRECTIVE = re.compile(r"\s*([\w-]+!?)\s*(?::\s*|\s+|\Z)(.*)\Z", re.DOTALL)
_LABEL = re.compile(r"""label\s*=\s*["']([^"']*)["']""")
_SHAPE = re.compile(r"""\s*(?:\w+=["'][^"']*["']|\d+\+?\d*(?:x\d+)?(?:\+\d+)?)\s*""")
_START = re.compile(r"(?:start_of_|so(?=[a-z]\Z))([\w-]+)\Z")
_END = re.compile(r"(?:end_of_|eo(?=[a-z]\Z))([\w-]+)\Z")
_SHORT = {"v": "verse", "c": "chorus", "b": "bridge", "t": "tab", "g": "grid"}
_NOT_SUNG = {"tab", "abc", "ly", "svg", "textblock", "musicxml", "strum"}
_LEFT_OUT = "(left out)"  # the section of another instrument
_FIELDS = {"t": "title", "st": "subtitle", "c": "comment", "ci": "comment", "cb": "comment"} | {
    "su": "subtitle",
    "gc": "comment",
    "comment_italic": "comment",
    "comment_box": "comment",
    "guitar_comment": "comment",
    "highlight": "comment",
    "ns": "new_song",
}
_INSTRUMENT = "guitar"  # ChordPro's own default for what a selector names


def song_of(lines: list[str], *, strict: bool = False) -> Song:
    """Read the lines of a file; where nothing is for a guitar, what is for another instrument."""
    lines = with_directives(_continued(lines))
    song = _read(lines, strict, _INSTRUMENT)
    if not song.lines and song.selectors:
        song = _read(lines, strict, song.selectors[0])
    return song


def _read(lines: list[str], strict: bool, instrument: str) -> Song:
    are_chords = are_chord_lines(lines)
    above = [text for text, is_above in zip(lines, are_chords, strict=True) if is_above]
    custom = custom_of([*symbols_in(lines), *" ".join(above).split()])
    song = Song(strict, instrument, is_numbered(lines), custom)
    for number, text in enumerate([*lines, ""], 1):
        song.number = number
        if not text.startswith("#"):
            song.take(text, are_chords=number <= len(lines) and are_chords[number - 1])
        if song.is_over:
            break
    return song


def _continued(lines: list[str]) -> list[str]:
    """Join lines that end in a backslash with the line below."""
    done: list[str] = []
    goes_on = False
    for line in lines:
        text = line.lstrip() if goes_on else line
        backslashes = len(text.rstrip()) - len(text.rstrip().rstrip("\\"))
        ends_open = backslashes % 2 == 1
        kept = text.rstrip()[:-1] if ends_open else text
        if goes_on and len(done[-1]) < 4 * MAX_LINES:
            done[-1] += kept
        else:
            done.append(kept)
        goes_on = ends_open
    return done


@dataclass
class Song:
    """What has been read so far."""

    strict: bool
    instrument: str
    numbered: bool
    custom: str = "english"
    number: int = 0
    is_over: bool = False
    fields: dict[str, str] = field(default_factory=dict[str, str])
    lines: list[Line] = field(default_factory=list[Line])
    selectors: list[str] = field(default_factory=list[str])
    _section: str | None = None
    _section_number: int | None = None
    _environment: str | None = None
    _stanza: int = 0
    _chorus_start: int = 0
    _chorus: list[Line] = field(default_factory=list[Line])
    _is_played: bool = False  # the stanza began with a heading and chords on one line
    _above: str | None = None  # a line of chords without brackets, for the words below
    _moved: int = 0  # semitones by which the song begins transposed

    def __post_init__(self) -> None:
        self._harmony = Harmony(self.fields, self.numbered, self.custom)

    def take(self, text: str, *, are_chords: bool = False) -> None:
        """Take one line of the file; `are_chords` if chords alone are all that it holds."""
        if self._environment in _NOT_SUNG or self._environment == _LEFT_OUT:
            self._take_end(text)
        elif text.startswith("\\") and not text.startswith("\\u"):
            self._take_below(text)
        elif self._environment == "grid" and not text.lstrip().startswith("{"):
            self._take_grid(text)
        elif found := heading_and_rest(text):
            self._take_above()
            section, rest = found
            self._begin(section, number=number_of(text))
            if rest.strip():
                self._take_words(rest)
                self._is_played = bool(self.lines) and not self.lines[-1].words
        elif not text.strip():
            self._take_above()
            if self._stanza < len(self.lines):
                self._begin(None)
        elif is_tablature(text):
            self._take_above()
        elif are_chords and not set("[{\\<") & set(text):
            self._take_above()
            self._above = text
        else:
            self._take_below(text)

    def sheet(self) -> LeadSheet:
        """Put the song together; `InputError` if it has no lines."""
        return sheet_of(self.lines, self.fields, self._moved, strict=self.strict)

    def _begin(
        self, section: str | None, environment: str | None = None, number: int | None = None
    ) -> None:
        """Begin a stanza; in an open environment it stays in that section."""
        self._stanza = len(self.lines)
        self._is_played = False
        if environment or self._environment is None:
            self._section, self._environment = section, environment
            self._section_number = number if section else None
            self._harmony.begin(environment or section or "")
            if section == "chorus":
                self._chorus_start, self._chorus = len(self.lines), []

    def _take_above(self) -> None:
        """Play a line of chords that no words stand below."""
        if self._above is not None:
            above, self._above = self._above, None
            self._take_words(bracketed(above))

    def _take_below(self, text: str) -> None:
        above, self._above = self._above, None
        if above is not None and set("[{") & set(text):
            self._take_words(bracketed(above))
        elif above is not None:
            text = with_chords_above(text, above)
        self._take_words(text)

    def _take_words(self, text: str) -> None:
        words = Words()
        for token in line_tokens(text):
            if token["directive"] is not None:
                self._take_directive(token["directive"])
            elif token["chord"] is not None:
                words.bracket(plain(token["chord"]))
            elif token["blank"] or token["break"]:
                words.end()
            elif token["value"]:
                self._add_value(words, token["value"])
            elif token["entity"]:
                words.add(plain(token["entity"]))
            elif token["unicode"]:
                words.add(character_of(token["unicode"]), is_meant=True)
            elif token["escaped"]:
                words.add(token["escaped"][1], is_literal=True)
            elif token["text"]:
                words.add(token["text"])
        sung, brackets = words.sung()
        chords = [
            PlacedChord(bracket.word, chord)
            for bracket in brackets
            for chord in self._chords(bracket.text)
        ]
        if sung and self._is_played:
            self._begin(None)
        self._add(Line(tuple(sung), tuple(chords)) if sung or chords else None)

    def _add(self, line: Line | None) -> None:
        if line is not None:
            if not self.lines:
                self._moved = self._harmony.moved
            section, number = self._section, self._section_number
            self.lines.append(replace(line, section=section, stanza=self._stanza, number=number))

    def _add_value(self, words: Words, text: str) -> None:
        for index, word in enumerate(with_values(text, self.fields).split()):
            if index:
                words.end()
            words.add(word)

    def _take_grid(self, text: str) -> None:
        """Take a row of a grid: the chords between its bar lines."""
        if not text.strip():
            if self._stanza < len(self.lines):
                self._begin(None)
            return
        row = re.sub(r"\|\d(?=\s)", "|", text)
        if re.match(r"\s*\|[sS]\s", row):  # a row of strokes
            return
        if "|" in row:
            row = row[row.index("|") : row.rindex("|")]
        pieces = re.split(r"[\s|~\[\]]+", row)
        chords = [chord for piece in pieces if piece for chord in self._chords(piece, in_grid=True)]
        placed = tuple(PlacedChord(0, chord) for chord in chords)
        self._add(Line((), placed) if placed else None)

    def _take_end(self, text: str) -> None:
        """Look for the end of what is not sung; a file may forget it where the next part begins."""
        token = next(line_tokens(text.strip()), None)
        if token is not None and token["directive"] is not None:
            name = re.split(r"[\s:]", token["directive"].strip().lower())[0]
            if _END.match(name):
                self._environment = None
                self._begin(None)
            elif _START.match(name) or name in {"new_song", "ns"}:
                self._environment = None
                self._take_directive(token["directive"])

    def _take_directive(self, text: str) -> None:
        match = _DIRECTIVE.match(plain(with_values(text, self.fields)))
        if not match:
            return
        name, is_meant = self._selected(match[1].lower())
        name, value = _FIELDS.get(name, name), match[2].strip()
        if name == "meta":
            name, _, value = value.partition(" ")
            name, value = name.lower(), value.strip()
        if start := _START.match(name):
            self._take_above()
            self._take_start(_SHORT.get(start[1], start[1]), value, is_meant=is_meant)
        elif not is_meant:
            return
        elif _END.match(name):
            self._take_above()
            self._environment = None
            self._begin(None)
        elif name == "comment":
            self._take_comment(value)
        elif name == "chorus":
            self._take_above()
            self._repeat_chorus()
        elif name == "transpose":
            self._harmony.transpose(value)
        elif name == "new_song":
            self.is_over = bool(self.lines)
        elif value:
            self.fields.setdefault(name, value)

    def _selected(self, name: str) -> tuple[str, bool]:
        """Part ``comment-piano`` into the name and whether it is meant for this instrument."""
        start = _START.match(name)
        base, _, selector = name.partition("-")
        if not selector or (start and section_of(start[1])):
            return name, True
        if selector.endswith("!"):
            return base, selector[:-1] != self.instrument
        self.selectors.append(selector)
        return base, selector == self.instrument

    def _take_start(self, environment: str, value: str, *, is_meant: bool) -> None:
        if not is_meant:
            self._begin(None, _LEFT_OUT)
            return
        label = _LABEL.search(value)
        text = label[1] if label else _SHAPE.sub("", value) if environment == "grid" else value
        section = section_of(text) or section_of(environment.replace("_", " "))
        unnamed = None if environment == "grid" else "other"
        self._begin(section or unnamed, environment, number_of(text))

    def _take_comment(self, value: str) -> None:
        if section := section_of(value):
            self._take_above()
            self._begin(section, number=number_of(value))
        elif played := played_after_label(value):
            self._take_above()
            label, chords = played
            if label:
                self._begin(section_of(label) or "other", number=number_of(label))
            self._take_words(chords)
            self._is_played = bool(label)

    def _repeat_chorus(self) -> None:
        if not self._chorus:
            sung = self.lines[self._chorus_start :]
            self._chorus = list(takewhile(lambda line: line.section == "chorus", sung))
        if len(self.lines) + len(self._chorus) > MAX_LINES:
            raise InputError(
                f"With its choruses repeated the song has more than {MAX_LINES:,} lines; at most "
                "that many are accepted."
            )
        first = len(self.lines) - self._chorus[0].stanza if self._chorus else 0
        self.lines += [replace(line, stanza=line.stanza + first) for line in self._chorus]
        self._begin(None)

    def _chords(self, text: str, *, in_grid: bool = False) -> list[Chord]:
        """The chords of a bracket as they sound here; none for a remark."""
        found = self._harmony.chords(text)
        if found is None and self.strict and not in_grid and not text.strip().startswith("*"):
            raise InputError(
                f"Line {self.number}: {quoted(text)} is not a chord symbol; "
                "symbols such as Am7, F#m7b5, C/E, G7(b9) or N.C. are accepted in brackets."
            )
        return found or []
