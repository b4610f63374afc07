"""The form of a song: which lines share their harmony, and how sections end. Pure.

A `Form` is the plan that a generator follows and a reader can see and change. For each line it says

- ``new``: chords of its own;
- ``copy``: the chords of an earlier line, on its own words;
- ``vary``: the same up to the cadence, whose chords are its own.

It comes from `engine.music.form.inference`, a template (`engine.music.form.templates`), or changes
by hand (`engine.music.form.changes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from engine.errors import InputError, quoted
from engine.lyrics import section_title

NEW, COPY, VARY = "new", "copy", "vary"
PLANS = (NEW, COPY, VARY)
OPEN, HOME, TURNAROUND = "open", "home", "turnaround"
ENDINGS = (OPEN, HOME, TURNAROUND)

Bars = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LinePlan:
    """What is planned for one line.

    Attributes
    ----------
    plan : str
        One of `PLANS`.
    source : int or None
        The earlier line that a ``copy`` or ``vary`` follows, 0-based; never a ``copy`` itself.
    bars : tuple of tuple of str
        A frame: one entry for each bar the line fills, the numerals of the roots that may begin
        it (``("I", "IV")``; the mode gives their quality), none for a bar that is free. Empty
        where the words decide how many bars there are.
    ending : str or None
        One of `ENDINGS`: ``open`` ends away from the tonic, ``home`` on it, ``turnaround`` comes
        home and leads back to the beginning; None leaves it to the style.
    """

    plan: str = NEW
    source: int | None = None
    bars: Bars = ()
    ending: str | None = None


@dataclass(frozen=True)
class Part:
    """A run of lines that belong together: a section, a stanza, or a piece of a long one.

    Attributes
    ----------
    section : str or None
        Its label, one of `engine.lyrics.SECTIONS`.
    letter : str
        Parts of one letter are alike.
    start, stop : int
        Its lines, the last one excluded.
    number : int or None
        The number its heading gives it: 2 for "Verse 2".
    """

    section: str | None
    letter: str
    start: int
    stop: int
    number: int | None = None

    @property
    def lines(self) -> range:
        """The indices of its lines."""
        return range(self.start, self.stop)

    @property
    def name(self) -> str:
        """What a reader calls it: "Verse 2", or "Part" where nothing names it."""
        return section_title(self.section or "part", self.number)


@dataclass(frozen=True)
class Form:
    """The plan of a song.

    Attributes
    ----------
    parts : tuple of Part
        They follow one another without gaps and hold every line.
    lines : tuple of LinePlan
        One for each line of the song.
    template : str or None
        One of `engine.music.form.templates.TEMPLATES`.

    Raises
    ------
    InputError
        If parts or plans do not fit together.
    """

    parts: tuple[Part, ...]
    lines: tuple[LinePlan, ...]
    template: str | None = None

    def __post_init__(self) -> None:
        starts = [part.start for part in self.parts]
        stops = [part.stop for part in self.parts]
        if [0, *stops] != [*starts, len(self.lines)] or any(
            part.stop <= part.start for part in self.parts
        ):
            raise InputError(
                f"The parts of the form do not hold its {len(self.lines)} lines one after another; "
                "parts without gaps are accepted."
            )
        for index, line in enumerate(self.lines):
            self._check(index, line)

    def _check(self, index: int, line: LinePlan) -> None:
        where = f"Line {index + 1}"
        if line.plan not in PLANS:
            raise InputError(
                f"{where} has the plan {quoted(line.plan)}; {', '.join(PLANS)} are accepted."
            )
        if line.ending is not None and line.ending not in ENDINGS:
            raise InputError(
                f"{where} has the ending {quoted(line.ending)}; {', '.join(ENDINGS)} are accepted."
            )
        if line.plan == NEW:
            if line.source is not None:
                raise InputError(f"{where} is new and follows no line; none is accepted.")
            return
        if line.source is None or not 0 <= line.source < index:
            follows = "no line" if line.source is None else f"line {line.source + 1}"
            raise InputError(f"{where} follows {follows}; a line before it is accepted.")
        if self.lines[line.source].plan == COPY:
            raise InputError(
                f"{where} follows line {line.source + 1}, a copy; the line it copies is accepted."
            )

    @cached_property
    def last_lines(self) -> frozenset[int]:
        """The last line of each part: where a section ends."""
        return frozenset(part.stop - 1 for part in self.parts)

    @property
    def final(self) -> int:
        """The true last line of the song, also where it repeats an earlier one."""
        return len(self.lines) - 1

    @property
    def letters(self) -> str:
        """The parts by their letters: ``"A B A B C B"``."""
        return " ".join(part.letter for part in self.parts)

    def part_of(self, line: int) -> int:
        """The index of the part that holds a line."""
        return next(i for i, part in enumerate(self.parts) if line in part.lines)

    def followers(self, line: int) -> tuple[int, ...]:
        """The lines that copy or vary a line."""
        return tuple(i for i, plan in enumerate(self.lines) if plan.source == line)

    @property
    def text(self) -> str:
        """The plan in words, a line for each part and each line, counted from 1."""
        rows = [f"{self.template or 'free form'}: {self.letters}"]
        for part in self.parts:
            rows.append(f"{part.letter}  {part.name}")
            rows += [f"  {index + 1}: {_told(self.lines[index])}" for index in part.lines]
        return "\n".join(rows)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values; `form_from_json` reads it."""
        return {
            "template": self.template,
            "parts": [
                {
                    "section": part.section,
                    "number": part.number,
                    "letter": part.letter,
                    "start": part.start,
                    "stop": part.stop,
                }
                for part in self.parts
            ],
            "lines": [
                {
                    "plan": line.plan,
                    "source": line.source,
                    "bars": [list(numerals) for numerals in line.bars],
                    "ending": line.ending,
                }
                for line in self.lines
            ],
        }


def form_from_json(value: Mapping[str, Any]) -> Form:
    """Read what `Form.to_json` wrote.

    Raises
    ------
    InputError
        If it is not the plan of a song.
    """
    try:
        parts = tuple(
            Part(
                _name(part["section"]),
                str(part["letter"]),
                int(part["start"]),
                int(part["stop"]),
                None if part["number"] is None else int(part["number"]),
            )
            for part in cast("list[dict[str, Any]]", value["parts"])
        )
        lines = tuple(
            LinePlan(
                str(line["plan"]),
                None if line["source"] is None else int(line["source"]),
                tuple(tuple(map(str, numerals)) for numerals in line["bars"]),
                _name(line["ending"]),
            )
            for line in cast("list[dict[str, Any]]", value["lines"])
        )
        template = _name(value["template"])
    except (KeyError, TypeError, ValueError):
        raise InputError(
            "This is not the form of a song; an object with template, parts and lines is accepted."
        ) from None
    return Form(parts, lines, template)


def _name(value: object) -> str | None:
    return None if value is None else str(value)


def _told(line: LinePlan) -> str:
    if line.plan == NEW or line.source is None:
        told = "new"
    else:
        told = f"as line {line.source + 1}" + (" up to the cadence" if line.plan == VARY else "")
    if line.bars:
        told += f", {len(line.bars)} bars"
        if any(line.bars):
            told += f" ({' | '.join(' or '.join(bar) or 'free' for bar in line.bars)})"
    return told + (f", ends {_ENDING_NAMES[line.ending]}" if line.ending else "")


_ENDING_NAMES = {OPEN: "open", HOME: "at home", TURNAROUND: "with a turnaround"}
