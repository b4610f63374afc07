"""Numbers of the board as `ui.numbers` writes them: intervals, and tables that are sorted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ui.numbers import number

if TYPE_CHECKING:
    import pandas as pd

_PIXELS = 6.6  # of a letter in a table


def interval(low: float, high: float, form: str = ".3f") -> str:
    """Both ends of an interval; empty if there is none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"{number(low, form)} to {number(high, form)}"


def written(table: pd.DataFrame, forms: Mapping[str, str]) -> Any:
    """The table for ``st.dataframe``, its cells written by `number`; it sorts by the values.

    Streamlit's own formats of numbers write a hyphen for a minus sign.
    """

    def as_is(form: str) -> Any:
        return lambda value: number(value, form)

    kept = {name: as_is(form) for name, form in forms.items() if name in table}
    return table.style.format(kept, na_rep="")


def model_width(table: pd.DataFrame) -> int:
    """Pixels for the longest name in the column ``model``, within what a phone has room for."""
    longest = max((len(str(name)) for name in table["model"]), default=0)
    return round(min(max(_PIXELS * longest + 20, 96), 240))
