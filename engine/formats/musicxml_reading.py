"""MusicXML in: the words, chord symbols and sections of a score as a lead sheet.

Read are title, creator, key, metre, tempo, the words of the part with the most of them, the chord
symbols of all parts, rehearsal marks as sections, and system breaks and ``end-line`` as ends of
lines. The song is as it is played: repeats, endings, D.C., D.S. and coda are written out
(`engine.formats.playing_order`), each pass with its verse; verses that no pass is for follow as
stanzas of words alone. Notes are not kept: a lead sheet here holds no melody.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.formats.playing_order import playing_order
from engine.formats.safe_xml import parsed_xml
from engine.formats.timed import Sung, Timed
from engine.music.chord import NO_CHORD, Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import TEMPO_RANGE, LeadSheet, Line
from engine.music.metre import Metre
from engine.music.pitch import degree_of_step, note_name, position
from engine.notation.harmony import KINDS, Degree, Harmony, chord_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_MOST_NOTES = 100_000


def lead_sheet(data: bytes) -> LeadSheet:
    """Read a score; `InputError` if it is no MusicXML, or holds neither words nor chords."""
    root = parsed_xml(data, "MusicXML")
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    if root.tag != "score-partwise":
        raise InputError(
            f"The file is XML of another kind ({root.tag[:40]}); MusicXML by parts "
            "(score-partwise) is accepted."
        )
    elements = root.findall("part")
    orders = [playing_order(part.findall("measure")) for part in elements]
    order = max(orders, key=len, default=[])
    parts = [_Part(part, order) for part in elements]
    sung = max(parts, key=lambda part: len(part.words), default=None)
    if sung is None:
        raise InputError("The score has no parts; one with words or chord symbols is accepted.")
    chords = max((part.chords for part in parts), key=len)
    timed = Timed(sung.words, chords, sung.sections, sung.starts)
    lines = [*timed.lines(), *_further_verses(sung)]
    if not lines:
        raise InputError("The score has no words and no chord symbols; one with them is accepted.")
    estimate = estimated_key([chord for _, chord in chords])
    key = sung.key or estimate
    if not sung.names_mode and estimate == key.relative:
        key = estimate
    work = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    return LeadSheet(
        title="" if work == "Untitled" else work,
        key=key,
        lines=tuple(lines),
        time_signature=sung.time,
        tempo=sung.tempo,
        artist=root.findtext("identification/creator"),
    )


def _further_verses(part: _Part) -> Iterator[Line]:
    """The words of verses below the same notes that no pass is for."""
    for count, number in enumerate(sorted(part.left_out), 1):
        words = _Part(part.element, [], number).words
        for line in Timed(words, [], [], part.starts).lines():
            yield Line(line.words, (), "verse", 10_000 * count + line.stanza)


@dataclass
class _Part:
    """One part of a score, its elements in time.

    `order` are its bars as they are played, all of them once if there are none. The words are those
    of the verse that a pass is for, or of one `verse` alone.
    """

    element: Element
    order: list[int]
    verse: str = ""
    key: Key | None = None
    names_mode: bool = False
    time: str = "4/4"
    tempo: int = 100
    chords: list[tuple[float, Chord]] = field(default_factory=list[tuple[float, Chord]])
    sections: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    starts: list[float] = field(default_factory=list[float])
    words: list[Sung] = field(default_factory=list[Sung])
    left_out: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self._divisions = 1.0
        self._open = False  # whether a word goes on in the next syllable
        self._held: Sung | None = None
        self._has_key = self._has_time = self._has_tempo = False
        bar = 0.0
        notes = 0
        measures = self.element.findall("measure")
        passes: Counter[int] = Counter()
        sung: set[str] = set()
        for number in self.order or range(len(measures)):
            if number >= len(measures):  # of a part that is shorter than others
                break
            measure = measures[number]
            passes[number] += 1
            verses = sorted({_verse(lyric) for lyric in measure.iter("lyric")}, key=_by_number)
            self._pass = self.verse or (
                verses[min(passes[number], len(verses)) - 1] if verses else ""
            )
            sung.add(self._pass)
            self.left_out |= set(verses)
            notes += len(measure)
            if notes > _MOST_NOTES:
                raise InputError(
                    f"The score has more than {_MOST_NOTES:,} notes and marks in a part; at most "
                    "that many are accepted."
                )
            bar = self._read(measure, bar)
        self.left_out -= sung

    def _read(self, measure: Element, bar: float) -> float:
        """Read a measure that begins at a time; where it ends."""
        at = end = onset = bar
        for element in measure:
            if element.tag == "attributes":
                self._attributes(element)
            elif element.tag == "print" and element.get("new-system") == "yes":
                self.starts.append(bar)
            elif element.tag in {"backup", "forward"}:
                at += self._length(element) * (1 if element.tag == "forward" else -1)
            elif element.tag == "direction":
                self._direction(element, at)
            elif element.tag == "sound":
                self._sound(element)
            elif element.tag == "harmony":
                offset = _number(element.findtext("offset")) / self._divisions
                if (chord := _chord(element)) is not None:
                    self.chords.append((max(bar, at + offset), chord))
            elif element.tag == "note" and element.find("grace") is None:
                length = self._length(element)
                if element.find("chord") is None:
                    onset, at = at, at + length
                self._note(element, onset, length)
            end = max(end, at)
        return end

    def _length(self, element: Element) -> float:
        return max(0.0, _number(element.findtext("duration")) / self._divisions)

    def _attributes(self, element: Element) -> None:
        self._divisions = (
            max(1.0, _number(element.findtext("divisions")))
            if (element.find("divisions") is not None)
            else self._divisions
        )
        fifths = element.findtext("key/fifths")
        if fifths is not None and not self._has_key:
            self._has_key = True
            mode = "minor" if element.findtext("key/mode") == "minor" else "major"
            self.names_mode = element.find("key/mode") is not None
            place = round(_number(fifths)) + 3 * (mode == "minor")
            if -7 <= _number(fifths) <= 7:
                self.key = Key(note_name(place), mode)
        beats, unit = element.findtext("time/beats"), element.findtext("time/beat-type")
        if beats and unit and not self._has_time:
            self._has_time = True
            try:
                Metre.parse(f"{beats.strip()}/{unit.strip()}")
            except InputError:
                return
            self.time = f"{beats.strip()}/{unit.strip()}"

    def _direction(self, element: Element, at: float) -> None:
        for mark in element.iter("rehearsal"):
            if mark.text and mark.text.strip():
                self.sections.append((at, mark.text))
        for sound in element.iter("sound"):
            self._sound(sound)

    def _sound(self, element: Element) -> None:
        quarters = _number(element.get("tempo"))
        if quarters and not self._has_tempo:
            self._has_tempo = True
            tempo = round(quarters / Metre.parse(self.time).pulse)
            self.tempo = min(max(tempo, TEMPO_RANGE[0]), TEMPO_RANGE[1])

    def _note(self, note: Element, onset: float, length: float) -> None:
        is_rest = note.find("rest") is not None
        lyrics = note.findall("lyric")
        if not lyrics and not is_rest:  # a word is held, on a tie or on further notes
            word = self._held
            if word and abs(word.end - onset) < 1e-6 and (_is_tied(note) or not _is_slash(note)):
                word.end = onset + length
        for lyric in lyrics:
            if _verse(lyric) == self._pass:
                self._lyric(lyric, onset, onset + length)

    def _lyric(self, lyric: Element, start: float, end: float) -> None:
        text = "".join(
            " " if part.tag == "elision" else part.text or ""
            for part in lyric
            if part.tag in {"text", "elision"}
        )
        pieces = text.split()
        for index, piece in enumerate(pieces):
            if index == 0 and self._open and self.words:
                word = self.words[-1]
                word.text, word.end = word.text + piece, end
            else:
                word = Sung(start, end, piece)
                self.words.append(word)
            self._held = word
        if pieces:
            self._open = lyric.findtext("syllabic") in {"begin", "middle"}
            word = self.words[-1]
            word.ends_stanza = lyric.find("end-paragraph") is not None
            word.ends_line = word.ends_stanza or lyric.find("end-line") is not None


def _verse(lyric: Element) -> str:
    return lyric.get("number") or "1"


def _by_number(verse: str) -> tuple[int, str]:
    return (int(verse) if verse.isdecimal() and len(verse) < 9 else 0, verse)


def _is_tied(note: Element) -> bool:
    return any(tie.get("type") == "stop" for tie in note.findall("tie"))


def _is_slash(note: Element) -> bool:
    return note.findtext("notehead") == "slash"


def _chord(element: Element) -> Chord | None:
    """The chord of a harmony; None for one on a function or a kind that nobody can name."""
    kind = element.find("kind")
    name = (kind.text or "").strip() if kind is not None else ""
    if name == "none":
        return NO_CHORD
    root = _note(element.find("root"), "root")
    if root is None:
        return None
    bass = _note(element.find("bass"), "bass") or root
    degree = degree_of_step(position(bass) - position(root))
    printed = (kind.get("text") if kind is not None else "") or ""
    degrees = tuple(
        Degree(
            item.findtext("degree-type") or "add",
            round(_number(item.findtext("degree-value"))),
            round(_number(item.findtext("degree-alter"))),
        )
        for item in element.findall("degree")
    )
    try:
        return chord_of(root, Harmony(name if name in KINDS else "major", printed, degrees), degree)
    except InputError:
        return chord_of(root, Harmony("major", printed), degree)


def _note(element: Element | None, what: str) -> str | None:
    if element is None:
        return None
    step = (element.findtext(f"{what}-step") or "").strip()
    alter = round(_number(element.findtext(f"{what}-alter")))
    if not re.fullmatch("[A-G]", step) or abs(alter) > 2:
        return None
    return step + ("#" * alter if alter > 0 else "b" * -alter)


def _number(text: str | None) -> float:
    """A number of a file; 0 for anything else."""
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if abs(number) < 1e9 else 0.0
