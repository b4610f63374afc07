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
from itertools import accumulate

from engine.errors import InputError
from engine.formats import chordpro
from engine.formats.chordpro_headings import number_of, section_of
from engine.formats.decoding import text_lines
from engine.formats.export import AS_IT_IS, Export
from engine.lyrics import section_title
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line

NAME = "Plain text"
EXTENSION = ".txt"
MIME = "text/plain"
OPTIONS = ("names",)
LOSES = "Two chords on one word, and chords that stand close, may come back on the next word."

_FIELD = re.compile(r"(title|artist|key|time|tempo|capo|genre|form):\s*(\S.*)\Z", re.IGNORECASE)
_BETWEEN_CHORDS = re.compile(r"[|/%().:,-]+\Z|\(?(?:x\d|\d?x)\)?\Z", re.IGNORECASE)
_AROUND_CHORD = "|(),"
_LABEL = re.compile(r"(\w[\w ]{0,20}):\s+(?=\S)")
_TUNING = re.compile(r"(?:guitar )?tuning\s*:", re.IGNORECASE)
_SITE_TAG = re.compile(r"\[/?(?:ch|tab)\]")  # of pages copied with their markup
# Words that are chord symbols too; alone on a line they are sung.
_WORD_OR_CHORD = {"Go", "Do", "Co", "Bo", "Ao", "Eo", "Fo", "Hm", "Ah", "Eh", "As", "Es", "Dis"}
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
    texts: list[str] = []
    above: list[tuple[int, str]] = []  # chords waiting for the words below, with their columns
    for raw in [*text_lines(data), ""]:
        text = _SITE_TAG.sub("", raw.expandtabs(8)).rstrip()
        chords = _chord_columns(text)
        section = section_of(text)
        label = None if chords or section else _LABEL.match(text)
        name = section_of(label[1]) if label else None
        if label and name and (played := _chord_columns(text[label.end() :])):  # "Intro: G D Em"
            heading = f"[{section_title(name, number_of(label[1]))}]"
            texts += [*_alone(above), heading, *_alone(played), ""]
            above = []
            continue
        if _TUNING.match(text):
            continue
        if above and (chords or not text or section):
            texts += _alone(above)
            above = []
        if chords:
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


def _chord_columns(text: str) -> list[tuple[int, str]]:
    """Columns and symbols of a line of chords; none for a line that holds anything else."""
    chords: list[tuple[int, str]] = []
    for token in re.finditer(r"\S+", text):
        if _BETWEEN_CHORDS.match(token[0]):
            continue
        try:
            chords.append((token.start(), Chord.parse(token[0].strip(_AROUND_CHORD)).symbol))
        except InputError:
            return []
    if all(token.strip(_AROUND_CHORD) in _WORD_OR_CHORD for token in text.split()):
        return []
    return chords


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
