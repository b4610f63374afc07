"""The acts that the editor in the browser may ask for, carried out on a song. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.music import editing
from ui.chords.sheet_data import chord_of_text

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.key import Key
    from engine.music.lead_sheet import LeadSheet

MAX_TEXT = 2_000

Asked = dict[str, Any]  # what the browser sent


@dataclass(frozen=True)
class View:
    """How the song is shown: in which key, and how many semitones above the song itself."""

    key: Key
    semitones: int = 0

    def chord(self, text: str, key: Key) -> Chord:
        """The chord that was typed over the shown song, in the song's own key."""
        typed = chord_of_text(text, self.key)
        return typed.transpose(-self.semitones, key) if self.semitones % 12 else typed


def edited(sheet: LeadSheet, asked: Asked, view: View) -> LeadSheet:
    """The song after an act.

    Raises
    ------
    InputError
        If the act is not known or cannot be done; the message is for the screen.
    """
    try:
        return _ACTS[asked["act"]](sheet, asked, view)
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("The editor asked for something that is not known.") from None


def _set(sheet: LeadSheet, asked: Asked, view: View) -> LeadSheet:
    chord = view.chord(_text(asked["chord"]), sheet.key)
    return editing.with_chord(sheet, place_of(asked["place"]), chord)


def _add(sheet: LeadSheet, asked: Asked, view: View) -> LeadSheet:
    chord = view.chord(_text(asked["chord"]), sheet.key)
    return editing.with_added(sheet, int(asked["line"]), int(asked["word"]), chord)


def _move(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    where = int(asked["line"]), int(asked["word"])
    return editing.with_moved(sheet, place_of(asked["place"]), *where)


def _delete(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.without_chords(sheet, _places(asked))


def _lock(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_locks(sheet, _places(asked), locked=asked["act"] == "lock")


def _transpose(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_chords_transposed(sheet, _places(asked), int(asked["semitones"]))


def _words(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_words(sheet, int(asked["line"]), _text(asked["text"]))


def _insert(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    begins = bool(asked["new_section"])
    return editing.with_line(sheet, int(asked["line"]), _text(asked["text"]), new_section=begins)


def _remove(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.without_line(sheet, int(asked["line"]))


def _shift(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_line_moved(sheet, int(asked["line"]), int(asked["to"]))


def _heading(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_heading(sheet, int(asked["section"]), asked["kind"])


def _like(sheet: LeadSheet, asked: Asked, _: View) -> LeadSheet:
    return editing.with_section_like(sheet, int(asked["section"]), int(asked["model"]))


_ACTS = {
    "set": _set,
    "add": _add,
    "move": _move,
    "delete": _delete,
    "lock": _lock,
    "unlock": _lock,
    "transpose": _transpose,
    "words": _words,
    "insert": _insert,
    "remove": _remove,
    "shift": _shift,
    "heading": _heading,
    "like": _like,
}


def place_of(value: Any) -> editing.Place:
    """A chord's place as the browser names it: its line and its number there."""
    line, number = value
    return int(line), int(number)


def _places(asked: Asked) -> list[editing.Place]:
    return [place_of(value) for value in asked["places"]]


def _text(value: Any) -> str:
    text = str(value)
    if len(text) > MAX_TEXT:
        raise InputError(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are accepted."
        )
    return text
