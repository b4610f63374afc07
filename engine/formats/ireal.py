"""iReal Pro: the chords of a song in bars, as the link that the app opens, in a small web page.

Writing
-------
The app reads web pages with ``irealb://`` links. It holds title, composer, style, key, tempo,
chords and sections, but no words: those are left out. Qualities are the app's own; what it has no
name for is written as the nearest it has.

Reading
-------
Links of both kinds, ``irealb://`` (whose chords are scrambled in blocks of 50) and the older
``irealbook://``, alone or in a page; of a playlist the first song is read. Each section becomes a
stanza of played lines of four bars; bars that repeat are written out, other repeats are read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from engine.arrangement.rhythm import layout
from engine.errors import InputError
from engine.formats.decoding import decoded
from engine.lyrics.markup import unescaped
from engine.music.chord import NO_CHORD, Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import TEMPO_RANGE, LeadSheet, Line, PlacedChord
from engine.music.metre import Metre
from engine.music.pitch import pitch_class

if TYPE_CHECKING:
    from engine.arrangement.rhythm import Layout

NAME = "iReal Pro"
EXTENSION = ".html"
MIME = "text/html"
LOSES = "It holds chords in bars, no words; rare chords become the nearest that the app has."

_UNTITLED = "Untitled"  # the app wants a title
_PREFIX = "1r34LbKcu7"
_WHOLE = re.compile(r"\d{1,9}\Z")
_LINK = re.compile(r"(irealb(?:ook)?)://([^\"'<>\n]+)")
_MOST_CHARACTERS = 200_000
_MOST_BARS = 1_000
_BLOCK = 50
_SECTIONS = {"intro": "*i", "verse": "*v", "chorus": "*C", "bridge": "*B"}
_OF_MARK = {"i": "intro", "v": "verse", "V": "verse"}
# The app's qualities, as in the appendix of its open protocol.
_QUALITIES = (
    *("", "5", "2", "add9", "+", "o", "h", "sus", "^", "-", "^7", "-7", "7", "7sus", "h7", "o7"),
    *("^9", "^13", "6", "69", "^7#11", "^9#11", "^7#5", "-6", "-69", "-^7", "-^9", "-9", "-11"),
    *("-7b5", "h9", "-b6", "-#5", "9", "7b9", "7#9", "7#11", "7b5", "7#5", "9#11", "9b5", "9#5"),
    *("7b13", "7#9#5", "7#9b5", "7#9#11", "7b9#11", "7b9b5", "7b9#5", "7b9#9", "7b9b13", "7alt"),
    *("13", "13#11", "13b9", "13#9", "7b9sus", "7susadd3", "9sus", "13sus", "7b13sus", "11"),
)
_SHORT = (("XyQ", " "), ("LZ", "|"), ("Kcl", "|x"), ("cl", "x"), ("K", "|"), ("Y", ""))
_TOKEN = re.compile(
    r"<(?P<text>[^>]*)>|\*(?P<mark>.)|T(?P<time>\d\d)|N\d|\((?P<small>[^()]*)\)"
    r"|(?P<chord>[A-GW][#b]?(?:sus|alt|[-^+ohn0-9b#a-z])*?(?:/[A-G][#b]?)?)"
    r"(?=[A-GWTNQSUYZnpxrlf<>*()\[\]{}|,\s/]|s(?!us)|\Z)"
    r"|(?P<none>n)|(?P<again>x)|(?P<twice>r)|(?P<bar>[|\[\]{}Z])|."
)


def write(sheet: LeadSheet) -> bytes:
    """Return a web page with the link."""
    url = _url(sheet)
    title = escape(sheet.title or _UNTITLED)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body>\n"
        f'<h1>{title}</h1>\n<p><a href="{url}">Open in iReal Pro</a></p>\n</body>\n</html>\n'
    ).encode()


def read(data: bytes) -> LeadSheet:
    """Read the first song of a link or a page with links; `InputError` if there is none."""
    match = _LINK.search(unescaped(decoded(data)[:_MOST_CHARACTERS]))
    if not match:
        raise InputError(
            "The file holds no iReal Pro link; irealb:// and irealbook:// are accepted."
        )
    fields = unquote(match[2]).split("===")[0]
    parts = fields.split("=")
    if match[1] == "irealb":
        parts = [part for part in parts if part]
    at = next((i for i, part in enumerate(parts) if _PREFIX in part), None)
    if match[1] == "irealb" and at is not None and at >= 3:
        chart = _unscrambled(parts[at].split(_PREFIX, 1)[1])
        tempo = next((int(part) for part in parts[at + 1 :] if _WHOLE.match(part) and int(part)), 0)
        key_text = parts[3] if at > 3 else ""
    elif match[1] == "irealbook" and len(parts) >= 6:
        chart, tempo, key_text = parts[5], 0, parts[3]
    else:
        raise InputError(
            "The iReal Pro link is not whole; a link with title, key and chords is accepted."
        )
    chart_time, lines = _lines(chart)
    if not lines:
        raise InputError("The iReal Pro link holds no chords; a link with chords is accepted.")
    try:
        key = Key.parse(key_text)
    except InputError:
        key = estimated_key([placed.chord for line in lines for placed in line.chords])
    in_range = TEMPO_RANGE[0] <= tempo <= TEMPO_RANGE[1]
    return LeadSheet(
        title="" if parts[0] == _UNTITLED else parts[0],
        key=key,
        lines=tuple(lines),
        time_signature=chart_time,
        tempo=tempo if in_range else 100,
        artist=_composer(parts[1]),
    )


def _composer(name: str) -> str | None:
    return None if name.strip() in {"", "Composer Unknown", "Unknown"} else name


def _url(sheet: LeadSheet) -> str:
    key = sheet.key.tonic + ("-" if sheet.key.mode == "minor" else "")
    style = (sheet.genre or "Pop").title()
    fields = [sheet.title or _UNTITLED, sheet.artist or "Unknown", "", style, key, ""]
    fields = [field.replace("=", " ") for field in fields]
    song = "=".join([*fields, _PREFIX + _scrambled(_chart(sheet)), "", str(sheet.tempo), "1"])
    return f"irealb://{quote(song, safe='')}"


def _chart(sheet: LeadSheet) -> str:
    """The chords in their bars; a bar has a cell for each beat."""
    plan = layout(sheet)
    metre = plan.metre
    marks = {mark.bar: _SECTIONS.get(mark.section, "") for mark in plan.marks}
    bars: list[str] = []
    sounding: Chord | None = None
    for bar in range(plan.bars):
        struck = _in_bar(plan, bar, metre)
        cells = " ".join(map(_symbol, struck))
        sounding = struck[-1] if struck else sounding
        bars.append(marks.get(bar, "") + (cells or (_symbol(sounding) if sounding else "n")))
    time = (
        ""
        if metre.denominator > 9 or metre.numerator > 9
        else f"T{metre.numerator}{metre.denominator}"
    )
    if metre.numerator == 12 and metre.denominator == 8:
        time = "T12"
    return f"[{time}" + "|".join(bars) + "Z"


def _in_bar(plan: Layout, bar: int, metre: Metre) -> list[Chord]:
    """The chords struck in a bar, after the one that still sounds where it begins."""
    start = bar * metre.slots
    inside = [s for s in plan.chords if start <= s.start < start + metre.slots]
    found = [struck.chord for struck in inside]
    if inside and inside[0].start > start:
        before = [s for s in plan.chords if s.start < start]
        if before:
            found.insert(0, before[-1].chord)
    return found


def _symbol(chord: Chord) -> str:
    if chord.root is None:
        return "n"
    bass = "" if chord.bass == "1" else f"/{_plain(chord.bass_note or '')}"
    return _plain(chord.root) + _nearest(chord.quality, chord.degrees) + bass


def _plain(note: str) -> str:
    """A note with at most one sign, which is all the app has."""
    if len(note) <= 2:
        return note
    return Key("C", "major").spell(pitch_class(note))


@lru_cache(1024)
def _nearest(quality: str, degrees: tuple[str, ...]) -> str:
    """The app's quality that sounds like this one, or the one that shares most of its tones."""
    wanted = Chord("C", quality, degrees).pitch_classes
    tones = _tones()
    return min(tones, key=lambda name: (len(tones[name] ^ wanted), -len(tones[name] & wanted)))


@lru_cache(1)
def _tones() -> dict[str, frozenset[int]]:
    return {name: Chord.parse(f"C{name}").pitch_classes for name in _QUALITIES}


def _lines(chart: str) -> tuple[str, list[Line]]:
    """The time signature, and the bars as played lines, four to a line."""
    time = "4/4"
    stanzas: list[tuple[str | None, list[list[Chord]]]] = [(None, [])]
    bar: list[Chord] = []
    bars = 0

    def close() -> None:
        nonlocal bar, bars
        if bar:
            stanzas[-1][1].append(bar)
            bars += 1
            bar = []

    for token in _TOKEN.finditer(_spelled_out(chart)):
        if bars > _MOST_BARS:
            raise InputError(
                f"The song has more than {_MOST_BARS:,} bars; at most that are accepted."
            )
        if token["time"]:
            time = _time(token["time"], time)
        elif token["mark"]:
            close()
            stanzas.append((_OF_MARK.get(token["mark"]), []))
        elif token["bar"]:
            close()
        elif token["none"]:
            bar.append(NO_CHORD)
        elif token["again"] or token["twice"]:
            before = [b for _, found in stanzas for b in found][-2 if token["twice"] else -1 :]
            for again in before:
                stanzas[-1][1].append(list(again))
                bars += 1
        elif token["chord"] and not token["chord"].startswith("W"):
            try:
                bar.append(Chord.parse(token["chord"]))
            except InputError:
                continue
    close()
    return time, list(_played(stanzas))


def _played(stanzas: list[tuple[str | None, list[list[Chord]]]]) -> Iterator[Line]:
    for number, (section, bars) in enumerate(stanzas):
        for start in range(0, len(bars), 4):
            chords = [chord for bar in bars[start : start + 4] for chord in bar]
            placed = tuple(PlacedChord(0, chord) for chord in chords)
            yield Line((), placed, section, number)


def _time(digits: str, before: str) -> str:
    """A time signature of two digits: ``44``, ``68``, and ``12`` for 12/8."""
    text = "12/8" if digits == "12" else f"{digits[0]}/{digits[1]}"
    try:
        Metre.parse(text)
    except InputError:
        return before
    return text


def _spelled_out(chart: str) -> str:
    """The chart without the app's abbreviations and spacing."""
    for short, long in _SHORT:
        chart = chart.replace(short, long)
    return chart


def _scrambled(chart: str) -> str:
    """Swap characters in whole blocks, as the app does; the same again undoes it."""
    blocks = [chart[i : i + _BLOCK] for i in range(0, len(chart), _BLOCK)]
    return "".join(
        _swapped(block) if len(block) == _BLOCK and _has_more(chart, index) else block
        for index, block in enumerate(blocks)
    )


_unscrambled = _scrambled


def _has_more(chart: str, index: int) -> bool:
    """Whether more than one character follows a block: the last one is not scrambled."""
    return len(chart) - (index + 1) * _BLOCK >= 2


def _swapped(block: str) -> str:
    letters = list(block)
    for place in (*range(5), *range(10, 24)):
        other = _BLOCK - 1 - place
        letters[place], letters[other] = letters[other], letters[place]
    return "".join(letters)
