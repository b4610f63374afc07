"""Acts on lines: other words, headings, lines that come, go or move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from engine.errors import InputError
from engine.lyrics import line_key
from engine.music.editing.chords import checked_line
from engine.music.editing.sections import lines_of_section
from engine.music.lead_sheet import LeadSheet, Line

MAX_LINES = 600


def with_words(sheet: LeadSheet, number: int, text: str) -> LeadSheet:
    """Give a line other words; each chord goes with its word, or to the one that took its place.

    Raises
    ------
    InputError
        If there is no such line, or it would have neither words nor chords.
    """
    old = checked_line(sheet, number)
    words = tuple(text.split())
    if words == old.words:
        return sheet
    at = new_places(old.words, words)
    chords = tuple(replace(placed, word=at[placed.word]) for placed in old.chords)
    return _with_lines(sheet, number, number + 1, [replace(old, words=words, chords=chords)])


def new_places(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each old word and the place after the last, where a chord on it stands in the new line.

    Words that stayed keep their chords; words that were replaced hand them on in proportion, words
    that were deleted to the word that follows.
    """
    if not new or not old:
        return [0] * (len(old) + 1)
    # Spelling and punctuation mended by hand make no other word.
    keys = [tuple(line_key((word,))) for word in old], [tuple(line_key((word,))) for word in new]
    places: list[int] = []
    for _, start, stop, left, right in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        share = (right - left) / (stop - start) if stop > start else 0
        places += [left + int(step * share) for step in range(stop - start)]
    last = len(new) - 1
    return [min(place, last) for place in places] + [len(new)]


def with_heading(sheet: LeadSheet, section: int, kind: str | None) -> LeadSheet:
    """Name a section verse, chorus, ..., or nothing; under another name it loses its number."""
    numbers = lines_of_section(sheet, section)
    old = sheet.lines[numbers.start]
    counted = old.number if kind == old.section else None
    lines = [replace(sheet.lines[number], section=kind, number=counted) for number in numbers]
    return _with_lines(sheet, numbers.start, numbers.stop, lines)


def with_line(sheet: LeadSheet, number: int, text: str, *, new_section: bool = False) -> LeadSheet:
    """Insert a line of words that gets this number; it joins the section of the line above.

    Parameters
    ----------
    new_section : bool
        Whether the line begins a section of its own, without a heading.

    Raises
    ------
    InputError
        If the text holds no word, or the song is as long as a song may be.
    """
    words = tuple(text.split())
    if not words:
        raise InputError("The new line is empty; at least one word is accepted.")
    if len(sheet.lines) >= MAX_LINES:
        raise InputError(
            f"The song has {len(sheet.lines)} lines; at most {MAX_LINES} are accepted."
        )
    if not 0 <= number <= len(sheet.lines):
        raise InputError(f"The song has {len(sheet.lines)} lines; there is no line {number + 1}.")
    if new_section:
        above = [replace(line, stanza=2 * line.stanza) for line in sheet.lines[:number]]
        below = [replace(line, stanza=2 * line.stanza + 2) for line in sheet.lines[number:]]
        stanza = above[-1].stanza + 1 if above else -1
        return replace(sheet, lines=(*above, Line(words, stanza=stanza), *below))
    beside = sheet.lines[max(number - 1, 0)]
    return _with_lines(sheet, number, number, [replace(beside, words=words, chords=())])


def without_line(sheet: LeadSheet, number: int) -> LeadSheet:
    """Delete a line with its chords.

    Raises
    ------
    InputError
        If a chord on it is locked, or it is the only line.
    """
    line = checked_line(sheet, number)
    if any(placed.locked for placed in line.chords):
        raise InputError(f"Line {number + 1} holds a locked chord; unlock it first to delete it.")
    if len(sheet.lines) == 1:
        raise InputError("A song needs a line; the only one cannot be deleted.")
    return _with_lines(sheet, number, number + 1, [])


def with_line_moved(sheet: LeadSheet, number: int, to: int) -> LeadSheet:
    """Move a line so that it becomes this number, into the section that is there."""
    line = checked_line(sheet, number)
    there = checked_line(sheet, to)
    if number == to:
        return sheet
    lines = list(sheet.lines)
    del lines[number]
    where = (there.section, there.stanza, there.number)
    lines.insert(to, Line(line.words, line.chords, *where))
    return replace(sheet, lines=tuple(lines))


def _with_lines(sheet: LeadSheet, start: int, stop: int, new: Sequence[Line]) -> LeadSheet:
    return replace(sheet, lines=(*sheet.lines[:start], *new, *sheet.lines[stop:]))
