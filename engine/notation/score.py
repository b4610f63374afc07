"""A lead sheet as a music21 score.

Conventions of the page
-----------------------
- Words stand under rhythm slashes with stems, one note a syllable, on the middle line: the rhythm
  is a proposal (`engine.arrangement.rhythm`), the pitch is none. Slashes without stems mean "play
  on the beat".
- Chord symbols are real harmony objects (`engine.notation.harmony`), above the slash staff only.
- Every lyric line begins a system. Sections are rehearsal marks; a double bar line ends one.
- The piano plays what is heard (`engine.arrangement.accompaniment`): chords right, bass left.
- The metronome counts the beat one taps: a dotted quarter in 6/8, a half note in 2/2.

music21 is imported by the functions that need it; importing this module is cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

from engine.arrangement.rhythm import layout
from engine.arrangement.styles import style
from engine.arrangement.voicing import PLAIN_NAMES, spelled
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import Metre
from engine.music.pitch import pitch_class
from engine.notation.harmony import harmony
from engine.notation.staves import PianoPiece, Piece, Staff

WORDS_ID, RIGHT_ID, LEFT_ID = "words", "piano-right", "piano-left"


def score(
    sheet: LeadSheet,
    *,
    piano: bool = True,
    staff: Staff | None = None,
    system_bars: Sequence[int] | None = None,
) -> Any:
    """Return the music21 `Score` of a lead sheet, ready to export without further notation.

    Parameters
    ----------
    sheet
        What to write.
    piano
        Whether to add the piano part.
    staff
        What the bars hold, where it is known already.
    system_bars
        The bars (0-based) that begin a system; without it every lyric line begins one.
    """
    from music21 import layout as m21_layout
    from music21 import metadata, stream

    staff = staff or Staff(layout(sheet), style(sheet.genre))
    whole: Any = stream.Score(id="score")
    whole.metadata = metadata.Metadata(title=sheet.title or "Untitled")
    if sheet.artist:
        whole.metadata.composer = sheet.artist
    systems = staff.layout.systems if system_bars is None else system_bars
    whole.insert(0, _words_part(sheet, staff, frozenset(systems)))
    if piano:
        hands = [_piano_part(sheet, staff, hand) for hand in (RIGHT_ID, LEFT_ID)]
        for hand in hands:
            whole.insert(0, hand)
        whole.insert(
            0, m21_layout.StaffGroup(hands, name="Piano", abbreviation="Pno.", symbol="brace")
        )
    return whole


def _words_part(sheet: LeadSheet, staff: Staff, systems: frozenset[int]) -> Any:
    from music21 import bar, expressions, instrument, note, stream
    from music21 import layout as m21_layout

    part: Any = stream.Part(id=WORDS_ID)
    part.partName, part.partAbbreviation = "Words", ""
    voice: Any = instrument.Vocalist()
    voice.partId, voice.instrumentId, voice.midiProgram = WORDS_ID, f"{WORDS_ID}-1", 53
    part.insert(0, voice)
    slots = staff.metre.slots
    sections = {mark.bar * slots: mark.title for mark in staff.layout.marks}
    chords = {struck.start: struck.chord for struck in staff.layout.chords}
    symbols = {chord: chord_symbol(chord) for chord in set(chords.values())}  # copying is quicker
    middle = _middle_line(sheet)
    for start, end in staff.bars:
        measure: Any = _measure(sheet, staff, start, end, treble=True)
        if start == staff.bars[0][0]:
            measure.insert(0, _tempo(sheet, staff.metre))
        elif start > 0 and start // slots in systems:
            measure.insert(0, m21_layout.SystemLayout(isNew=True))
        if start in sections:
            measure.insert(0, expressions.RehearsalMark(sections[start]))
        pieces = staff.words[start]
        written: list[Any] = []
        for piece in pieces:
            offset = (piece.start - start) * staff.metre.slot_length
            length = (piece.end - piece.start) * staff.metre.slot_length
            if piece.start in chords:
                measure.insert(offset, deepcopy(symbols[chords[piece.start]]))
            if piece.note or piece.slash:
                written.append(_slash_note(piece, middle, length))
            else:
                written.append(note.Rest(quarterLength=length))
                written[-1].fullMeasure = piece.start == start and piece.end == end
            measure.insert(offset, written[-1])
        _beam(pieces, written, staff.metre)
        if end in sections and 0 < end < staff.bars[-1][1]:
            measure.rightBarline = bar.Barline("double")
        part.append(measure)
    _end(part, staff)
    _bracket(part, staff)
    return part


def _end(part: Any, staff: Staff) -> None:
    """Set the final bar line, and the signs of repeats."""
    from music21 import bar

    measures = list(part.getElementsByClass("Measure"))
    measures[-1].rightBarline = bar.Barline("final")
    for (start, _), measure in zip(staff.bars, measures, strict=True):
        signs = staff.signs.get(start)
        if signs and signs.begins:
            measure.leftBarline = bar.Repeat(direction="start")
        if signs and signs.times:
            measure.rightBarline = bar.Repeat(direction="end", times=signs.times)


def _bracket(part: Any, staff: Staff) -> None:
    """Set the brackets of endings."""
    from music21 import spanner

    bracket: Any = None
    for (start, _), measure in zip(staff.bars, part.getElementsByClass("Measure"), strict=True):
        signs = staff.signs.get(start)
        if signs is None or not signs.ending:
            continue
        if signs.opens:
            bracket = spanner.RepeatBracket(number=", ".join(map(str, signs.ending)))
            part.insert(0, bracket)
        bracket.addSpannedElements(measure)


def _measure(sheet: LeadSheet, staff: Staff, start: int, end: int, *, treble: bool) -> Any:
    """Return an empty measure; the first has clef, key and metre."""
    from music21 import clef, key, meter, stream

    pickup = staff.layout.pickup > 0
    measure: Any = stream.Measure(number=start // staff.metre.slots + 1)
    if end == 0 and pickup:
        measure.number = 0
        measure.paddingLeft = (staff.metre.slots + start) * staff.metre.slot_length
        measure.showNumber = stream.enums.ShowNumber.NEVER
    if start == staff.bars[0][0]:
        measure.clef = clef.TrebleClef() if treble else clef.BassClef()
        measure.keySignature = key.KeySignature(sheet.key.fifths)
        measure.timeSignature = meter.TimeSignature(sheet.time_signature)
    return measure


def _tempo(sheet: LeadSheet, metre: Metre) -> Any:
    from music21 import tempo

    mark: Any = tempo.MetronomeMark(number=sheet.tempo, referent=metre.pulse)
    if sheet.genre:
        mark.text = xml_text(sheet.genre[:1].upper() + sheet.genre[1:])
    return mark


def _middle_line(sheet: LeadSheet) -> str:
    """Return the pitch of the middle line that needs no accidental in the key."""
    fifths = sheet.key.fifths
    return "B-4" if fifths < 0 else "B#4" if fifths == 7 else "B4"


def _slash_note(piece: Piece, pitch: str, length: float) -> Any:
    from music21 import note

    written: Any = note.Note(pitch, quarterLength=length)
    written.notehead = "slash"
    if written.pitch.accidental is not None:
        written.pitch.accidental.displayStatus = False
    written.stemDirection = "noStem" if piece.slash else "down"
    for syllable in piece.syllables:
        lyric: Any = note.Lyric(text=xml_text(syllable.text), number=syllable.verse, applyRaw=True)
        lyric.syllabic = syllable.place
        written.lyrics.append(lyric)
    _tie(written, piece.tied)
    return written


def _tie(written: Any, tied: tuple[bool, bool]) -> None:
    from music21 import tie

    kind = {(False, True): "start", (True, True): "continue", (True, False): "stop"}.get(tied)
    if kind:
        written.tie = tie.Tie(kind)


def _beam(pieces: Sequence[Piece | PianoPiece], written: Sequence[Any], metre: Metre) -> None:
    """Join the flags of notes within a beat."""
    groups: dict[int, list[Any]] = {}
    for piece, element in zip(pieces, written, strict=True):
        if piece.note and element.duration.quarterLength < 1:
            groups.setdefault(metre.beat_end(piece.start), []).append((piece, element))
    for group in groups.values():
        adjacent = all(a[0].end == b[0].start for a, b in pairwise(group))
        kinds = {element.duration.type for _, element in group}
        if len(group) < 2 or not adjacent or len(kinds) > 1:
            continue
        for index, (_, element) in enumerate(group):
            element.beams.fill(element.duration.type)
            last = index == len(group) - 1
            element.beams.setAll("start" if index == 0 else "stop" if last else "continue")


def chord_symbol(chord: Chord) -> Any:
    """Return the music21 `ChordSymbol` of a chord, or `NoChord`."""
    from music21 import harmony as m21_harmony

    if chord.is_no_chord:
        return m21_harmony.NoChord()
    written = harmony(chord)
    bass = None if chord.bass == "1" else _music21_name(chord.bass_note)
    symbol: Any = m21_harmony.ChordSymbol(
        root=_music21_name(chord.root), kind=written.kind, bass=bass
    )
    symbol.chordKindStr = written.text
    for degree in written.degrees:
        symbol.addChordStepModification(
            m21_harmony.ChordStepModification(degree.action, degree.number, degree.alteration)
        )
    return symbol


def _music21_name(note: str | None) -> str:
    """Return a note name as music21 spells it; beyond double accidentals, its plain neighbour."""
    name = note or "C"
    if len(name) > 3:
        name = PLAIN_NAMES[pitch_class(name)]
    return name.replace("b", "-")


def _piano_part(sheet: LeadSheet, staff: Staff, hand: str) -> Any:
    from music21 import bar, instrument, stream

    part: Any = stream.PartStaff(id=hand)
    part.partName, part.partAbbreviation = "Piano", "Pno."
    if hand == RIGHT_ID:
        piano: Any = instrument.Piano()
        piano.partId, piano.instrumentId, piano.midiProgram = "piano", "piano-1", 0
        part.insert(0, piano)
    sections = {mark.bar * staff.metre.slots for mark in staff.layout.marks}
    signature = _signature(sheet.key.fifths)
    for start, end in staff.bars:
        measure: Any = _measure(sheet, staff, start, end, treble=hand == RIGHT_ID)
        sounding = dict(signature)
        pieces = (staff.right_hand if hand == RIGHT_ID else staff.left_hand)[start]
        written: list[Any] = []
        for piece in pieces:
            offset = (piece.start - start) * staff.metre.slot_length
            length = (piece.end - piece.start) * staff.metre.slot_length
            written.append(_piano_element(piece, length, sounding))
            if not piece.note:
                written[-1].fullMeasure = piece.start == start and piece.end == end
            measure.insert(offset, written[-1])
        _beam(pieces, written, staff.metre)
        if end in sections and 0 < end < staff.bars[-1][1]:
            measure.rightBarline = bar.Barline("double")
        part.append(measure)
    _end(part, staff)
    return part


def _signature(fifths: int) -> dict[str, int]:
    """Return the alteration a key signature gives to each letter."""
    sharps = "FCGDAEB"
    if fifths >= 0:
        return dict.fromkeys(sharps[:fifths], 1)
    return dict.fromkeys(sharps[::-1][:-fifths], -1)


def _piano_element(piece: PianoPiece, length: float, sounding: dict[str, int]) -> Any:
    """Return a chord, note or rest; `sounding` holds the bar's accidentals so far."""
    from music21 import chord as m21_chord
    from music21 import note

    if piece.chord is None:
        return note.Rest(quarterLength=length)
    notes: list[Any] = []
    for midi in piece.pitches:
        name, octave = spelled(midi, piece.chord)
        written: Any = note.Note(_music21_name(name) + str(octave), quarterLength=length)
        _show_accidental(written.pitch, sounding, continued=piece.tied[0])
        _tie(written, piece.tied)
        notes.append(written)
    if len(notes) == 1:
        return notes[0]
    block: Any = m21_chord.Chord(notes, quarterLength=length)
    block.sortDiatonicAscending(inPlace=True)
    # The writer would sort a deep copy of every chord, which takes a third of its time.
    block.sortAscending = lambda: block
    return block


def _show_accidental(pitch: Any, sounding: dict[str, int], *, continued: bool) -> None:
    """Decide whether a pitch needs its accidental, and remember it for the bar.

    An accidental holds for its own octave until the bar line; the signature for all octaves.
    """
    from music21 import pitch as m21_pitch

    place = pitch.nameWithOctave[0] + str(pitch.octave)
    alteration = int(pitch.alter)
    expected = sounding.get(place, sounding.get(pitch.step, 0))
    shown = expected != alteration and not continued
    if shown and pitch.accidental is None:
        pitch.accidental = m21_pitch.Accidental("natural")
    if pitch.accidental is not None:
        pitch.accidental.displayStatus = shown
    sounding[place] = alteration


def xml_text(text: str) -> str:
    """Return text that XML 1.0 can hold: what it cannot becomes U+FFFD."""
    return "".join(c if _is_xml(ord(c)) else "\ufffd" for c in text)


def _is_xml(code: int) -> bool:
    """Return whether a code point is a `Char` of XML 1.0, section 2.2."""
    return (
        code in {0x9, 0xA, 0xD}
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
