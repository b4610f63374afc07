from __future__ import annotations

import pytest

from engine.figures.song_map import KINDS, RAMP, by_kind, by_number
from engine.figures.style import NEUTRAL, contrast

DAY, NIGHT = "#fdfaf4", "#1b1613"


def test_the_commonest_values_have_a_colour_each_and_the_rest_is_grey() -> None:
    names = [f"genre {n}" for n in range(len(KINDS) + 2) for _ in range(20 - n)]
    found = by_kind([*names, ""], "unknown")
    colours = [found.palette[group] for group in found.groups]
    assert colours[0] == KINDS[0]
    assert len({*colours}) == len(KINDS) + 1
    assert colours[-1] == NEUTRAL
    named = {name: (count, colour) for name, count, (colour, *_) in found.legend}
    assert named["genre 0"] == ("20", KINDS[0])
    assert named["2 others"] == (str(20 - len(KINDS) + 19 - len(KINDS)), NEUTRAL)
    assert named["unknown"] == ("1", NEUTRAL)


def test_an_order_asked_for_comes_first_and_right_is_green() -> None:
    assert [name for name, *_ in by_kind(["a", "b", "b"], order=["a", "none"]).legend] == ["a", "b"]
    found = by_kind(["wrong", "right", "", "right"], "cannot be told")
    assert [name for name, *_ in found.legend] == ["right", "wrong", "cannot be told"]
    assert found.palette[found.groups[1]] == "#009E73"


def test_numbers_go_from_one_end_of_a_ramp_to_the_other() -> None:
    found = by_number([*range(1960, 2020), None])
    assert found.palette[found.groups[0]].upper() == RAMP[0].upper()
    assert found.palette[found.groups[-2]].upper() == RAMP[-1].upper()
    assert found.palette[found.groups[-1]] == NEUTRAL
    assert [(name, count) for name, count, _ in found.legend] == [
        ("1960 to 2019", "60"),
        ("unknown", "1"),
    ]
    assert by_number([None]).legend == (("unknown", "1", (NEUTRAL,)),)


@pytest.mark.parametrize("colour", [*KINDS, *RAMP, NEUTRAL])
def test_every_colour_stands_out_by_day_and_by_night(colour: str) -> None:
    assert contrast(colour, DAY) > 1.9
    assert contrast(colour, NIGHT) > 1.9
