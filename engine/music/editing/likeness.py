"""Making one section sound like another: its chords on the words that take their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import InputError
from engine.lyrics.prosody import is_weak, words_as_far_in
from engine.music.editing.rewriting import with_locked_kept
from engine.music.editing.sections import lines_of_section, section_names
from engine.music.lead_sheet import LeadSheet, PlacedChord


def with_section_like(sheet: LeadSheet, section: int, model: int) -> LeadSheet:
    """Put a section's chords on the words of another, line by line; locked ones stay.

    Sung lines answer sung lines; where the section is longer its further lines keep their chords.
    A chord falls as many syllables into the line as in the model, on a word that carries it well.

    Raises
    ------
    InputError
        If there is no such section, or one of the two has no sung line.
    """
    names = section_names(sheet)
    targets, models = (
        [number for number in lines_of_section(sheet, wanted) if sheet.lines[number].words]
        for wanted in (section, model)
    )
    for wanted, found in ((section, targets), (model, models)):
        if not found:
            raise InputError(f"{names[wanted]} has no sung line; a section with words is accepted.")
    lines = list(sheet.lines)
    for number, source in zip(targets, models, strict=False):
        like, old = sheet.lines[source], lines[number]
        words = words_under(like.words, [placed.word for placed in like.chords], old.words)
        chords = [
            PlacedChord(word, placed.chord) for word, placed in zip(words, like.chords, strict=True)
        ]
        lines[number] = replace(old, chords=with_locked_kept(old.chords, chords))
    return replace(sheet, lines=tuple(lines))


def words_under(source: Sequence[str], places: Sequence[int], words: Sequence[str]) -> list[int]:
    """The words of another line that chords on these words of `source` fall on, never backwards.

    Lines of equal words are answered word by word. Else a chord goes as many syllables in;
    lines that differ by more than two syllables are stretched to each other.
    """
    if len(source) == len(words):
        return list(places)
    return words_as_far_in(
        source, places, words, lambda distance, word, *_: distance + 0.5 * is_weak(words[word])
    )
