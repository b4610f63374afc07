"""Acts on chords: set, add, move, delete, lock, transpose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import groupby

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

Place = tuple[int, int]  # line, number of the chord in that line


def with_chord(sheet: LeadSheet, place: Place, chord: Chord) -> LeadSheet:
    """Put another chord in the place of one.

    Raises
    ------
    InputError
        If there is no such chord, or it is locked.
    """
    free_chord(sheet, place)
    line, number = place
    chords = list(sheet.lines[line].chords)
    chords[number] = replace(chords[number], chord=chord)
    return with_chords_of_line(sheet, line, chords)


def with_added(
    sheet: LeadSheet, line: int, word: int, chord: Chord, *, before: bool = False
) -> LeadSheet:
    """Add a chord on a word, behind or before the ones that stand there."""
    old = checked_line(sheet, line)
    _check_word(old, line, word)
    return with_chords_of_line(
        sheet, line, put(old.chords, PlacedChord(word, chord), before=before)
    )


def with_moved(sheet: LeadSheet, place: Place, line: int, word: int) -> LeadSheet:
    """Move a chord to another word, of its own line or another one.

    A played line that loses its last chord goes.
    """
    chord = free_chord(sheet, place)
    target = checked_line(sheet, line)
    _check_word(target, line, word)
    source, number = place
    if (source, chord.word) == (line, word):
        return sheet
    left = list(sheet.lines[source].chords)
    del left[number]
    moved = replace(chord, word=word)
    if source == line:
        before = word > chord.word  # coming from the left it takes the nearer side
        return with_chords_of_line(sheet, line, put(left, moved, before=before))
    lines: list[Line] = []
    for index, old in enumerate(sheet.lines):
        if index == line:
            before = (source, 0) < (line, 0)
            lines.append(replace(old, chords=put(old.chords, moved, before=before)))
        elif index != source:
            lines.append(old)
        elif old.words or left:
            lines.append(replace(old, chords=tuple(left)))
    return replace(sheet, lines=tuple(lines))


def without_chords(sheet: LeadSheet, places: Collection[Place]) -> LeadSheet:
    """Delete chords; of many, the locked ones stay. A played line that loses all its chords goes.

    Raises
    ------
    InputError
        If there is no such chord, the only one is locked, or nothing of the song would be left.
    """
    if len(places) == 1:
        free_chord(sheet, *places)
    for place in places:
        placed_at(sheet, place)
    lines: list[Line] = []
    for index, line in enumerate(sheet.lines):
        chords = tuple(
            placed
            for number, placed in enumerate(line.chords)
            if placed.locked or (index, number) not in places
        )
        if chords == line.chords:
            lines.append(line)
        elif line.words or chords:
            lines.append(replace(line, chords=chords))
    if not lines:
        raise InputError("A song needs a line; the last chord of the only one cannot be deleted.")
    return replace(sheet, lines=tuple(lines))


def with_locks(sheet: LeadSheet, places: Collection[Place], *, locked: bool = True) -> LeadSheet:
    """Lock chords, or unlock them."""
    return _changed(sheet, places, lambda placed: replace(placed, locked=locked))


def without_locks(sheet: LeadSheet) -> LeadSheet:
    """The same music, nothing locked."""
    locked = [
        (line, number)
        for line, old in enumerate(sheet.lines)
        for number, placed in enumerate(old.chords)
        if placed.locked
    ]
    return with_locks(sheet, locked, locked=False) if locked else sheet


def with_chords_transposed(
    sheet: LeadSheet, places: Collection[Place], semitones: int
) -> LeadSheet:
    """Move chords up by semitones, spelled for the song's key, which stays; locked ones stay."""
    return _changed(
        sheet,
        places,
        lambda placed: (
            placed
            if placed.locked or not semitones % 12
            else replace(placed, chord=placed.chord.transpose(semitones, sheet.key))
        ),
    )


def placed_at(sheet: LeadSheet, place: Place) -> PlacedChord:
    """The chord at a place; `InputError` where there is none."""
    line, number = place
    chords = checked_line(sheet, line).chords
    if not 0 <= number < len(chords):
        raise InputError(
            f"Line {line + 1} has {len(chords)} chords; there is no chord {number + 1}."
        )
    return chords[number]


def free_chord(sheet: LeadSheet, place: Place) -> PlacedChord:
    """The chord at a place, which is not locked; else `InputError`."""
    placed = placed_at(sheet, place)
    if placed.locked:
        raise InputError(f"{placed.chord.symbol} is locked; unlock it first to change it.")
    return placed


def checked_line(sheet: LeadSheet, line: int) -> Line:
    """A line by its number; `InputError` where there is none."""
    if not 0 <= line < len(sheet.lines):
        raise InputError(f"The song has {len(sheet.lines)} lines; there is no line {line + 1}.")
    return sheet.lines[line]


def put(
    chords: Sequence[PlacedChord], chord: PlacedChord, *, before: bool = False
) -> tuple[PlacedChord, ...]:
    """Chords in order with one more, before or behind those on its word."""
    at = sum(other.word < chord.word + (not before) for other in chords)
    return (*chords[:at], chord, *chords[at:])


def with_chords_of_line(sheet: LeadSheet, line: int, chords: Sequence[PlacedChord]) -> LeadSheet:
    """The sheet with other chords on one line."""
    lines = list(sheet.lines)
    lines[line] = replace(lines[line], chords=tuple(chords))
    return replace(sheet, lines=tuple(lines))


def _changed(
    sheet: LeadSheet, places: Collection[Place], change: Callable[[PlacedChord], PlacedChord]
) -> LeadSheet:
    lines = list(sheet.lines)
    for line, group in groupby(sorted(set(places)), key=lambda place: place[0]):
        chords = list(checked_line(sheet, line).chords)
        for place in group:
            chords[place[1]] = change(placed_at(sheet, place))
        lines[line] = replace(lines[line], chords=tuple(chords))
    return replace(sheet, lines=tuple(lines))


def _check_word(line: Line, number: int, word: int) -> None:
    if not 0 <= word <= len(line.words):
        raise InputError(
            f"Line {number + 1} has {len(line.words)} words; there is no word {word + 1}."
        )
