"""What the editor in the browser is told of a song, and how chords typed there are read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.arrangement.voicing import voicings
from engine.errors import InputError, quoted
from engine.lyrics import SECTIONS
from engine.music.chord import Chord
from engine.music.chord_numbers import chord_of_number
from engine.music.editing import section_names
from engine.music.key_chords import chords_beside_key, chords_of_key
from ui.lead_sheet_html import chord_text, key_text

if TYPE_CHECKING:
    from engine.music.key import Key
    from engine.music.lead_sheet import LeadSheet


def sheet_data(sheet: LeadSheet, style: str) -> dict[str, Any]:
    """The song as JSON; keys are short since 150 lines of it travel with every edit."""
    key = sheet.key
    return {
        "lines": [
            {
                "words": line.words,
                "stanza": line.stanza,
                "section": line.section,
                "chords": [
                    {"w": placed.word, "k": placed.locked, **chord_data(placed.chord, key, style)}
                    for placed in line.chords
                ],
            }
            for line in sheet.lines
        ],
        "sections": section_names(sheet),
        "kinds": SECTIONS,
        "choices": [
            {
                "title": title,
                "chords": [chord_data(chord, key, style) for chord in chords],
            }
            for title, chords in (
                (f"Chords of {key_text(key)}", chords_of_key(key)),
                ("Often borrowed", chords_beside_key(key)),
            )
        ],
    }


def chord_of_text(text: str, key: Key) -> Chord:
    """Read a chord as a musician types it: a symbol, or a number or numeral of the key.

    Raises
    ------
    InputError
        If it is neither.
    """
    try:
        return Chord.parse(text)
    except InputError:
        pass
    try:
        return chord_of_number(text, key)
    except InputError:
        raise InputError(
            f"{quoted(text)} is not a chord; symbols such as Am7, F#m7b5, C/E or N.C., numerals "
            "such as IV and numbers such as 6- are accepted."
        ) from None


@lru_cache(maxsize=4096)
def chord_data(chord: Chord, key: Key, style: str) -> dict[str, Any]:
    """A chord as it is shown, its symbol, its numeral, and the notes to hear it by."""
    voicing = voicings([chord])[0]
    return {
        "t": chord_text(chord, key, style),
        "s": chord.symbol,
        "r": chord_text(chord, key, "Roman"),
        "n": [voicing.bass, *voicing.hand] if voicing else [],
    }
