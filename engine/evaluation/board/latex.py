"""Tables as LaTeX, ready for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def as_latex(table: pd.DataFrame) -> str:
    r"""A table as LaTeX with ``booktabs`` rules; numbers with three decimals, text escaped."""
    layout = ["r" if table[name].dtype.kind in "fi" else "l" for name in table.columns]
    styled: Any = table.style.hide(axis="index")
    styled = styled.format(precision=3, na_rep="--", escape="latex")
    styled = styled.format_index(escape="latex", axis="columns")
    return styled.to_latex(hrules=True, position_float="centering", column_format="".join(layout))
