"""ChordPro: chords in brackets inside the words (chordpro.org); what songbooks are kept in.

Writing
-------
Every lead sheet comes back from `read` exactly as it was written. ``[ ] { } < &`` and the backslash
in words are escaped by a backslash, and so is each word of a line that would be read otherwise: a
comment (``#``), a heading, a bar line, a remark. Stanzas are parted by blank lines; those of a
section stand in their environment, those with a number under a label; pre-chorus, intro, outro and
other are labelled verses. Genre and
form are ``{meta: genre ...}`` and ``{meta: form ...}``.

Reading
-------
ChordPro 6 and files as found in the wild: short directive names, chords inside a word or at its end
(they belong to that word), chords standing alone (they belong to the next word, or come after the
last), several chords in a bracket, numbers of the key, grids, section names as comments or
headings, ``{chorus}`` as a repetition of the last chorus, ``[^]`` as the chord that the first such
section had there, ``{transpose}``, ``%{field}``, markup, sections for other instruments (a guitar's
are read), OnSong's head. Tablature, other notation and unknown directives are left out. Only the
first song of a file is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.formats.chordpro_song import song_of
from engine.formats.chordpro_words import UNSEEN
from engine.formats.decoding import text_lines
from engine.formats.export import AS_IT_IS, Export
from engine.lyrics.chords import NO, chord_line
from engine.lyrics.markup import decoded_once_more
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line

NAME = "ChordPro"
EXTENSION = ".cho"
MIME = "text/vnd.chordpro"
OPTIONS = ("names",)

_ESCAPED = re.compile(r"[\\\[\]{}<&]")
_UNSEEN = re.compile(f"[{UNSEEN}]")
_ESCAPED_IN_FIELD = re.compile(r"[\\{}<&]")
_LIKE_UTF8_READ_TWICE = re.compile("[ÂÃ]|â(?=€)")


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
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
        ("meta", sheet.form and f"form {sheet.form}"),
    ]
    texts = [f"{{{name}: {_field(value)}}}" for name, value in fields if value]
    key = sheet.key
    before: Line | None = None
    for line in sheet.lines:
        if before is None or line.stanza != before.stanza:
            texts += [*_end_of(before), "", *_start_of(line)]
        texts.append(_line_text(line, lambda chord: export.name(chord, key)))
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
    return song_of(text_lines(data), strict=strict).sheet()


def _escaped(text: str) -> str:
    text = _ESCAPED.sub(r"\\\g<0>", text)
    return _kept_as_it_is(_UNSEEN.sub(_numbered, text))


def _numbered(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _kept_as_it_is(text: str) -> str:
    """The text written so that reading does not take ``Â¡`` for UTF-8 that was read twice."""
    is_kept = decoded_once_more(text) == text
    return text if is_kept else _LIKE_UTF8_READ_TWICE.sub(_numbered, text)


def _field(text: str) -> str:
    """Escape a value; a space keeps a last backslash from escaping the brace."""
    escaped = _ESCAPED_IN_FIELD.sub(r"\\\g<0>", text) + " " * text.endswith("\\")
    return _kept_as_it_is(escaped)


def _start_of(line: Line) -> list[str]:
    match line.section:
        case None:
            return []
        case "verse" | "chorus" | "bridge" if line.number is None:
            return [f"{{start_of_{line.section}}}"]
        case "chorus" | "bridge":
            return [f"{{start_of_{line.section}: {line.heading}}}"]
        case _:
            return [f"{{start_of_verse: {line.heading}}}"]


def _end_of(line: Line | None) -> list[str]:
    if line is None or line.section is None:
        return []
    is_own = line.section in {"chorus", "bridge"}
    return [f"{{end_of_{line.section if is_own else 'verse'}}}"]


def _line_text(line: Line, name: Callable[[Chord], str]) -> str:
    words = [_escaped(word) for word in line.words]
    could_be_chords = not line.chords and chord_line(" ".join(words)) != NO
    if could_be_chords or not _reads_as(_with_chords(line, words, _symbol), line):
        words = [word if word.startswith("\\") else f"\\{word}" for word in words]
    return _with_chords(line, words, name)


def _symbol(chord: Chord) -> str:
    return chord.symbol


def _with_chords(line: Line, words: list[str], name: Callable[[Chord], str]) -> str:
    chords = [""] * (len(words) + 1)
    for placed in line.chords:
        chords[placed.word] += f"[{name(placed.chord)}]"
    texts = [chord + word for chord, word in zip(chords, words, strict=False)]
    if chords[-1]:
        texts.append(chords[-1].replace("][", "] ["))
    return " ".join(texts)


def _reads_as(text: str, line: Line) -> bool:
    """Whether the line, alone in a file, is read as it was meant."""
    read = song_of([text]).lines
    return len(read) == 1 and (read[0].words, read[0].chords) == (line.words, line.chords)
