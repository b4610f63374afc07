"""What a bar holds as MusicXML: slashes with syllables, the piano's notes, rests and chord symbols.

The order of the children of ``note`` is that of the MusicXML 4.0 schema. An accidental is written
where the key signature and the bar so far do not say it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from engine.arrangement.voicing import PLAIN_NAMES, spelled
from engine.music.pitch import pitch_class
from engine.notation.elements import child, xml_text
from engine.notation.harmony import harmony

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.metre import Metre
    from engine.notation.staves import PianoPiece, Piece

DIVISIONS = 8  # of a quarter note
_TYPES = ("16th", "eighth", "quarter", "half", "whole", "breve")  # each twice as long
_ACCIDENTALS = {
    -2: "flat-flat",
    -1: "flat",
    0: "natural",
    1: "sharp",
    2: "double-sharp",
}

Placed = tuple[str, int, bool]  # a note's name, its octave, and whether its accidental is printed
Beams = Sequence[tuple[str, ...]]  # for each piece what its beams do, the longest first


def chord_symbol(measure: Element, chord: Chord) -> None:
    """Write a chord symbol; its degrees are not printed beside its text, which shows them."""
    written = harmony(chord)
    symbol = child(measure, "harmony")
    if chord.is_no_chord:
        # An empty function in place of a root, which some readers would print before N.C.
        child(symbol, "function")
    else:
        _named(child(symbol, "root"), "root", _plain(chord.root))
    text = {"text": written.text} if written.text else {}
    child(symbol, "kind", written.kind, **text)
    if chord.bass != "1" and not chord.is_no_chord:
        _named(child(symbol, "bass"), "bass", _plain(chord.bass_note))
    for change in written.degrees:
        degree = child(symbol, "degree", print_object="no")
        child(degree, "degree-value", change.number)
        child(degree, "degree-alter", change.alteration)
        child(degree, "degree-type", change.action)


def _named(place: Element, what: str, name: str) -> None:
    child(place, f"{what}-step", name[0])
    if len(name) > 1:
        child(place, f"{what}-alter", _alteration(name))


def _plain(note: str | None) -> str:
    """A note name with at most two accidentals; beyond them, its plain neighbour."""
    name = note or "C"
    return PLAIN_NAMES[pitch_class(name)] if len(name) > 3 else name


def _alteration(name: str) -> int:
    return name.count("#") - name[1:].count("b")


def slash(measure: Element, piece: Piece, middle: str, length: float, beams: Sequence[str]) -> None:
    """Write a slash on the middle line, with the syllables that are sung from it on."""
    note = child(measure, "note")
    _pitch(note, middle, 4)
    _duration(note, length, piece.tied)
    child(note, "stem", "none" if piece.slash else "down")
    child(note, "notehead", "slash")
    _ornaments(note, piece.tied, beams)
    for syllable in piece.syllables:
        name = f"{syllable.verse}." if syllable.numbered else str(syllable.verse)
        lyric = child(note, "lyric", name=name, number=str(syllable.verse))
        child(lyric, "syllabic", syllable.place)
        child(lyric, "text", xml_text(syllable.text))


def rest(
    measure: Element, length: float, *, whole: bool, voice: str = "", staff: str = ""
) -> Element:
    """Write a rest; `whole` tells that nothing else is in the bar."""
    note = child(measure, "note")
    child(note, "rest", **({"measure": "yes"} if whole else {}))
    _duration(note, length, (False, False), voice, typed=not whole)
    if staff:
        child(note, "staff", staff)
    return note


def struck(
    measure: Element,
    notes: Sequence[Placed],
    length: float,
    tied: tuple[bool, bool],
    beams: Sequence[str],
    staff: str,
) -> None:
    """Write notes that are struck together, the lowest first; a hand's voice is its staff."""
    for number, (name, octave, is_printed) in enumerate(notes):
        note = child(measure, "note")
        if number:
            child(note, "chord")
        _pitch(note, name, octave)
        _duration(note, length, tied, staff)
        if is_printed:
            child(note, "accidental", _ACCIDENTALS[_alteration(name)])
        child(note, "staff", staff)
        _ornaments(note, tied, () if number else beams)


def spelled_notes(piece: PianoPiece, sounding: dict[str, int]) -> list[Placed]:
    """The notes of a piece upwards; `sounding` holds the bar's accidentals so far.

    An accidental holds for its own octave until the bar line; the signature for all octaves.
    """
    if piece.chord is None:
        return []
    found: list[Placed] = []
    for name, octave in (spelled(midi, piece.chord) for midi in piece.pitches):
        place, alteration = f"{name[0]}{octave}", _alteration(name)
        expected = sounding.get(place, sounding.get(name[0], 0))
        found.append((name, octave, expected != alteration and not piece.tied[0]))
        sounding[place] = alteration
    return sorted(found, key=lambda note: (note[1], "CDEFGAB".index(note[0][0])))


def signature(fifths: int) -> dict[str, int]:
    """Return the alteration a key signature gives to each letter."""
    sharps = "FCGDAEB"
    if fifths >= 0:
        return dict.fromkeys(sharps[:fifths], 1)
    return dict.fromkeys(sharps[::-1][:-fifths], -1)


def beams_of(pieces: Sequence[Piece | PianoPiece], metre: Metre) -> Beams:
    """What joins the flags of notes within a beat; nothing where a note stands alone."""
    found: list[tuple[str, ...]] = [()] * len(pieces)
    groups: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        if piece.note and _length(piece, metre) < 1:
            groups.setdefault(metre.beat_end(piece.start), []).append(number)
    for group in groups.values():
        adjacent = all(pieces[a].end == pieces[b].start for a, b in pairwise(group))
        kinds = {_value(_length(pieces[number], metre))[0] for number in group}
        if len(group) < 2 or not adjacent or len(kinds) > 1:
            continue
        flags = 2 if kinds == {"16th"} else 1
        for index, number in enumerate(group):
            last = index == len(group) - 1
            found[number] = ("begin" if not index else "end" if last else "continue",) * flags
    return found


def _length(piece: Piece | PianoPiece, metre: Metre) -> float:
    return (piece.end - piece.start) * metre.slot_length


def _value(length: float) -> tuple[str, int]:
    """The type and the dots of a length in quarter notes."""
    for number, kind in enumerate(_TYPES):
        plain = 2.0 ** (number - 2)
        if length in {plain, plain * 1.5}:
            return kind, int(length != plain)
    raise AssertionError(f"{length} quarter notes are no one note value")


def _pitch(note: Element, name: str, octave: int) -> None:
    pitch = child(note, "pitch")
    child(pitch, "step", name[0])
    if alteration := _alteration(name):
        child(pitch, "alter", alteration)
    child(pitch, "octave", octave)


def _duration(
    note: Element, length: float, tied: tuple[bool, bool], voice: str = "", *, typed: bool = True
) -> None:
    child(note, "duration", round(length * DIVISIONS))
    for is_tied, kind in zip(tied, ("stop", "start"), strict=True):
        if is_tied:
            child(note, "tie", type=kind)
    if voice:
        child(note, "voice", voice)
    if not typed:
        return
    kind, dots = _value(length)
    child(note, "type", kind)
    for _ in range(dots):
        child(note, "dot")


def _ornaments(note: Element, tied: tuple[bool, bool], beams: Sequence[str]) -> None:
    for number, kind in enumerate(beams, 1):
        child(note, "beam", kind, number=str(number))
    if any(tied):
        notations = child(note, "notations")
        for is_tied, kind in zip(tied, ("stop", "start"), strict=True):
            if is_tied:
                child(notations, "tied", type=kind)
