"""Numbers carry a minus sign, and tables of them still sort by value."""

from __future__ import annotations

import pandas as pd

from ui.leaderboard.numbers import interval, written
from ui.numbers import number


def test_a_number_below_zero_has_a_minus_sign() -> None:
    assert number(-0.0142) == "−0.014"
    assert number(0.0142, "+.3f") == "+0.014"
    assert interval(-0.5, 0.25, "+.2f") == "−0.50 to +0.25"
    assert interval(float("nan"), 0.25) == ""


def test_cells_are_written_and_sorted_by_what_they_are_worth() -> None:
    table = pd.DataFrame({"model": ["a", "b"], "difference": [-0.5, None]})
    shown = written(table, {"difference": "+.3f", "not there": ".1f"})
    assert shown.data is table
    cells = [
        [cell["display_value"] for cell in row if cell["type"] == "td"]
        for row in shown._translate(False, False)["body"]
    ]
    assert cells == [["a", "−0.500"], ["b", ""]]
