"""ChordPro: chords in brackets inside the words (chordpro.org); what songbooks are kept in.

Writing
-------
Every lead sheet comes back from `read` exactly as it was written. ``[ ] { }`` and the backslash in
words are escaped by a backslash, and so is the start of a line that would read as a comment (``#``)
or a heading. Stanzas are parted by blank lines; those of a section stand in their environment,
intro, outro and other as labelled verses. The genre is ``{meta: genre ...}``.

Reading
-------
Files as found in the wild: short directive names, chords inside a word or at its end (they belong
to that word), chords standing alone (they belong to the next word, or come after the last), section
names as comments or headings, ``{chorus}`` as a repetition of the last chorus. Tablature, grids,
other notation and unknown directives are left out. Only the first song of a file is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import takewhile

from engine.errors import InputError, quoted
from engine.lyrics.lines import section_heading
from engine.lyrics.markup import WINDOWS_SIGNS
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

NAME = "ChordPro"
EXTENSION = ".cho"
MIME = "text/vnd.chordpro"

_ESCAPED = re.compile(r"[\\\[\]{}]")
_ESCAPED_IN_FIELD = re.compile(r"[\\{}]")
_UNESCAPED = re.compile(r"\\([\\\[\]{}])")
_TOKEN = re.compile(
    r"(?P<escaped>\A\\.|\\[\\\[\]{}])"
    r"|\{(?P<directive>(?:\\.|[^{}\\])*)\}"
    r"|\[(?P<chord>[^\[\]]*)\]"
    r"|(?P<blank>\s+)"
    r"|(?P<text>.)",
    re.DOTALL,
)
_DIRECTIVE = re.compile(r"\s*([\w-]+)\s*(?::\s*|\s+|\Z)(.*)\Z", re.DOTALL)
_LABEL = re.compile(r"""label\s*=\s*["']([^"']*)["']""")
_START = re.compile(r"(?:start_of_|so(?=[a-z]\Z))(\w+)\Z")
_END = re.compile(r"(?:end_of_|eo(?=[a-z]\Z))(\w+)\Z")
_SHORT = {"v": "verse", "c": "chorus", "b": "bridge", "t": "tab", "g": "grid"}
_NOT_SUNG = {"tab", "grid", "abc", "ly", "svg", "textblock", "musicxml"}
_FIELDS = {"t": "title", "st": "subtitle", "c": "comment", "ci": "comment", "cb": "comment"} | {
    "comment_italic": "comment",
    "comment_box": "comment",
    "highlight": "comment",
    "ns": "new_song",
}
MAX_LINES = 10_000
MAX_LINE = 4_000  # characters
_AROUND_CHORD = " \t()*|!.~-'`:,"


def write(sheet: LeadSheet) -> bytes:
    """Write UTF-8 ChordPro; with a capo, key and chords are those of the shapes."""
    capo, sheet = sheet.capo, sheet.shapes
    fields = [
        ("title", sheet.title),
        ("artist", sheet.artist),
        ("key", sheet.key.symbol),
        ("time", sheet.time_signature),
        ("tempo", str(sheet.tempo)),
        ("capo", str(capo) if capo else ""),
        ("meta", sheet.genre and f"genre {sheet.genre}"),
    ]
    texts = [f"{{{name}: {_field(value)}}}" for name, value in fields if value]
    before: Line | None = None
    for line in sheet.lines:
        if before is None or line.stanza != before.stanza:
            texts += [*_end_of(before), "", *_start_of(line)]
        texts.append(_line_text(line))
        before = line
    return "\n".join([*texts, *_end_of(before), ""]).encode()


def read(data: bytes, strict: bool = False) -> LeadSheet:
    """Read a song; without a key its chords tell one, without a tempo it is 100, the time 4/4.

    Parameters
    ----------
    data : bytes
        UTF-8, or else Windows-1252 as old files are.
    strict : bool
        Refuse brackets that are not chords, and values of key, time and tempo that cannot be read;
        else these are left out, since files use brackets for remarks too.

    Raises
    ------
    InputError
        If there are no words and no chords, the data is binary, or `strict` finds something.
    """
    song = _Song(strict)
    for number, text in enumerate(text_lines(data), 1):
        song.number = number
        if not text.startswith("#"):
            song.take(text)
        if song.is_over:
            break
    return song.sheet()


def _escaped(text: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", text)


def _field(text: str) -> str:
    """Escape a value; a space keeps a last backslash from escaping the brace."""
    return _ESCAPED_IN_FIELD.sub(r"\\\g<0>", text) + " " * text.endswith("\\")


def _start_of(line: Line) -> list[str]:
    match line.section:
        case None:
            return []
        case "verse" | "chorus" | "bridge":
            return [f"{{start_of_{line.section}}}"]
        case section:
            return [f"{{start_of_verse: {section.capitalize()}}}"]


def _end_of(line: Line | None) -> list[str]:
    if line is None or line.section is None:
        return []
    is_own = line.section in {"chorus", "bridge"}
    return [f"{{end_of_{line.section if is_own else 'verse'}}}"]


def _line_text(line: Line) -> str:
    chords = [""] * (len(line.words) + 1)
    for placed in line.chords:
        chords[placed.word] += f"[{placed.chord.symbol}]"
    texts = [chord + _escaped(word) for chord, word in zip(chords, line.words, strict=False)]
    if chords[-1]:
        texts.append(chords[-1].replace("][", "] ["))
    text = " ".join(texts)
    return "\\" + text if text.startswith("#") or section_of(text) else text


def decoded(data: bytes) -> str:
    """Decode a text file of any age, every line end a newline; `InputError` for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode()
    if b"\x00" in data:
        raise InputError("This looks like binary data; a text file is accepted.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(WINDOWS_SIGNS)


def text_lines(data: bytes) -> list[str]:
    """The lines of a text file of any age; `InputError` for binary data or what no song is."""
    lines = decoded(data).split("\n")
    if len(lines) > MAX_LINES:
        raise InputError(
            f"The file has {len(lines):,} lines; a song of at most {MAX_LINES:,} is accepted."
        )
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise InputError(
                f"Line {number} has {len(line):,} characters; at most {MAX_LINE:,} are accepted."
            )
    return lines


@dataclass
class _Song:
    """What has been read so far."""

    strict: bool
    number: int = 0
    is_over: bool = False
    fields: dict[str, str] = field(default_factory=dict[str, str])
    lines: list[Line] = field(default_factory=list[Line])
    section: str | None = None
    environment: str | None = None
    stanza: int = 0
    chorus_start: int = 0
    chorus: list[Line] = field(default_factory=list[Line])

    def take(self, text: str) -> None:
        """Take one line of the file."""
        if self.environment in _NOT_SUNG:
            if (match := _TOKEN.match(text.strip())) and match["directive"]:
                self._take_directive(match["directive"])
        elif heading := None if "{" in text else section_of(text):
            self._begin(heading)
        elif text.strip():
            self._take_words(text)
        elif self.stanza < len(self.lines):
            self._begin(None)

    def sheet(self) -> LeadSheet:
        """Put the song together."""
        if not self.lines:
            raise InputError("The file has no words and no chords; a ChordPro song is accepted.")
        fields = self.fields
        names = [name for name in ("artist", "subtitle", "composer") if name in fields]
        sheet = LeadSheet(
            title=fields.get("title", ""),
            key=estimated_key([placed.chord for line in self.lines for placed in line.chords]),
            lines=tuple(self.lines),
            genre=fields.get("genre"),
            artist=fields[names[0]] if names else None,
        )
        for name, set_field in _SETTERS.items():
            if name in fields:
                try:
                    sheet = set_field(sheet, fields[name])
                except InputError:
                    if self.strict:
                        raise
        return sheet

    def _begin(self, section: str | None, environment: str | None = None) -> None:
        """Begin a stanza; in an open environment it stays in that section."""
        self.stanza = len(self.lines)
        if environment or self.environment is None:
            self.section, self.environment = section, environment
            if section == "chorus":
                self.chorus_start, self.chorus = len(self.lines), []

    def _take_words(self, text: str) -> None:
        words: list[str] = []
        chords: list[PlacedChord] = []
        word = ""
        for token in _TOKEN.finditer(text):
            if token["directive"] is not None:
                self._take_directive(token["directive"])
            elif token["chord"] is not None:
                chords += [PlacedChord(len(words), chord) for chord in self._chords(token["chord"])]
            elif token["blank"]:
                words += [word] if word else []
                word = ""
            else:
                character = token["text"] or token["escaped"][1]
                word += "" if unicodedata.category(character) in {"Cc", "Cs"} else character
        words += [word] if word else []
        if words or chords:
            self.lines.append(Line(tuple(words), tuple(chords), self.section, self.stanza))

    def _take_directive(self, text: str) -> None:
        match = _DIRECTIVE.match(_UNESCAPED.sub(r"\1", text))
        if not match:
            return
        name, value = _FIELDS.get(match[1].lower(), match[1].lower()), match[2].strip()
        if name == "meta":
            name, _, value = value.partition(" ")
            name, value = name.lower(), value.strip()
        if start := _START.match(name):
            environment = _SHORT.get(start[1], start[1])
            label = _LABEL.search(value)
            section = section_of(label[1] if label else value) or section_of(environment) or "other"
            self._begin(section, environment)
        elif _END.match(name):
            self.environment = None
            self._begin(None)
        elif name == "comment" and (section := section_of(value)):
            self._begin(section)
        elif name == "chorus":
            self._repeat_chorus()
        elif name == "new_song":
            self.is_over = bool(self.lines)
        elif value:
            self.fields.setdefault(name, value)

    def _repeat_chorus(self) -> None:
        if not self.chorus:
            sung = self.lines[self.chorus_start :]
            self.chorus = list(takewhile(lambda line: line.section == "chorus", sung))
        if len(self.lines) + len(self.chorus) > MAX_LINES:
            raise InputError(
                f"With its choruses repeated the song has more than {MAX_LINES:,} lines; at most "
                "that many are accepted."
            )
        first = len(self.lines) - self.chorus[0].stanza if self.chorus else 0
        self.lines += [replace(line, stanza=line.stanza + first) for line in self.chorus]
        self._begin(None)

    def _chords(self, text: str) -> list[Chord]:
        """Read what a bracket holds: most often one chord, or a remark."""
        if text.strip().startswith("*"):  # an annotation
            return []
        for attempt in ([text], [text.strip(_AROUND_CHORD)], re.split(r"[\s,]+", text.strip())):
            try:
                return [Chord.parse(symbol) for symbol in attempt]
            except InputError:
                continue
        if self.strict:
            raise InputError(
                f"Line {self.number}: {quoted(text)} is not a chord symbol; "
                "symbols such as Am7, F#m7b5, C/E, G7(b9) or N.C. are accepted in brackets."
            )
        return []


def section_of(text: str) -> str | None:
    """Name the section a heading announces, ``[Other]`` included; None for anything else."""
    is_other = text.strip().lower() in {"other", "[other]"}
    return "other" if is_other else section_heading(text)


def _with_tempo(sheet: LeadSheet, text: str) -> LeadSheet:
    number = re.match(r"\d{1,4}", text)
    if not number:
        raise InputError(f"{quoted(text)} is not a tempo; beats per minute are accepted.")
    return replace(sheet, tempo=int(number[0]))


def _with_capo(sheet: LeadSheet, text: str) -> LeadSheet:
    """The song as it sounds: what is written with a capo is shapes, the key's name too."""
    number = re.match(r"\d{1,2}(?!\d)", text)
    if not number:
        raise InputError(f"{quoted(text)} is not a capo; a fret from 0 to 11 is accepted.")
    fret = int(number[0])
    return replace(sheet.transpose(fret) if fret <= 11 else sheet, capo=fret)


_SETTERS: dict[str, Callable[[LeadSheet, str], LeadSheet]] = {
    "key": lambda sheet, text: replace(sheet, key=Key.parse(text)),
    "time": lambda sheet, text: replace(sheet, time_signature=text),
    "tempo": _with_tempo,
    "capo": _with_capo,  # last: it moves the key as well
}
