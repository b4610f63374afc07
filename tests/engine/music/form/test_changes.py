from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from engine.errors import InputError
from engine.lyrics import Lyrics
from engine.music.form import COPY, HOME, NEW, VARY, Form, LinePlan, Part, form_from_json
from engine.music.form.changes import with_ending, with_line, with_new_part, with_part_like
from engine.music.form.templates import form_of

TEXT = """[Verse]
The road is long
The night is cold

[Verse]
The moon is high
The song is old

[Verse]
The fire is low
The tale is told
"""


@pytest.fixture
def form() -> Form:
    return form_of(Lyrics.parse(TEXT).lines)


def test_a_plan_is_read_as_words(form: Form) -> None:
    assert form.text.split("\n")[:4] == ["strophic: A A A", "A  Verse", "  1: new", "  2: new"]
    assert form.text.endswith("  6: as line 2 up to the cadence")


def test_a_plan_survives_json(form: Form) -> None:
    changed = with_ending(form, 5, HOME)

    assert form_from_json(json.loads(json.dumps(changed.to_json()))) == changed


@pytest.mark.parametrize("value", [{}, {"parts": 1, "lines": [], "template": None}])
def test_json_that_is_no_form_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not the form of a song"):
        form_from_json(value)


def test_a_line_gets_harmony_of_its_own(form: Form) -> None:
    assert with_line(form, 2, NEW).lines[2] == LinePlan()


def test_who_followed_a_line_follows_what_it_copies_now(form: Form) -> None:
    changed = with_line(with_line(form, 2, NEW), 4, COPY, 2)

    assert with_line(changed, 2, VARY, 0).lines[4].source == 2
    assert with_line(changed, 2, COPY, 1).lines[4].source == 1


def test_a_part_gets_harmony_of_its_own_and_its_old_one_back(form: Form) -> None:
    changed = with_new_part(form, 1)

    assert changed.letters == "A B A"
    assert with_part_like(changed, 2, 1).letters == "A B B"
    assert with_part_like(changed, 1, 0).lines[3].source == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda form: with_line(form, 9, NEW), "no line 10"),
        (lambda form: with_line(form, 0, COPY, 3), "Line 1 follows line 2; a line before it"),
        (lambda form: with_line(form, 1, COPY), "Line 2 follows no line"),
        (lambda form: with_line(form, 3, "maybe", 0), "new, copy, vary"),
        (lambda form: with_line(form, 3, NEW, 0), "is new and follows no line"),
        (lambda form: with_ending(form, 3, "loud"), "open, home, turnaround"),
        (lambda form: with_part_like(form, 0, 1), "Part 1 cannot follow part 2"),
        (lambda form: with_new_part(form, -1), "no part 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    form: Form, change: Callable[[Form], Form], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        change(form)


def test_parts_with_gaps_are_refused() -> None:
    with pytest.raises(InputError, match="without gaps"):
        Form((Part(None, "A", 0, 1),), (LinePlan(), LinePlan()))
