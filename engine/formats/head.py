"""The head of a chart as OnSong and songbook sites write it: ``Key: G`` on a line of its own.

`with_directives` gives the same lines with the head as ChordPro directives, so that one reader
reads both. As in OnSong, the first lines of the first block are title and artist where no label
says otherwise and a line with a label follows.
"""

from __future__ import annotations

import re

_NAMES = {
    "title": "title",
    "subtitle": "subtitle",
    "song": "title",
    "artist": "artist",
    "by": "artist",
    "author": "composer",
    "authors": "composer",
    "writer": "composer",
    "composer": "composer",
    "written by": "composer",
    "key": "key",
    "original key": "x_key",
    "tempo": "tempo",
    "bpm": "tempo",
    "time": "time",
    "time signature": "time",
    "metre": "time",
    "meter": "time",
    "capo": "capo",
    "genre": "genre",
    "style": "genre",
    "form": "form",
}
_IGNORED = (
    "ccli|ccli number|copyright|flow|number|duration|topic|topics|book|keywords|restrictions|"
    "pitch|midi|midi-index|footer|link|album|year|tuning|difficulty|strumming|transposed key|"
    "restriction|publisher|source|notes?|comments?|url|transcribed by|tabbed by|rating|theme"
)
_FIELD = re.compile(
    rf"\s*(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))}|{_IGNORED})"
    r"\s*:\s*(?P<value>\S.*)?\Z",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[{}\\]")


def with_directives(lines: list[str]) -> list[str]:
    """The lines of a chart, those of its head as directives (``{key: G}``)."""
    done = list(lines)
    bare = _bare_names(lines)
    for index, line in enumerate(lines):
        if index in bare:
            done[index] = _directive(bare[index], line)
        elif match := _FIELD.match(line):
            name = _NAMES.get(match["name"].lower(), "x_head")
            done[index] = _directive(name, match["value"] or "")
        elif line.strip() and not line.lstrip().startswith(("#", "{")):
            break
    return done


def _bare_names(lines: list[str]) -> dict[int, str]:
    """Which lines are title and artist without saying so."""
    block: list[int] = []
    for index, line in enumerate(lines):
        if line.strip():
            block.append(index)
        elif block:
            break
    fields = [index for index in block if _FIELD.match(lines[index])]
    bare = [i for i in block if i not in fields and fields and i < fields[-1]]
    names = ["title", "artist"]
    if len(bare) > len(names) or any(re.search(r"[\[\]{}\\#|]", lines[i]) for i in bare):
        return {}
    said = {_NAMES.get(match["name"].lower()) for i in fields if (match := _FIELD.match(lines[i]))}
    if bare != block[: len(bare)] or "title" in said:
        return {}
    return dict(zip(bare, names, strict=False))


def _directive(name: str, value: str) -> str:
    return f"{{{name}: {_SIGNS.sub('', value).strip()}}}"
