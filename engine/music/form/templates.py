"""Forms that a style has a name for: recognised in the words, or asked for by name. Pure.

========== ===========================================================================
blues      twelve bars over AAB: a line, the same line over the fourth degree, an answer;
           stanzas of three lines (four bars each) or six (two bars each)
8-bar-blues  eight bars over a couplet: stanzas of two lines (four bars each) or four (two bars
           each); never recognised, only asked for
aaba       four parts of eight bars: twice the same, a bridge, the same again
strophic   every stanza to the same music
verse-chorus  verses of one music, a chorus that comes again, perhaps a bridge
free       none of them
========== ===========================================================================

The blues follows the common twelve bars with a quick change, a V-IV descent and a turnaround left
open (Koch, "Harmonic Approaches to the Twelve-Bar Blues Form", 1982); the one of eight bars goes
to V before IV, as most of them do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations

from engine.errors import InputError, quoted
from engine.music.form import COPY, HOME, OPEN, TURNAROUND, VARY, Bars, Form, LinePlan, Part
from engine.music.form.inference import inferred_form, root_of
from engine.music.form.likeness import SongLine, Verse, same_measure, verse_of

TEMPLATES = ("blues", "8-bar-blues", "aaba", "strophic", "verse-chorus", "free")
_BLUES_GENRES = frozenset({None, "unknown", "blues", "jazz", "rock", "r&b", "country"})
_RECURRING = 0.6  # of the lines of a stanza that comes again
_NEARLY_EQUAL = 0.7  # of the words of a blues's first two lines
_BLUES: Bars = (
    *(("I",), ("I", "IV"), ("I",), ("I",)),
    *(("IV",), ("IV",), ("I",), ("I",)),
    *(("V",), ("IV", "V"), ("I",), ("I", "V")),
)
_EIGHT_BAR_BLUES: Bars = (
    *(("I",), ("V",), ("IV",), ("IV",)),
    *(("I",), ("V",), ("I", "IV"), ("I", "V")),
)
_EIGHT_BARS = (8, 16, 32)
_SYLLABLES_A_BAR = 6.5  # more are too many for a bar of eight


def form_of(
    lines: Sequence[SongLine], template: str | None = None, genre: str | None = None
) -> Form:
    """The form of a song: by a template, told or recognised, and by its words.

    Parameters
    ----------
    lines : sequence of LyricLine or Line
    template : str, optional
        One of `TEMPLATES`; None lets the words tell.
    genre : str, optional
        A blues is recognised where the genre may have one.

    Raises
    ------
    InputError
        If there are no lines, or the words do not fit the template.
    """
    if template is not None and template not in TEMPLATES:
        raise InputError(
            f"There is no form {quoted(template)}; {', '.join(TEMPLATES)} are accepted."
        )
    form = inferred_form(lines)
    verses = [verse_of(line.words) for line in lines]
    if template is None:
        if genre in _BLUES_GENRES and _is_blues(form, verses, genre):
            template = "blues"
        elif _is_aaba(form):
            template = "aaba"
        elif _has_chorus(form, verses):
            template = "verse-chorus"
        else:
            letters = {part.letter for part in form.parts}
            template = "strophic" if len(letters) == 1 < len(form.parts) else "free"
    return replace(_BUILDERS[template](form, verses), template=template)


def _is_blues(form: Form, verses: Sequence[Verse], genre: str | None) -> bool:
    """Whether most parts are AAB; in the genre blues, also where none repeats its line."""
    choruses = [chorus for part in form.parts for chorus in _choruses(part, verses)]
    held = sum(len(chorus) for chorus in choruses)
    if held < 0.75 * len(verses):
        return False
    return genre == "blues" or 2 * sum(_repeats(c, verses) for c in choruses) >= len(choruses)


def _choruses(part: Part, verses: Sequence[Verse]) -> list[range]:
    """The blues choruses a part holds: one of three or six lines, or several of three."""
    lines = part.lines
    threes = [lines[low : low + 3] for low in range(0, len(lines), 3)]
    if len(lines) % 3:
        return []
    if len(lines) == 6 and not all(_repeats(three, verses) for three in threes):
        return [lines]
    if len(lines) > 6 and not all(_repeats(three, verses) for three in threes):
        return []
    return threes


def _repeats(chorus: range, verses: Sequence[Verse]) -> bool:
    """Whether the second third of a chorus repeats the words of the first, or nearly."""
    third = len(chorus) // 3
    first, second = (
        [word for line in chorus[low : low + third] for word in verses[line].key]
        for low in (0, third)
    )
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _NEARLY_EQUAL


def _blues(form: Form, verses: Sequence[Verse]) -> Form:
    choruses = [chorus for part in form.parts for chorus in _choruses(part, verses)]
    if not choruses:
        lengths = ", ".join(str(len(part.lines)) for part in form.parts)
        raise InputError(
            f"A blues needs stanzas of three or six lines; this lyric has stanzas of {lengths}."
        )
    return _over(form, choruses, _BLUES)


def _eight_bar_blues(form: Form, verses: Sequence[Verse]) -> Form:
    del verses
    lengths = [len(part.lines) for part in form.parts]
    if any(length % 2 or (length % 4 and length > 4) for length in lengths):
        raise InputError(
            "An eight-bar blues needs stanzas of two or four lines; this lyric has stanzas of "
            f"{', '.join(map(str, lengths))}."
        )
    choruses = [
        part.lines[low : low + 4] for part in form.parts for low in range(0, len(part.lines), 4)
    ]
    return _over(form, choruses, _EIGHT_BAR_BLUES)


def _over(form: Form, choruses: Sequence[range], frame: Bars) -> Form:
    """Every chorus over one frame, the first of each length as the model of the others."""
    plans = list(form.lines)
    models: dict[int, range] = {}
    for chorus in choruses:
        model = models.setdefault(len(chorus), chorus)
        share = len(frame) // len(chorus)
        for place, line in enumerate(chorus):
            plan = LinePlan() if model is chorus else LinePlan(COPY, model[place])
            plans[line] = replace(plan, bars=frame[place * share : (place + 1) * share])
        last = chorus[-1]
        if last == form.final:
            plan = plans[last] if model is chorus else replace(plans[last], plan=VARY)
            plans[last] = replace(plan, bars=(*plan.bars[:-1], ("I",)), ending=HOME)
        else:
            plans[last] = replace(plans[last], ending=TURNAROUND)
    return replace(form, lines=_settled(plans))


def _is_aaba(form: Form) -> bool:
    groups = _groups_of_four(form)
    if not _has_equal_as(groups) or any(part.section == "chorus" for part in form.parts):
        return False
    first, _, bridge, _ = groups[0]
    pattern = [first.letter, first.letter, bridge.letter, first.letter]
    return first.letter != bridge.letter and all(
        [part.letter for part in group] == pattern for group in groups
    )


def _groups_of_four(form: Form) -> list[tuple[Part, ...]]:
    if len(form.parts) % 4:
        return []
    return [tuple(form.parts[low : low + 4]) for low in range(0, len(form.parts), 4)]


def _has_equal_as(groups: Sequence[Sequence[Part]]) -> bool:
    """Whether there are groups, and in each the first, second and last have equally many lines."""
    lengths = [[len(part.lines) for part in group] for group in groups]
    return bool(groups) and all(one == two == last for one, two, _, last in lengths)


def _aaba(form: Form, verses: Sequence[Verse]) -> Form:
    groups = _groups_of_four(form)
    if not _has_equal_as(groups):
        raise InputError(
            "An AABA needs four stanzas of which the first, second and last have equally many "
            f"lines; this lyric has stanzas of {', '.join(str(len(p.lines)) for p in form.parts)}."
        )
    plans = list(form.lines)
    parts: list[Part] = []
    first, second, bridge, _ = groups[0]
    for group in groups:
        for place, part in enumerate(group):
            model = bridge if place == 2 else first
            bars = _frame_of(part, verses)
            for index, line in enumerate(part.lines):
                source = model.start + index if index < len(model.lines) else None
                is_own = source is None or source >= line
                plan = LinePlan() if is_own else LinePlan(COPY, source)
                plans[line] = replace(plan, bars=((),) * bars)
            last, ending = part.stop - 1, OPEN if place in {0, 2} else HOME
            if part is second:
                plans[last] = replace(plans[last], plan=VARY)
            elif place in {1, 3}:
                plans[last] = replace(plans[last], plan=COPY, source=second.stop - 1)
            plans[last] = replace(plans[last], ending=ending)
            parts.append(replace(part, letter="B" if place == 2 else "A"))
    return replace(form, parts=tuple(parts), lines=_settled(plans))


def _frame_of(part: Part, verses: Sequence[Verse]) -> int:
    """How many bars each line of an eight-bar part fills; 0 where they cannot be equal."""
    count = len(part.lines)
    sung = sum(verses[line].syllables for line in part.lines)
    return next(
        (
            bars // count
            for bars in _EIGHT_BARS
            if bars % count == 0 and sung <= bars * _SYLLABLES_A_BAR
        ),
        0,
    )


def _has_chorus(form: Form, verses: Sequence[Verse]) -> bool:
    """Whether a part is labelled as the chorus or comes again, and there is another beside it."""
    letters = {part.letter for part in form.parts}
    is_there = any(part.section == "chorus" for part in form.parts) or any(
        _comes_again(one, other, verses) for one, other in combinations(form.parts, 2)
    )
    return is_there and len(letters) > 1


def _comes_again(one: Part, other: Part, verses: Sequence[Verse]) -> bool:
    pairs = zip(one.lines, other.lines, strict=False)
    same = sum(verses[line].key == verses[again].key for line, again in pairs)
    return one.letter == other.letter and same >= _RECURRING * len(other.lines)


def _verse_chorus(form: Form, verses: Sequence[Verse]) -> Form:
    if not _has_chorus(form, verses):
        raise InputError(
            "No stanza of this lyric is labelled as a chorus or comes again; "
            "write [Chorus] above the lines that are one."
        )
    return form


def _strophic(form: Form, verses: Sequence[Verse]) -> Form:
    if len(form.parts) < 2:
        raise InputError("A strophic song needs two stanzas or more; this lyric has one.")
    first = form.parts[0]
    plans = list(form.lines[first.start : first.stop])
    for part in form.parts[1:]:
        for place, line in enumerate(part.lines):
            source = root_of(plans, first.lines[place % len(first.lines)])
            closes = line == form.final or not same_measure(verses[source], verses[line])
            plans.append(LinePlan(VARY if closes else COPY, source))
    parts = tuple(replace(part, letter="A") for part in form.parts)
    return replace(form, parts=parts, lines=tuple(plans))


def _free(form: Form, verses: Sequence[Verse]) -> Form:
    del verses
    return form


def _settled(plans: Sequence[LinePlan]) -> tuple[LinePlan, ...]:
    """The plans with each source led back to the line that is no copy."""
    settled: list[LinePlan] = []
    for plan in plans:
        source = None if plan.source is None else root_of(settled, plan.source)
        settled.append(replace(plan, source=source))
    return tuple(settled)


_BUILDERS: dict[str, Callable[[Form, Sequence[Verse]], Form]] = {
    "blues": _blues,
    "8-bar-blues": _eight_bar_blues,
    "aaba": _aaba,
    "strophic": _strophic,
    "verse-chorus": _verse_chorus,
    "free": _free,
}
