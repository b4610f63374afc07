"""A lead sheet out of the lines and the fields of a ChordPro song."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from engine.errors import InputError, quoted
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet, Line


def sheet_of(
    lines: Sequence[Line], fields: Mapping[str, str], moved: int = 0, *, strict: bool = False
) -> LeadSheet:
    """Put a song together; values that make no sense are left out, or refused if `strict`.

    Parameters
    ----------
    lines : sequence of Line
    fields : mapping
        What directives said, by their long names.
    moved : int
        Semitones by which the song begins transposed from the key it names.

    Raises
    ------
    InputError
        If there are no lines, or `strict` finds something.
    """
    if not lines:
        raise InputError("The file has no words and no chords; a ChordPro song is accepted.")
    names = [name for name in ("artist", "subtitle", "composer") if name in fields]
    sheet = LeadSheet(
        title=fields.get("title", ""),
        key=estimated_key([placed.chord for line in lines for placed in line.chords]),
        lines=tuple(lines),
        genre=fields.get("genre"),
        artist=fields[names[0]] if names else None,
    )
    for name, set_field in _SETTERS.items():
        if name in fields:
            try:
                sheet = set_field(sheet, fields[name])
                if name == "key":
                    sheet = replace(sheet, key=sheet.key.transpose(moved))
            except InputError:
                if strict:
                    raise
    return sheet


def key_of(text: str) -> Key:
    """The key a field names, in brackets too: ``[Gb]``; `InputError` for what is no key."""
    return Key.parse(text.strip("[] "))


def _with_tempo(sheet: LeadSheet, text: str) -> LeadSheet:
    # ``♩ = 96``, ``Moderato (96)``: the number behind the sign, or the first.
    number = re.search(r"=\s*(\d{1,4})", text) or re.match(r"\D{0,24}(\d{1,4})(?!\s?/)", text)
    if not number:
        raise InputError(f"{quoted(text)} is not a tempo; beats per minute are accepted.")
    return replace(sheet, tempo=int(number[1]))


def _with_capo(sheet: LeadSheet, text: str) -> LeadSheet:
    """The song as it sounds: what is written with a capo is shapes, the key's name too."""
    number = re.match(r"\d{1,2}(?!\d)", text)
    if not number:
        raise InputError(f"{quoted(text)} is not a capo; a fret from 0 to 11 is accepted.")
    fret = int(number[0])
    return replace(sheet.transpose(fret) if fret <= 11 else sheet, capo=fret)


_SETTERS: dict[str, Callable[[LeadSheet, str], LeadSheet]] = {
    "key": lambda sheet, text: replace(sheet, key=key_of(text)),
    "time": lambda sheet, text: replace(sheet, time_signature=text),
    "tempo": _with_tempo,
    "form": lambda sheet, text: replace(sheet, form=text.lower()),
    "capo": _with_capo,  # last: it moves the key as well
}
