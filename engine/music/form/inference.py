"""The form that the words of a song suggest: which lines follow which. Pure.

1. **Parts** are runs of lines of one label and one stanza. A long run without labels or blank lines
   is parted where text that comes again begins and ends, and into quatrains where these have one
   measure and one rhyme scheme.
2. **Like parts** get one letter; each follows the first of its letter, line by line
   (`engine.music.form.likeness`).
3. **Lines** sung before with the same words, but not just before, copy that time: a refrain line
   keeps its chords wherever it stands.
4. **Cadences**: the last line of the song, and of parts that only their measure makes alike, vary
   the line they follow: they come to their own close.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import InputError
from engine.music.form import COPY, VARY, Form, LinePlan, Part
from engine.music.form.likeness import (
    WHOLE,
    SongLine,
    Stanza,
    Verse,
    kinds,
    likeness,
    rhyme_scheme,
    same_measure,
    verse_of,
)

_QUATRAIN = 4
_LONG = 12  # lines without a label and a blank line, from which a part may hold several


def inferred_form(lines: Sequence[SongLine]) -> Form:
    """The form of a song without a template.

    Parameters
    ----------
    lines : sequence of LyricLine or Line

    Raises
    ------
    InputError
        If there are no lines.
    """
    if not lines:
        raise InputError("A song without lines has no form; at least one line is needed.")
    stanzas = stanzas_of(lines)
    sources, letters = _likened(stanzas)
    parts = tuple(
        Part(stanza.section, letter, stanza.start, stanza.stop, stanza.number)
        for stanza, letter in zip(stanzas, letters, strict=True)
    )
    verses = [verse for stanza in stanzas for verse in stanza.verses]
    plans = _planned(stanzas, sources, verses)
    return Form(parts, tuple(plans))


def stanzas_of(lines: Sequence[SongLine]) -> list[Stanza]:
    """The parts of a song in order."""
    verses = [verse_of(line.words) for line in lines]
    heads = [(line.section, line.stanza, line.number) for line in lines]
    starts = [i for i, head in enumerate(heads) if not i or head != heads[i - 1]]
    stanzas: list[Stanza] = []
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        section = lines[start].section
        inner = _inner_starts(verses[start:stop]) if section is None else [0]
        stops = [*inner[1:], stop - start]
        stanzas += [
            Stanza(
                section, start + low, tuple(verses[start + low : start + high]), lines[start].number
            )
            for low, high in zip(inner, stops, strict=True)
        ]
    return stanzas


def _inner_starts(verses: Sequence[Verse]) -> list[int]:
    """Where pieces of a long run begin: at text that comes again, else by quatrains."""
    if len(verses) < _LONG:
        return [0]
    starts = _starts_of_repeats(verses)
    cut: list[int] = []
    for low, high in zip(starts, [*starts[1:], len(verses)], strict=True):
        cut += range(low, high, _QUATRAIN) if _is_of_quatrains(verses[low:high]) else [low]
    return cut


def _starts_of_repeats(verses: Sequence[Verse]) -> list[int]:
    """The borders of the blocks of two lines or more that come again later."""
    count = len(verses)
    repeated = [False] * count
    borders = {0}
    for first in range(count):
        for second in range(first + 2, count):
            if verses[first].key != verses[second].key or (
                first and verses[first - 1].key == verses[second - 1].key
            ):
                continue
            length = 0
            while second + length < count and first + length < second:
                if verses[first + length].key != verses[second + length].key:
                    break
                length += 1
            if length >= 2 and not any(repeated[first : first + length]):
                repeated[second : second + length] = [True] * length
                borders |= {first, first + length, second, second + length}
    return sorted(border for border in borders if border < count)


def _is_of_quatrains(verses: Sequence[Verse]) -> bool:
    """Whether a run is quatrains of one measure and one rhyme scheme with rhymes in it."""
    if len(verses) < 2 * _QUATRAIN or len(verses) % _QUATRAIN:
        return False
    first, *others = (
        verses[start : start + _QUATRAIN] for start in range(0, len(verses), _QUATRAIN)
    )
    scheme = rhyme_scheme(first)
    return len(set(scheme)) < _QUATRAIN and all(
        rhyme_scheme(other) == scheme and all(map(same_measure, first, other)) for other in others
    )


def _likened(stanzas: Sequence[Stanza]) -> tuple[list[int | None], list[str]]:
    """For each part the first one it is like, or None, and its letter."""
    kind = kinds(stanzas)
    sources: list[int | None] = []
    letters: list[str] = []
    for index, stanza in enumerate(stanzas):
        scores = [
            likeness(stanza, other, same_kind=kind[index] == kind[before] != WHOLE)
            for before, other in enumerate(stanzas[:index])
        ]
        best = max(range(index), key=lambda before: (scores[before], -before), default=None)
        if best is None or not scores[best]:
            sources.append(None)
            letters.append(letter_of(len(set(letters))))
        else:
            sources.append(best)
            letters.append(letters[best])
    return sources, letters


def letter_of(number: int) -> str:
    """A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _planned(
    stanzas: Sequence[Stanza], sources: Sequence[int | None], verses: Sequence[Verse]
) -> list[LinePlan]:
    plans: list[LinePlan] = []
    final = len(verses) - 1
    for stanza, source in zip(stanzas, sources, strict=True):
        model = None if source is None else stanzas[source]
        for line in range(stanza.start, stanza.stop):
            place = line - stanza.start
            followed = _sung_before(line, stanza, model, verses)
            is_sung_again = followed is not None
            if followed is None and model is not None:
                followed = _aligned(place, stanza, model)
            if followed is None:
                plans.append(LinePlan())
                continue
            closes = line == final or (
                line == stanza.stop - 1 and stanza.section is None and not is_sung_again
            )
            plans.append(LinePlan(VARY if closes else COPY, root_of(plans, followed)))
    return plans


def root_of(plans: Sequence[LinePlan], line: int) -> int:
    """The line itself, or the one it is a copy of."""
    plan = plans[line]
    return plan.source if plan.plan == COPY and plan.source is not None else line


def _sung_before(
    line: int, stanza: Stanza, model: Stanza | None, verses: Sequence[Verse]
) -> int | None:
    """The line whose words a line repeats: at its place of the like part, else the first one.

    Just after itself a line is no copy: its repetition often moves on (a blues repeats its first
    line over the fourth degree).
    """
    same = [before for before in range(line) if verses[before].key == verses[line].key]
    if model is not None and (at := model.start + line - stanza.start) in same:
        return at
    if model is not None:
        within = [before for before in same if model.start <= before < model.stop]
        if within:
            return within[0]
        if same and same[0] >= stanza.start:  # repeated here alone: go with the like part
            return None
    return same[0] if same and same[-1] != line - 1 else None


def _aligned(place: int, stanza: Stanza, model: Stanza) -> int | None:
    """The line of the like part at the same place, where their measures are alike."""
    length, other = len(stanza.verses), len(model.verses)
    if length != other and length == 2 * other:
        at = place % other
    elif length < other and place == length - 1 and other != 2 * length:
        at = other - 1  # a shorter part ends as the longer one does
    else:
        at = place
    if at >= other or not same_measure(stanza.verses[place], model.verses[at]):
        return None
    return model.start + at
