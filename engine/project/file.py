"""The project file: JSON that tells its format and version, and everything of one song.

::

    {"format": "lyric-lab-project", "version": 1, "title": "...", "lyric": "...",
     "transpose": 0, "capo": 0, "controls": {"key": "G:major", "seed": 3, ...},
     "song": {"sheet": {...}, "locked": [[0, 1]], "lyric": "...", "source": "...", ...},
     "versions": [{"name": "...", "kept": "2026-01-31T12:00:00+00:00", "song": {...}}]}

``sheet`` is a lead sheet as `engine.formats.json_format` has it; ``locked`` names the locked chords
by their line and their number there, both 0-based. Controls that are left out are the usual ones.
Unknown fields are ignored, so a later version may add some; a file of a later version is refused.
"""

from __future__ import annotations

import json
from typing import Any, cast

from engine.errors import InputError
from engine.formats import json_format
from engine.json_text import json_value
from engine.music.editing import with_locks
from engine.music.lead_sheet import LeadSheet
from engine.project.controls import controls_fields, controls_of
from engine.project.reading import array_of, object_of, text_of, whole_of
from engine.project.values import Project, Take, Version

NAME = "Lyric Lab project"
EXTENSION = ".lyriclab"
MIME = "application/json"
FORMAT = "lyric-lab-project"
VERSION = 1
MAX_BYTES = 4_000_000
MOST_LINES = 1_000
_NOT_JSON = "The file is not JSON text; a project file of Lyric Lab is accepted."


def write(project: Project) -> bytes:
    """Write UTF-8 JSON.

    Raises
    ------
    InputError
        If the project is larger than a file that is read again.
    """
    data = json.dumps(as_json(project), ensure_ascii=False, indent=1).encode()
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The project would have {len(data):,} bytes; at most {MAX_BYTES:,} are kept, so "
            "delete some of its versions."
        )
    return data


def read(data: bytes) -> Project:
    """Read a project.

    Raises
    ------
    InputError
        If the bytes are more than `MAX_BYTES` or not JSON of this schema.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} bytes are accepted."
        )
    try:
        value: Any = json_value(data)
    except ValueError:
        raise InputError(_NOT_JSON) from None
    return from_json(value)


def is_project(data: bytes) -> bool:
    """Whether a file says that it is a project, whatever its name."""
    begin = data[:300].lstrip(b"\xef\xbb\xbf \r\n\t")
    return begin.startswith(b"{") and f'"{FORMAT}"'.encode() in begin


def as_json(project: Project) -> dict[str, Any]:
    """The project as a JSON object."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": project.title,
        "lyric": project.lyric,
        "transpose": project.transpose,
        "capo": project.capo,
        "controls": controls_fields(project.controls),
        "song": project.take and _take_fields(project.take),
        "versions": [
            {"name": version.name, "kept": version.kept, "song": _take_fields(version.take)}
            for version in project.versions
        ],
    }


def from_json(value: Any) -> Project:
    """The project of a JSON object; `InputError` as `read`."""
    found = object_of(value, "The file")
    if found.get("format") != FORMAT:
        raise InputError("The file is JSON but no project of Lyric Lab; a project is accepted.")
    version = whole_of(found, "version", 1)
    if not 1 <= version <= VERSION:
        raise InputError(
            f"The project is of version {version} of the format; up to {VERSION} is accepted, so "
            "open it with a newer Lyric Lab."
        )
    song = found.get("song")
    versions = array_of(found.get("versions", []), "'versions'")
    return Project(
        text_of(found, "title"),
        text_of(found, "lyric"),
        controls_of(found.get("controls")),
        None if song is None else _take(song, "The song"),
        tuple(_version(entry, number) for number, entry in enumerate(versions, 1)),
        whole_of(found, "transpose", 0),
        whole_of(found, "capo", 0),
    )


def _take_fields(take: Take) -> dict[str, Any]:
    sheet: dict[str, Any] = json.loads(json_format.write(take.sheet))
    locked = [
        [line, number]
        for line, one in enumerate(take.sheet.lines)
        for number, placed in enumerate(one.chords)
        if placed.locked
    ]
    return {
        "sheet": sheet,
        "locked": locked,
        "lyric": take.lyric,
        "source": take.source,
        "controls": controls_fields(take.controls),
        "edited": take.edited,
    }


def _version(entry: Any, number: int) -> Version:
    found = object_of(entry, f"Version {number}")
    take = _take(found.get("song"), f"Version {number}")
    return Version(text_of(found, "name"), text_of(found, "kept"), take)


def _take(value: Any, what: str) -> Take:
    found = object_of(value, what)
    edited = found.get("edited", False)
    if not isinstance(edited, bool):
        raise InputError("'edited' is not true or false; one of the two is accepted.")
    return Take(
        _sheet(found, what),
        text_of(found, "lyric"),
        text_of(found, "source"),
        controls_of(found.get("controls")),
        edited,
    )


def _sheet(found: dict[str, Any], what: str) -> LeadSheet:
    fields = object_of(found.get("sheet"), f"{what}, its lead sheet,")
    lines: Any = fields.get("lines")
    if isinstance(lines, list) and len(cast("list[Any]", lines)) > MOST_LINES:
        raise InputError(
            f"{what} has {len(cast('list[Any]', lines)):,} lines; at most {MOST_LINES:,} are "
            "accepted."
        )
    sheet = json_format.lead_sheet(fields)
    places = [_place(place) for place in array_of(found.get("locked", []), "'locked'")]
    return with_locks(sheet, places) if places else sheet


def _place(value: Any) -> tuple[int, int]:
    match value:
        case [int(line), int(number)] if line >= 0 and number >= 0:
            return int(line), int(number)
        case _:
            raise InputError("'locked' names no chord; pairs of line and chord are accepted.")
