"""Plain text: chords over words, for a monospaced font; what players paste into messages.

Reading takes pages as players share them: a line of nothing but chords belongs to the words below
it, each chord to the word under it or the next one; ``Key: G`` and the like name the fields;
headings such as ``[Chorus]`` or ``Verse 2:`` name the sections. Alignment cannot carry everything:
two chords on one word come back on two, so ChordPro or JSON are the formats to keep songs in.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from itertools import accumulate

from engine.formats import chordpro
from engine.formats.chordpro_chords import chords_in
from engine.formats.chordpro_headings import number_of, played_after_label, section_of
from engine.formats.decoding import text_lines
from engine.formats.export import AS_IT_IS, Export
from engine.formats.head import with_directives, with_title_told
from engine.lyrics import section_title
from engine.lyrics.chords import (
    SURE,
    are_chord_lines,
    chord_line,
    is_between,
    is_tablature,
    without_remarks,
)
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line
from engine.music.note_customs import custom_of

NAME = "Plain text"
EXTENSION = ".txt"
MIME = "text/plain"
OPTIONS = ("names",)
LOSES = "Two chords on one word, and chords that stand close, may come back on the next word."

_FIELD = re.compile(r"(title|artist|key|time|tempo|capo|genre|form):\s*(\S.*)\Z", re.IGNORECASE)
_BETWEEN_CHORDS = re.compile(r"[|/%().:,-]+\Z|\(?(?:x\d|\d?x)\)?\Z", re.IGNORECASE)
_AROUND_CHORD = "|(),"
_QUOTED = re.compile(r"\A(?:> ?)+")  # mail, answered
_SITE_TAG = re.compile(r"\[/?(?:ch|tab)\]")  # of pages copied with their markup
# Words that are chord symbols too; alone on a line they are sung.
_WORD_OR_CHORD = {"Go", "Do", "Co", "Bo", "Ao", "Eo", "Fo", "Hm", "Ah", "Eh", "As", "Es", "Dis"} | {
    *("La", "Mi", "Si", "Re", "Sol", "Fa", "Sim", "Mim", "Lam", "Rem", "His", "Bis", "Des"),
}
_PAGE_TAGS = "a|b|br|div|em|font|i|p|small|span|strong|sub|sup|u"
_ESCAPED = re.compile(rf"[\\\[\]{{}}]|<(?!/?(?:{_PAGE_TAGS})\b[^<>]*>)")


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Write UTF-8 text: the fields, then each stanza under the name of its section.

    With a capo, key and chords are those of the shapes. Numerals and numbers are for people: they
    are not read back as chords.
    """
    capo, sounding, shapes = sheet.capo, sheet.key.name, sheet.shapes
    fields = [
        ("Title", sheet.title),
        ("Artist", sheet.artist),
        ("Key", shapes.key.name),
        ("Time", sheet.time_signature),
        ("Tempo", str(sheet.tempo)),
        ("Capo", f"{capo} (sounds in {sounding})" if capo else ""),
        ("Genre", sheet.genre),
        ("Form", sheet.form),
    ]
    texts = [f"{name}: {value}" for name, value in fields if value]
    stanza = -1
    for line in shapes.lines:
        if line.stanza != stanza:
            texts += ["", f"[{line.heading}]"] if line.section else [""]
            stanza = line.stanza
        texts += _chords_over_words(line, lambda chord: export.name(chord, shapes.key))
    return "\n".join([*texts, ""]).encode()


def read(data: bytes) -> LeadSheet:
    """Read chords over words; what is not said is filled in as `engine.formats.chordpro` does.

    Raises
    ------
    InputError
        If there are no words and no chords, or the data is binary.
    """
    raw_lines = [_plain(line) for line in text_lines(data)]
    custom = custom_of(
        token.strip(_AROUND_CHORD)
        for line, is_chords in zip(raw_lines, are_chord_lines(raw_lines), strict=True)
        if is_chords
        for token in line.split()
    )
    texts: list[str] = []
    above: list[tuple[int, str]] = []  # chords waiting for the words below, with their columns
    headed = with_directives(with_title_told(raw_lines))
    for text, head in zip([*raw_lines, ""], [*headed, ""], strict=True):
        if head != text and not _FIELD.match(text):  # of ours, whose signs are kept below
            texts.append(head)
            continue
        section = section_of(text)
        played = None if section else _played_after_label(text, custom)
        chords = [] if played else _chord_columns(text, custom)
        if above and (chords or not text or section or played or is_tablature(text)):
            texts += _alone(above)
            above = []
        if played:
            label, sounding = played
            name = section_title(section_of(label) or "other", number_of(label))
            texts += [f"[{name}]", *_alone(sounding), ""]
        elif is_tablature(text):
            continue
        elif chords:
            above = chords
        elif match := _FIELD.match(text):
            field = f"{match[1].lower()}: {match[2]}"
            texts.append(f"{{{_ESCAPED.sub(_backslashed, field)}}}")
        elif section:
            texts.append(f"[{section_title(section, number_of(text))}]")
        else:
            texts.append(_with_chords(text, above))
            above = []
    return chordpro.read("\n".join(texts).encode())


def _plain(line: str) -> str:
    """A line without what sites and mails put around it."""
    return _QUOTED.sub("", _SITE_TAG.sub("", line.expandtabs(8))).rstrip()


def _played_after_label(text: str, custom: str) -> tuple[str, list[tuple[int, str]]] | None:
    """Part ``Intro: G D Em`` into its label and its chords; None for any other line."""
    if not (played := played_after_label(text)) or not played[0]:
        return None
    chords = _chord_columns(played[1].replace("[", " ").replace("]", " "), custom)
    return (played[0], chords) if chords else None


def _alone(chords: list[tuple[int, str]]) -> list[str]:
    """A line of chords without words, as ChordPro; nothing for no chords."""
    return [" ".join(f"[{symbol}]" for _, symbol in chords)] if chords else []


def _chords_over_words(line: Line, name: Callable[[Chord], str]) -> list[str]:
    if not line.words:
        return ["  ".join(name(placed.chord) for placed in line.chords)]
    upper, lower = "", ""
    for index in range(len(line.words) + 1):
        symbols = " ".join(name(p.chord) for p in line.chords if p.word == index)
        column = _width(lower) + (index > 0)
        if symbols:
            column = max(column, len(upper) + 1 if upper else 0)
            upper = upper.ljust(column) + symbols
        if index < len(line.words):
            lower += " " * (column - _width(lower)) + line.words[index]
    return [upper, lower] if upper else [lower]


def _width(text: str) -> int:
    """Columns a text takes: none for combining marks, two for wide East Asian characters."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _chord_columns(text: str, custom: str) -> list[tuple[int, str]]:
    """Columns and symbols of a line of chords; none for a line that holds anything else."""
    chords: list[tuple[int, str]] = []
    reader = partial(Chord.parse, custom=custom)
    for token in re.finditer(r"\S+", without_remarks(text)):
        if is_between(token[0]) or _BETWEEN_CHORDS.match(token[0]):
            continue
        found = chords_in(token[0], reader)
        # "A-B-C" alone may be sung; "Dm-G7" is not.
        if not found or (len(found) > 1 and chord_line(text) != SURE):
            return []
        chords += [(token.start() + nth, chord.symbol) for nth, chord in enumerate(found)]
    words = {token.strip(_AROUND_CHORD) for token in text.split()}
    return [] if words <= _WORD_OR_CHORD and custom != "latin" else chords


def _with_chords(text: str, chords: list[tuple[int, str]]) -> str:
    """Put chords into the words below them, as ChordPro."""
    words = list(re.finditer(r"\S+", text))
    columns = list(accumulate(map(_width, text), initial=0))
    starts = [columns[word.start()] for word in words]
    on = _words_below(chords, starts, [columns[word.end()] for word in words])
    here = [""] * (len(words) + 1)
    for (_, symbol), place in zip(chords, on, strict=True):
        here[place] += f"[{symbol}]"
    pieces = [
        chord + _ESCAPED.sub(_backslashed, word[0])
        for chord, word in zip(here, words, strict=False)
    ]
    placed = sum(place < len(words) for place in on)
    line = " ".join([*pieces, *(f"[{symbol}]" for _, symbol in chords[placed:])])
    return f"\\{line}" if line.startswith("#") else line


def _words_below(chords: list[tuple[int, str]], starts: list[int], ends: list[int]) -> list[int]:
    """The index of each chord's word: the one below it, or the next.

    A second chord over the last letters of a word is meant for the next one, where none is yet.
    """
    places: list[int] = []
    for index, (column, symbol) in enumerate(chords):
        place = bisect_right(ends, column)
        is_second = bool(places) and places[-1] == place < len(ends) - 1
        if is_second and column > starts[place] + 1 and column + len(symbol) >= ends[place]:
            following = chords[index + 1][0] if index + 1 < len(chords) else None
            place += following is None or following >= ends[place + 1]
        places.append(place)
    return places


def _backslashed(match: re.Match[str]) -> str:
    return "\\" + match[0]
