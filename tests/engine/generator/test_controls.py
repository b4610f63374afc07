"""A wish that is accepted gives a song; another is refused before anything loads."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.generator import Controls, checked_genre
from engine.generator.controls import usual_complexity
from engine.music.key import KEYS
from engine.music.lead_sheet import LeadSheet, Line


@pytest.mark.parametrize("metre", ["0/4", "33/4", "99/4", "4/3", "4", "", "4/4/4", " 4/4", "٤/٤"])
def test_a_metre_that_no_lead_sheet_has_is_refused(metre: str) -> None:
    with pytest.raises(InputError, match="not a time signature"):
        Controls(time_signature=metre)


@pytest.mark.parametrize("wrong", [{"temperature": math.nan}, {"tempo": 500}, {"title": "x" * 201}])
def test_a_wish_out_of_range_is_refused(wrong: dict[str, float | int | str]) -> None:
    with pytest.raises(InputError, match="accepted"):
        Controls(**wrong)  # type: ignore[arg-type]


@given(
    st.integers(-1, 40),
    st.integers(-1, 20),
    st.integers(0, 500),
    st.text(max_size=220),
)
def test_what_controls_accept_a_lead_sheet_takes(
    beats: int, unit: int, tempo: int, title: str
) -> None:
    try:
        wishes = Controls(time_signature=f"{beats}/{unit}", tempo=tempo, title=title)
    except InputError:
        return
    assert wishes.tempo is not None
    LeadSheet(
        wishes.title, KEYS[0], (Line(("la",)),), wishes.time_signature, wishes.tempo, wishes.genre
    )


def test_a_misspelt_genre_is_refused_with_the_one_that_was_meant() -> None:
    assert checked_genre(" Jazz ") == "jazz"
    with pytest.raises(
        InputError, match=r"no genre 'jaz' \(did you mean jazz\?\); genres are blues"
    ):
        checked_genre("jaz")


@pytest.mark.parametrize(
    ("genre", "usual"),
    [("Metal", "triads"), ("rock", "triads"), ("jazz", "extended"), ("blues", "sevenths")],
)
def test_chords_are_as_rich_as_the_style_has_them(genre: str, usual: str) -> None:
    assert usual_complexity(genre) == usual
    assert usual_complexity(None) == usual_complexity("zydeco") == "sevenths"
