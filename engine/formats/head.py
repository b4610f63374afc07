"""The head of a chart as OnSong and songbook sites write it: ``Key: G`` on a line of its own.

`with_directives` gives the same lines with the head as ChordPro directives, so that one reader
reads both. As in OnSong, the first lines of the first block are title and artist where no label
says otherwise and a line with a label follows.
"""

from __future__ import annotations

import re
from itertools import takewhile

from engine.formats.chordpro_headings import heading_and_rest, played_after_label, section_of
from engine.lyrics.chords import NO, chord_line, is_tablature

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
    "restriction|publisher|source|notes?|comments?|url|transcribed by|tabbed by|rating|theme|"
    "guitar tuning|chords(?: used)?|chords by|tabs? by|date|level|version"
)
_WITHOUT_COLON = re.compile(
    r"\s*(?:capo:?\s+(?:on\s+)?(?P<fret>\d{1,2})(?:st|nd|rd|th)?(?:\s+fret)?|no capo|"
    r"standard tuning)\s*\.?\Z",
    re.IGNORECASE,
)
_PAGE_TITLE = re.compile(
    r"\s*(?P<title>\S.{0,80}?)\s+(?:(?:ukulele |guitar |bass )?(?:chords|tabs?|chords and lyrics))"
    r"(?:\s+\(.{1,20}\))?\s+by\s+(?P<artist>\S.{0,60})\Z",
    re.IGNORECASE,
)
_BY = re.compile(r"\s*\(?(?:words and music )?by:?\s+(?P<artist>\S.{0,60}?)\)?\Z", re.IGNORECASE)
_UNDERLINE = re.compile(r"\s*[=*_~-]{3,}\s*")
_TITLE = re.compile(r"[^\W_a-z].{0,58}[^\s.,;:!?…-]")
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
        elif match := _WITHOUT_COLON.match(line):
            done[index] = _directive("capo" if match["fret"] else "x_head", match["fret"] or "")
        elif line.strip() and not line.lstrip().startswith(("#", "{")):
            break
    return done


def with_title_told(lines: list[str]) -> list[str]:
    """The lines of a page of text, a first paragraph of title and artist as directives.

    It is one where the second line says ``by ...``, where a site's words are around it (``Low Tide
    chords by Nobody``), where a line is drawn below it, or where it is a short line alone and the
    page goes on with chords or a heading.
    """
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    block = list(takewhile(str.strip, lines[first:]))
    if not block or set("[{") & set(block[0]) or _is_head(block[0]):
        return lines
    done = list(lines)
    if match := _PAGE_TITLE.match(block[0]):
        artist = _directive("artist", match["artist"])
        done[first] = _directive("title", match["title"]) + artist
        return done
    by = [_BY.match(line) for line in block[1:]]
    drawn = [_UNDERLINE.fullmatch(line) for line in block[1:]]
    around = [named or line for named, line in zip(by, drawn, strict=True)]
    below = next((line for line in lines[first + len(block) :] if line.strip()), "")
    goes_on = bool(below) and _is_head(below)
    if goes_on and all(around) if around else goes_on and _TITLE.fullmatch(block[0].strip()):
        done[first] = _directive("title", block[0])
        for index, named in enumerate(by, first + 1):
            done[index] = _directive("artist", named["artist"]) if named else "{x_head}"
    return done


def _is_head(line: str) -> bool:
    """Whether a line says already what it is: a field, a heading, chords."""
    told = _FIELD.match(line) or _WITHOUT_COLON.match(line) or section_of(line)
    is_heading = bool(told or heading_and_rest(line) or played_after_label(line))
    return is_heading or chord_line(line) != NO or is_tablature(line)


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
