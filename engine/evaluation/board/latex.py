"""Tables as LaTeX, ready for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def as_latex(table: pd.DataFrame, caption: str = "") -> str:
    r"""A table as LaTeX with ``booktabs`` rules; numbers with three decimals, text escaped."""
    cells = [
        [_latex_cell(value) for value in row]
        for row in table.astype(object).itertuples(index=False, name=None)
    ]
    numeric = [table[name].dtype.kind in "fi" for name in table.columns]
    layout = "".join("r" if is_number else "l" for is_number in numeric)
    lines = [
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{_escaped(caption)}}}"] if caption else []),
        rf"\begin{{tabular}}{{{layout}}}",
        r"\toprule",
        " & ".join(_escaped(str(name)) for name in table.columns) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in cells),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _latex_cell(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "--"
    return f"{value:.3f}" if isinstance(value, float) else _escaped(str(value))


def _escaped(text: str) -> str:
    special = {c: "\\" + c for c in "&%$#_{}"}
    special |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(character, character) for character in text)
