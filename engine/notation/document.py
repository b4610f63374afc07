"""A lead sheet as MusicXML elements: what files are written from and what verovio draws.

Conventions of the page
-----------------------
- Words stand under rhythm slashes with stems, one note a syllable, on the middle line: the rhythm
  is a proposal (`engine.arrangement.rhythm`), the pitch is none. Slashes without stems mean "play
  on the beat". The words part is silent (volume 0).
- Chord symbols are real harmony objects (`engine.notation.harmony`), above the slash staff only.
- Words that are held over further notes have an extender line.
- Every lyric line begins a system. Sections are rehearsal marks; a double bar line ends one.
- The piano plays what is heard (`engine.arrangement.accompaniment`): chords right, bass left.
- The metronome counts the beat one taps: a dotted quarter in 6/8, a half note in 2/2.
- Staves are 6 mm high, so that a page holds a song.

Nothing is left to chance or to the day: equal lead sheets give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from engine.notation.elements import child, xml_text
from engine.notation.notes import (
    DIVISIONS,
    beams_of,
    chord_symbol,
    rest,
    signature,
    slash,
    spelled_notes,
    struck,
)

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet
    from engine.notation.staves import PianoPiece, Piece, Signs, Staff

WORDS_ID, PIANO_ID = "words", "piano"
_STAFF_HEIGHT = 6  # millimetres
_FAR = 64  # pieces that are looked at for the end of a held word
_PULSES = {0.5: ("eighth", 0), 0.75: ("eighth", 1), 1.5: ("quarter", 1), 2.0: ("half", 0)}
_INSTRUMENTS = {WORDS_ID: ("Words", "Voice", 54, 1), PIANO_ID: ("Piano", "Piano", 1, 2)}


def document(
    sheet: LeadSheet, staff: Staff, *, piano: bool = True, system_bars: Sequence[int] | None = None
) -> Element:
    """The root element, ``score-partwise``.

    Parameters
    ----------
    sheet
        What to write.
    staff
        What the bars hold.
    piano
        Whether to add the piano part.
    system_bars
        The bars (0-based) that begin a system; without it every lyric line begins one.
    """
    root = Element("score-partwise", {"version": "4.0"})
    _head(root, sheet)
    names = child(root, "part-list")
    for name in (WORDS_ID, PIANO_ID)[: 1 + piano]:
        _instrument(names, name)
    systems = staff.layout.systems if system_bars is None else system_bars
    _words_part(root, sheet, staff, frozenset(systems))
    if piano:
        _piano_part(root, sheet, staff)
    return root


def _head(root: Element, sheet: LeadSheet) -> None:
    """Write title, creator and encoding, without a date."""
    child(child(root, "work"), "work-title", xml_text(sheet.title) or "Untitled")
    identification = child(root, "identification")
    if sheet.artist:
        child(identification, "creator", xml_text(sheet.artist), type="composer")
    encoding = child(identification, "encoding")
    child(encoding, "software", "Lyric Lab")
    for element in ("accidental", "beam", "stem"):
        child(encoding, "supports", element=element, type="yes")
    breaks = {"element": "print", "type": "yes", "attribute": "new-system", "value": "yes"}
    child(encoding, "supports", **breaks)
    scaling = child(child(root, "defaults"), "scaling")
    child(scaling, "millimeters", _STAFF_HEIGHT)
    child(scaling, "tenths", 40)


def _instrument(names: Element, identity: str) -> None:
    name, instrument, program, channel = _INSTRUMENTS[identity]
    part = child(names, "score-part", id=identity)
    if identity == WORDS_ID:
        child(part, "part-name", name, print_object="no")
    else:
        child(part, "part-name", name)
        child(part, "part-abbreviation", "Pno.")
    child(child(part, "score-instrument", id=f"{identity}-1"), "instrument-name", instrument)
    midi = child(part, "midi-instrument", id=f"{identity}-1")
    child(midi, "midi-channel", channel)
    child(midi, "midi-program", program)
    if identity == WORDS_ID:  # its slashes have a rhythm but no pitch
        child(midi, "volume", 0)


def _words_part(root: Element, sheet: LeadSheet, staff: Staff, systems: frozenset[int]) -> None:
    part = child(root, "part", id=WORDS_ID)
    slots = staff.metre.slots
    titles = {mark.bar * slots: mark.title for mark in staff.layout.marks}
    chords = {struck.start: struck.chord for struck in staff.layout.chords}
    held = _held(staff)
    middle = "Bb" if sheet.key.fifths < 0 else "B#" if sheet.key.fifths == 7 else "B"
    first = staff.bars[0][0]
    for start, end in staff.bars:
        measure = _measure(part, staff, start)
        if start > max(first, 0) and start // slots in systems:
            child(measure, "print", new_system="yes")
        if start == first:
            _attributes(measure, sheet, ("G",))
        signs = staff.signs.get(start)
        _left_bar_line(measure, signs)
        if start in titles:
            _rehearsal(measure, titles[start])
        if start == first:
            _tempo(measure, sheet, staff)
        pieces = staff.words[start]
        for piece, beams in zip(pieces, beams_of(pieces, staff.metre), strict=True):
            if piece.start in chords:
                chord_symbol(measure, chords[piece.start])
            length = (piece.end - piece.start) * staff.metre.slot_length
            if piece.note or piece.slash:
                slash(measure, piece, middle, length, beams)
            else:
                rest(measure, length, whole=(piece.start, piece.end) == (start, end))
            _extend(measure, piece, held)
        _right_bar_line(measure, signs, _style(staff, end))


def _piano_part(root: Element, sheet: LeadSheet, staff: Staff) -> None:
    part = child(root, "part", id=PIANO_ID)
    accidentals = signature(sheet.key.fifths)
    for start, end in staff.bars:
        measure = _measure(part, staff, start)
        if start == staff.bars[0][0]:
            _attributes(measure, sheet, ("G", "F"))
        signs = staff.signs.get(start)
        _left_bar_line(measure, signs)
        _hand(measure, staff, (start, end), staff.right_hand[start], "1", dict(accidentals))
        length = (end - start) * staff.metre.slot_length
        child(child(measure, "backup"), "duration", round(length * DIVISIONS))
        _hand(measure, staff, (start, end), staff.left_hand[start], "2", dict(accidentals))
        _right_bar_line(measure, signs, _style(staff, end))


def _hand(
    measure: Element,
    staff: Staff,
    bar: tuple[int, int],
    pieces: Sequence[PianoPiece],
    hand: str,
    sounding: dict[str, int],
) -> None:
    for piece, beams in zip(pieces, beams_of(pieces, staff.metre), strict=True):
        length = (piece.end - piece.start) * staff.metre.slot_length
        if piece.note:
            struck(measure, spelled_notes(piece, sounding), length, piece.tied, beams, hand)
        else:
            whole = (piece.start, piece.end) == bar
            rest(measure, length, whole=whole, voice=hand, staff=hand)


def _measure(part: Element, staff: Staff, start: int) -> Element:
    number = start // staff.metre.slots + 1
    return child(part, "measure", number=str(number), implicit="no" if number else "yes")


def _attributes(measure: Element, sheet: LeadSheet, clefs: Sequence[str]) -> None:
    attributes = child(measure, "attributes")
    child(attributes, "divisions", DIVISIONS)
    key = child(attributes, "key")
    child(key, "fifths", sheet.key.fifths)
    child(key, "mode", sheet.key.mode)
    time = child(attributes, "time")
    beats, _, unit = sheet.time_signature.partition("/")
    child(time, "beats", beats)
    child(time, "beat-type", unit)
    if len(clefs) > 1:
        child(attributes, "staves", len(clefs))
    for number, sign in enumerate(clefs, 1):
        clef = child(attributes, "clef", **({"number": str(number)} if len(clefs) > 1 else {}))
        child(clef, "sign", sign)
        child(clef, "line", {"G": 2, "F": 4}[sign])


def _rehearsal(measure: Element, title: str) -> None:
    kind = child(child(measure, "direction", placement="above"), "direction-type")
    child(kind, "rehearsal", title, valign="middle", halign="center")


def _tempo(measure: Element, sheet: LeadSheet, staff: Staff) -> None:
    """Write the style and the metronome as one direction."""
    direction = child(measure, "direction", placement="above")
    if sheet.genre:
        style = xml_text(sheet.genre[:1].upper() + sheet.genre[1:])
        child(child(direction, "direction-type"), "words", f"{style} ", font_weight="bold")
    unit, dots = _PULSES.get(staff.metre.pulse, ("quarter", 0))
    metronome = child(child(direction, "direction-type"), "metronome", parentheses="no")
    child(metronome, "beat-unit", unit)
    for _ in range(dots):
        child(metronome, "beat-unit-dot")
    child(metronome, "per-minute", sheet.tempo)
    child(direction, "sound", tempo=f"{sheet.tempo * staff.metre.pulse:g}")


def _style(staff: Staff, end: int) -> str:
    """How the bar line at a slot looks: final, double behind a section, or plain."""
    if end == staff.bars[-1][1]:
        return "light-heavy"
    marks = {mark.bar * staff.metre.slots for mark in staff.layout.marks}
    return "light-light" if end in marks and end > 0 else ""


def _left_bar_line(measure: Element, signs: Signs | None) -> None:
    """Write where a repeat or an ending begins."""
    if signs is None or not (signs.begins or signs.opens):
        return
    line = child(measure, "barline", location="left")
    if signs.opens:
        child(line, "ending", number=_passes(signs), type="start")
    if signs.begins:
        child(line, "repeat", direction="forward")


def _right_bar_line(measure: Element, signs: Signs | None, style: str) -> None:
    """Write how a bar ends: plainly, with a section, an ending, or a repeat."""
    times = signs.times if signs else 0
    closes = bool(signs and signs.closes)
    if not (style or times or closes):
        return
    line = child(measure, "barline", location="right")
    if style and not times:
        child(line, "bar-style", style)
    if signs and closes:
        child(line, "ending", number=_passes(signs), type="stop")
    if times:
        child(line, "repeat", direction="backward", times=str(times))


def _passes(signs: Signs) -> str:
    return ",".join(map(str, signs.ending))


def _held(staff: Staff) -> set[tuple[int, int]]:
    """The onsets and verses of words that have an extender line.

    Readers draw it up to the last note before the next syllable of its verse, so words before
    slashes have none, nor has the last word of a verse that the next section does not have.
    """
    pieces = [piece for start, _ in staff.bars for piece in staff.words[start]]
    sections = [mark.bar * staff.metre.slots for mark in staff.layout.marks]
    return {
        (piece.start, syllable.verse)
        for at, piece in enumerate(pieces)
        for syllable in piece.syllables
        if syllable.extended
        and _ends_in_time(
            pieces[at + 1 : at + 1 + _FAR],
            syllable.verse,
            next((start for start in sections if start > piece.start), inf),
        )
    }


def _ends_in_time(following: Sequence[Piece], verse: int, section: float) -> bool:
    """Whether a verse goes on before slashes come, or words of the next section without it."""
    for piece in following:
        if any(syllable.verse == verse for syllable in piece.syllables):
            return not piece.slash
        if piece.slash or (piece.syllables and piece.start >= section):
            return False
    return len(following) < _FAR


def _extend(measure: Element, piece: Piece, held: set[tuple[int, int]]) -> None:
    for syllable, lyric in zip(piece.syllables, measure[-1].findall("lyric"), strict=True):
        if (piece.start, syllable.verse) in held:
            child(lyric, "extend")
