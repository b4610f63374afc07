"""Changes of a plan by hand: each gives another valid `Form`. Pure. Lines and parts count from 0.

A line that others follow may become a copy itself: they then follow what it copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import InputError
from engine.music.form import COPY, NEW, Form, LinePlan
from engine.music.form.inference import letter_of, root_of


def with_line(form: Form, line: int, plan: str, source: int | None = None) -> Form:
    """Plan one line anew.

    Raises
    ------
    InputError
        If there is no such line, plan or source.
    """
    _check_line(form, line)
    if source is not None:
        _check_line(form, source)
        source = root_of(form.lines, source)
    changed = replace(form.lines[line], plan=plan, source=source)
    return _with_plans(form, {line: changed})


def with_ending(form: Form, line: int, ending: str | None) -> Form:
    """Ask a line to end in one of `engine.music.form.ENDINGS`, or as the style has it."""
    _check_line(form, line)
    return _with_plans(form, {line: replace(form.lines[line], ending=ending)})


def with_new_part(form: Form, part: int) -> Form:
    """Give a part harmony of its own, unlike all others."""
    _check_part(form, part)
    letters = {one.letter for one in form.parts}
    letter = next(name for n in range(len(letters) + 1) if (name := letter_of(n)) not in letters)
    plans = {
        line: replace(form.lines[line], plan=NEW, source=None) for line in form.parts[part].lines
    }
    return _relettered(_with_plans(form, plans), part, letter)


def with_part_like(form: Form, part: int, other: int) -> Form:
    """Let a part follow an earlier one line by line, from its start again where it is longer."""
    _check_part(form, part)
    _check_part(form, other)
    if other >= part:
        raise InputError(
            f"Part {part + 1} cannot follow part {other + 1}; an earlier part is accepted."
        )
    model = form.parts[other].lines
    plans: dict[int, LinePlan] = {}
    for place, line in enumerate(form.parts[part].lines):
        source = root_of(form.lines, model[place % len(model)])
        plans[line] = replace(form.lines[line], plan=COPY, source=source)
    return _relettered(_with_plans(form, plans), part, form.parts[other].letter)


def _with_plans(form: Form, changed: dict[int, LinePlan]) -> Form:
    plans = [changed.get(index, plan) for index, plan in enumerate(form.lines)]
    for index, plan in enumerate(plans):
        if index not in changed and plan.source is not None:
            plans[index] = replace(plan, source=_root(plans, plan.source))
    return replace(form, lines=tuple(plans))


def _root(plans: Sequence[LinePlan], line: int) -> int:
    while (root := root_of(plans, line)) != line:
        line = root
    return line


def _relettered(form: Form, part: int, letter: str) -> Form:
    parts = list(form.parts)
    parts[part] = replace(parts[part], letter=letter)
    return replace(form, parts=tuple(parts))


def _check_line(form: Form, line: int) -> None:
    if not 0 <= line < len(form.lines):
        raise InputError(f"There is no line {line + 1}; the song has lines 1 to {len(form.lines)}.")


def _check_part(form: Form, part: int) -> None:
    if not 0 <= part < len(form.parts):
        raise InputError(f"There is no part {part + 1}; the song has parts 1 to {len(form.parts)}.")
