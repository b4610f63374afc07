r"""Music written in a text: tunes in ABC notation, and runs of chord symbols.

A tune in ABC (abcnotation.com, standard 2.1) is a header of fields, ``X:`` first and ``K:`` last,
and the lines of notes below it up to a blank line. Corpora also write the header on one line, or
leave ``X:`` out. A run of chords is four or more symbols of at least two kinds with nothing between
them but blanks, bars, commas, dashes or arrows; letters alone ("A B C D") are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(r"^[A-Za-z]:[^\n|]*$")
_INLINE = re.compile(r"(?<!\S)(?=[A-Za-z]:\s*\S)")
_KEY = re.compile(
    r"^K:\s*([A-G])([#b]?)\s*(m(?!aj|ix)\w*|maj\w*|mix\w*|dor\w*|phr\w*|lyd\w*|loc\w*)?", re.I
)
_NOTES = re.compile(r"[A-Ga-gz][,']*\d*(?:/\d*)?.*[|\]]|\|.*[A-Ga-gz]")
_SYMBOL = re.compile(
    r"[A-G](?:#|b)?(?:maj|min|dim|aug|sus|add|m|M|°|ø|\+)?(?:2|4|5|6|7|9|11|13)?"
    r"(?:maj7|sus[24]|add\d+|[b#]\d+|\(.{1,6}\))*(?:/[A-G](?:#|b)?)?"
)
_BETWEEN = re.compile(r"(?:\s|[|,\-–—:]|->|→|\.\s)+")
_RUN = re.compile(
    rf"(?<![\w#]){_SYMBOL.pattern}(?:{_BETWEEN.pattern}{_SYMBOL.pattern}){{3,}}(?![\w#'’])"
)
_MODES = {"m": "minor", "min": "minor", "aeo": "minor", "maj": "major", "ion": "major"}
_MOST = 200_000  # characters of a text that are looked through


@dataclass(frozen=True)
class Tune:
    """A tune in ABC: its whole text, title and key ("" where unknown)."""

    abc: str
    title: str
    key: str


def tunes_in(text: str) -> list[Tune]:
    """The tunes in ABC notation that a text holds, in their order."""
    lines = _header_lines(text[:_MOST])
    found: list[Tune] = []
    header: list[str] = []
    body: list[str] = []
    for line in [*lines, ""]:
        stripped = line.strip()
        is_field = bool(_FIELD.match(stripped))
        in_body = bool(body) or (bool(header) and header[-1].startswith("K:"))
        if is_field and not (in_body and stripped[0] not in "XT"):
            if body:
                found += _tune(header, body)
                header, body = [], []
            if stripped.startswith("X:"):
                header = []
            header.append(stripped)
        elif in_body and stripped and (is_field or _is_music(stripped)):
            body.append(stripped)
        else:
            found += _tune(header, body)
            header, body = [], []
    return found


def chord_runs_in(text: str) -> list[tuple[str, ...]]:
    """The runs of chord symbols that a text holds, in their order."""
    runs: list[tuple[str, ...]] = []
    for match in _RUN.finditer(text[:_MOST]):
        symbols = tuple(_SYMBOL.findall(match.group()))
        if len(set(symbols)) > 1 and any(len(symbol) > 1 for symbol in symbols):
            runs.append(symbols)
    return runs


def _header_lines(text: str) -> list[str]:
    """Lines, a header that was written on one line ("X:1 T:... K:G") taken apart."""
    lines: list[str] = []
    for line in text.splitlines():
        start = line.strip()
        if start.startswith("X:") and " K:" in start:
            head, _, rest = start.partition(" K:")
            key, _, notes = rest.strip().partition(" ")
            lines += [part.strip() for part in _INLINE.split(head) if part.strip()]
            lines += [f"K:{key}", notes] if notes else [f"K:{key}"]
        else:
            lines.append(line)
    return lines


def _is_music(line: str) -> bool:
    return line.startswith(("%", "w:", "V:", "[")) or bool(_NOTES.search(line))


def _tune(header: list[str], body: list[str]) -> list[Tune]:
    keys = [field for field in header if field.startswith("K:")]
    if not body or not keys:
        return []
    if not any(field.startswith("X:") for field in header):
        header = ["X:1", *header]
    title = next((field[2:].strip() for field in header if field.startswith("T:")), "")
    return [Tune("\n".join([*header, *body]) + "\n", title, _key(keys[0]))]


def _key(field: str) -> str:
    """A key as the app names it; "" for modes that it has no name for."""
    match = _KEY.match(field)
    if not match:
        return ""
    letter, sign, mode = match.groups()
    named = "major" if not mode else _MODES.get(mode[:3].lower() if len(mode) > 1 else "m", "")
    return f"{letter.upper()}{sign} {named}" if named else ""
