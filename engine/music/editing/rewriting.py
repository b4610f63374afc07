"""Taking over what a generator wrote anew, with the locked chords where they were."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.errors import InputError
from engine.music.editing.chords import Place, checked_line, free_chord, placed_at, put, with_chord
from engine.music.lead_sheet import LeadSheet, PlacedChord


def with_lines_rewritten(sheet: LeadSheet, written: LeadSheet, lines: Collection[int]) -> LeadSheet:
    """The sheet with the chords that `written` has on some lines; locked chords stay as they are.

    Raises
    ------
    InputError
        If there is no such line, or `written` has other words.
    """
    _check_words(sheet, written)
    changed = list(sheet.lines)
    for number in lines:
        old = checked_line(sheet, number)
        chords = with_locked_kept(old.chords, written.lines[number].chords)
        changed[number] = replace(old, chords=chords)
    return replace(sheet, lines=tuple(changed))


def with_chord_rewritten(sheet: LeadSheet, written: LeadSheet, place: Place) -> LeadSheet:
    """The sheet with the one chord that `written` has for the word of a place, where it differs.

    Of several chords on that word the first that `written` has otherwise is taken.

    Raises
    ------
    InputError
        If there is no such chord, it is locked, or `written` has other words or nothing else there.
    """
    _check_words(sheet, written)
    word = free_chord(sheet, place).word
    line, _ = place
    for number, placed in enumerate(written.lines[line].chords):
        if placed.word == word and placed.chord != placed_at(sheet, (line, number)).chord:
            return with_chord(sheet, (line, number), placed.chord)
    raise InputError("No other chord was found for this place; ask again.")


def with_locked_kept(
    old: Sequence[PlacedChord], new: Sequence[PlacedChord]
) -> tuple[PlacedChord, ...]:
    """New chords of a line, the locked old ones in the place of those on their words."""
    locked = [placed for placed in old if placed.locked]
    words = {placed.word for placed in locked}
    kept = tuple(placed for placed in new if placed.word not in words)
    for placed in locked:
        kept = put(kept, placed)
    return kept


def _check_words(sheet: LeadSheet, written: LeadSheet) -> None:
    if [line.words for line in sheet.lines] != [line.words for line in written.lines]:
        raise InputError("The words have changed since the chords were asked for; ask again.")
