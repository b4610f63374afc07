"""Wishes about a part of a song: which lines are meant, and what is asked of them.

A place is named as musicians name it: ``verse`` (every verse), ``verse 2`` (the second), ``stanza
3``, ``line 5``, ``lines 5-8``, ``end`` (the last line), ``all``. Everything counts from 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import InputError, quoted
from engine.generator.cadences import CADENCES
from engine.generator.controls import Controls
from engine.lyrics import SECTIONS
from engine.music.chord import Chord
from engine.music.form import Form
from engine.music.form.changes import with_new_part, with_part_like
from engine.music.form.likeness import SongLine
from engine.music.form.templates import form_of
from engine.music.key import Key
from engine.music.numerals import chord_of_numeral, is_numeral

_PLACE = re.compile(r"([a-z]+)(?:\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?)?\Z")
_MANY = {"lines": "line", "stanzas": "stanza"} | {f"{name}s": name for name in SECTIONS}
_LOOP = 4  # chords: a progression of no more is played on every line
_MOST = 16  # chords of a progression on one line


def runs_of(lines: Sequence[SongLine]) -> list[range]:
    """The runs of lines of one stanza and label."""
    heads = [(line.section, line.stanza) for line in lines]
    starts = [index for index, head in enumerate(heads) if not index or head != heads[index - 1]]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def lines_at(place: str, lines: Sequence[SongLine]) -> list[int]:
    """The lines that a place means, 0-based.

    Raises
    ------
    InputError
        If it names nothing, or nothing that this song has.
    """
    match = _PLACE.match(" ".join(place.lower().split()))
    kind = _MANY.get(match[1], match[1]) if match else ""
    accepted = f"all, end, line 5, stanza 2, {', '.join(SECTIONS)} or verse 2"
    if match is None or kind not in {"all", "end", "line", "stanza", *SECTIONS}:
        raise InputError(f"{quoted(place)} is no place in a song; {accepted} are accepted.")
    if kind == "all":
        return list(range(len(lines)))
    if kind == "end":
        return [len(lines) - 1]
    if kind == "line":
        found = [range(number, number + 1) for number in range(len(lines))]
    else:
        runs = runs_of(lines)
        found = runs if kind == "stanza" else [r for r in runs if lines[r.start].section == kind]
    if match[2] is None:
        chosen = found
    else:
        low, high = int(match[2]), int(match[3] or match[2])
        chosen = found[max(low, 1) - 1 : high] if 1 <= low <= high <= len(found) else []
    if not chosen:
        raise InputError(f"There is no {quoted(place)} in this song; it has {len(found)} of those.")
    return [number for run in chosen for number in run]


def named_wish(text: str, place: str = "") -> tuple[str, str]:
    """``PLACE = WHAT``; the place may be left out where one is usual.

    Raises
    ------
    InputError
        If no place is named and none is usual.
    """
    before, sign, what = text.partition("=")
    if sign:
        return before.strip(), what.strip()
    if not place:
        raise InputError(
            f"{quoted(text)} names no place; PLACE = ... is accepted, such as verse 2 = ..."
        )
    return place, text.strip()


def checked_cadence(name: str) -> str:
    """The name of a cadence; `InputError` if there is none of that name."""
    if name not in CADENCES:
        raise InputError(f"{quoted(name)} is no cadence; {', '.join(CADENCES)} are accepted.")
    return name


def wished_form(lines: Sequence[SongLine], controls: Controls) -> Form:
    """The form that words and wishes give a song.

    Raises
    ------
    InputError
        If the words do not fit the form that is asked for, or a place names no section.
    """
    form = form_of(lines, controls.form, controls.genre)
    for place, model in controls.alike:
        parts = sorted({form.part_of(line) for line in lines_at(place, lines)})
        for part in parts:
            if model:
                form = with_part_like(form, part, form.part_of(lines_at(model, lines)[0]))
            else:
                form = with_new_part(form, part)
    return form


@dataclass(frozen=True)
class LineWishes:
    """What is asked of one line.

    Attributes
    ----------
    key : Key
        The key it is in.
    chords : tuple of Chord, optional
        These, in this order, in that key.
    cadence : str, optional
        One of `engine.generator.cadences.CADENCES`, asked of the line's end.
    """

    key: Key
    chords: tuple[Chord, ...] | None = None
    cadence: str | None = None


def line_wishes(
    lines: Sequence[SongLine],
    key: Key,
    progressions: Sequence[tuple[str, str]],
    cadences: Sequence[tuple[str, str]],
    keys: Sequence[tuple[str, Key]],
) -> list[LineWishes]:
    """The wishes of `Controls`, line by line.

    A progression of up to four chords is played on every line of the place it is asked for, a
    longer one is spread over the lines of each run; semicolons or line ends say what belongs to
    which line. A cadence ends the last line of each run it names. A later wish goes before an
    earlier one.

    Raises
    ------
    InputError
        If a place, chord, numeral, cadence or key is none.
    """
    key_of = dict.fromkeys(range(len(lines)), key)
    for place, other in keys:
        if other.mode != key.mode:
            raise InputError(
                f"The song is in {key.name} and cannot go on in {other.name}; a {key.mode} key is "
                "accepted."
            )
        key_of |= dict.fromkeys(lines_at(place, lines), other)
    chords: dict[int, tuple[Chord, ...]] = {}
    for place, text in progressions:
        for run in _runs(lines_at(place, lines), lines):
            chords |= _spread(text, run, key_of)
    endings: dict[int, str] = {}
    for place, cadence in cadences:
        checked_cadence(cadence)
        for run in _runs(lines_at(place, lines), lines):
            endings[run[-1]] = cadence
    return [
        LineWishes(key_of[number], chords.get(number), endings.get(number))
        for number in range(len(lines))
    ]


def check_wishes(lines: Sequence[SongLine], controls: Controls) -> None:
    """Refuse wishes that this song cannot have, before a model is loaded for it.

    Raises
    ------
    InputError
        As `wished_form` and `line_wishes` do; without a key as if it were C major.
    """
    wished_form(lines, controls)
    key = controls.key or Key("C", "major")
    line_wishes(lines, key, controls.progressions, controls.cadences, controls.keys)


def _runs(numbers: Sequence[int], lines: Sequence[SongLine]) -> list[list[int]]:
    """Lines that were named together, by the runs they stand in."""
    wanted = set(numbers)
    found = [[number for number in run if number in wanted] for run in runs_of(lines)]
    return [run for run in found if run]


def _spread(text: str, run: Sequence[int], key_of: dict[int, Key]) -> dict[int, tuple[Chord, ...]]:
    """A progression over the lines of a run, see `line_wishes`."""
    parts = [part for part in re.split(r"[;\n]", text) if part.strip()]
    found: dict[int, tuple[Chord, ...]] = {}
    for place, number in enumerate(run):
        if len(parts) > 1:
            found[number] = chords_of(parts[place % len(parts)], key_of[number])
            continue
        chords = chords_of(text, key_of[number])
        if len(chords) > _LOOP:
            low, high = (len(chords) * at // len(run) for at in (place, place + 1))
            chords = chords[low : max(high, low + 1)]
        found[number] = chords
    for chords in found.values():
        if len(chords) > _MOST:
            raise InputError(
                f"The progression puts {len(chords)} chords on one line; at most {_MOST} are "
                "accepted."
            )
    return found


def chords_of(text: str, key: Key) -> tuple[Chord, ...]:
    """A progression as chords of a key: Roman numerals (``I V vi IV``) or names (``C G Am F``).

    Raises
    ------
    InputError
        If it has no chord, or something else in it.
    """
    words = [word for word in re.split(r"[\s,|]+", text) if word.strip("-–—")]
    if len(words) == 1 and "-" in words[0] and is_numeral(words[0].split("-")[0]):
        words = [word for word in re.split("[-–—]", words[0]) if word]
    if not words:
        raise InputError("The progression is empty; numerals or chord names are accepted.")
    return tuple(
        chord_of_numeral(word, key) if is_numeral(word) else Chord.parse(word) for word in words
    )
