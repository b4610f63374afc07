"""JSON: the schema of the training corpora, readable by any program.

::

    {"title": "...", "key": "G:major", "time_signature": "4/4", "tempo": 96, "genre": "folk",
     "artist": "...",
     "lines": [{"section": "verse", "stanza": 0, "words": ["..."], "chords": [[0, "G:maj"]]}]}

Chord labels are Harte's. ``artist`` is left out when there is none. Reading needs only ``lines``:
the key is else estimated, the time 4/4, the tempo 100 (also for a tempo of 0, unknown in some
corpora); ``stanza`` may be missing; ``number`` is that of a numbered section ("Verse 2"); unknown
fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from engine.errors import InputError, quoted
from engine.json_text import json_value
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

NAME = "JSON"
EXTENSION = ".json"
MIME = "application/json"


def write(sheet: LeadSheet) -> bytes:
    """Write UTF-8 JSON, one lyric line per text line."""
    head: dict[str, Any] = {
        "title": sheet.title,
        "key": str(sheet.key),
        "time_signature": sheet.time_signature,
        "tempo": sheet.tempo,
        "genre": sheet.genre,
    }
    if sheet.artist is not None:
        head["artist"] = sheet.artist
    if sheet.capo:
        head["capo"] = sheet.capo
    if sheet.form is not None:
        head["form"] = sheet.form
    fields = [f"  {_json(field)}: {_json(value)}," for field, value in head.items()]
    lines = ",\n".join(f"    {_json(_line_fields(line))}" for line in sheet.lines)
    return "\n".join(["{", *fields, '  "lines": [', lines, "  ]", "}", ""]).encode()


def read(data: bytes) -> LeadSheet:
    """Read a lead sheet; numbers such as a tempo of 96.4 are rounded.

    Raises
    ------
    InputError
        If the bytes are not JSON of this schema; the message names the field or line.
    """
    try:
        song: Any = json_value(data)
    except ValueError:
        raise InputError(
            "The file is not JSON text; a lead sheet as JSON in UTF-8 is accepted."
        ) from None
    return lead_sheet(_object(song, "The file"))


def lead_sheet(song: dict[str, Any]) -> LeadSheet:
    """A lead sheet out of a JSON object that was read already; `InputError` as `read`."""
    entries = _array(song.get("lines"), "'lines'")
    lines = tuple(_line(entry, f"Line {number}") for number, entry in enumerate(entries, 1))
    chords = [placed.chord for line in lines for placed in line.chords]
    key = _text(song, "key")
    tempo = song.get("tempo")
    if tempo is not None and not _is_number(tempo):
        raise InputError("'tempo' is not a number; beats per minute are accepted.")
    return LeadSheet(
        title=_text(song, "title") or "",
        key=Key.parse(key) if key else estimated_key(chords),
        lines=lines,
        time_signature=_text(song, "time_signature") or "4/4",
        tempo=round(tempo) if tempo else 100,
        genre=_text(song, "genre"),
        artist=_text(song, "artist"),
        capo=_capo(song.get("capo")),
        form=_text(song, "form"),
    )


def _capo(fret: Any) -> int:
    if fret is None:
        return 0
    if not isinstance(fret, int) or isinstance(fret, bool):
        raise InputError("'capo' is not a whole number; a fret from 0 to 11 is accepted.")
    return fret


def _line_fields(line: Line) -> dict[str, Any]:
    numbered = {} if line.number is None else {"number": line.number}
    return {
        "section": line.section,
        **numbered,
        "stanza": line.stanza,
        "words": line.words,
        "chords": [[placed.word, placed.chord.label] for placed in line.chords],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _line(entry: Any, where: str) -> Line:
    fields = _object(entry, where)
    words = _array(fields.get("words", []), f"'words' of {where.lower()}")
    if not all(isinstance(word, str) for word in words):
        raise InputError(f"{where} has words that are not text; a list of words is accepted.")
    pairs = _array(fields.get("chords", []), f"'chords' of {where.lower()}")
    stanza = fields.get("stanza", 0)
    if not isinstance(stanza, int):
        raise InputError(f"{where} has a stanza that is not a whole number.")
    try:
        chords = tuple(_placed(pair) for pair in pairs)
        return Line(
            tuple(map(_whole, words)), chords, _text(fields, "section"), stanza, _number(fields)
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _number(fields: dict[str, Any]) -> int | None:
    number = fields.get("number")
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        raise InputError("'number' is not a whole number; that of a section is accepted, as in 2.")
    return number


def _placed(pair: Any) -> PlacedChord:
    match pair:
        case [int(word), str(label)] if not isinstance(word, bool):
            return PlacedChord(word, _chord(label))
        case _:
            raise InputError(
                f"{quoted(_json(pair))} does not place a chord; "
                'a word index and a label are accepted, such as [0, "G:maj"].'
            )


@lru_cache(maxsize=4096)  # corpora have a few hundred labels and a few hundred thousand chords
def _chord(label: str) -> Chord:
    return Chord.harte(label)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(
            f"{what} is not a JSON object; an object with the fields of a lead sheet is accepted."
        )
    return cast("dict[str, Any]", value)


def _array(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise InputError(f"{what} is missing or not a list; a JSON list is accepted.")
    return cast("list[Any]", value)


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"'{name}' is not text; a string is accepted.")
    return None if value is None else _whole(value)


def _whole(text: str) -> str:
    """Text that UTF-8 can hold: half characters, which JSON can name, become question marks."""
    return text.encode("utf-8", "replace").decode()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6
