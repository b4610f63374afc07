r"""A metric as data: name, unit, direction, source, and two functions.

Conventions
-----------
A *table of predictions* has one row a song: ``id``, ``reference``, ``prediction``, ``cluster`` (a
hash of the artist), and, where there are any, one column ``p:<label>`` a class and the columns
``bertscore_precision``, ``bertscore_recall``, ``bertscore_f1``.

Every metric here is a function of sums over songs:

- ``statistics(table)`` gives an array of shape (songs, k);
- ``value(sums)`` maps sums of shape (..., k) to values of shape (...).

So the value of the whole is ``value(statistics(table).sum(0))``, and a bootstrap is one matrix
product (see `engine.evaluation.metrics.uncertainty`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """One metric; see the module's docstring for what its functions promise.

    Attributes
    ----------
    name, title : str
        The name in records, and the words shown on screen.
    unit : str
        "share" (0 to 1), "nats", "s", "MB", ...
    higher_is_better : bool
        The direction.
    source : str
        Where the definition is from.
    signature : str
        The definition's parameters; numbers of different signatures are never compared.
    statistics, value : callable or None
        None for what is measured once a run, such as memory.
    needs : tuple of str
        Columns a table must have; a name ending in ":" stands for any column starting so.
    ranked : bool
        False for what only describes, where neither more nor less is better.
    """

    name: str
    title: str
    unit: str
    higher_is_better: bool
    source: str
    signature: str
    statistics: Callable[[pd.DataFrame], FloatArray] | None = None
    value: Callable[[FloatArray], FloatArray] | None = None
    needs: tuple[str, ...] = ()
    ranked: bool = True

    def applies_to(self, table: pd.DataFrame) -> bool:
        """Whether the table has the columns this metric needs."""
        return self.statistics is not None and all(
            any(str(name).startswith(need) for name in table.columns)
            if need.endswith(":")
            else need in table.columns
            for need in self.needs
        )

    def of(self, table: pd.DataFrame) -> float:
        """The value over all songs of a table."""
        if self.statistics is None or self.value is None:
            raise ValueError(f"'{self.name}' is measured once a run, not computed from songs.")
        return float(self.value(self.statistics(table).sum(axis=0)))


def with_count(values: FloatArray) -> FloatArray:
    """Shape (songs, 2): each value and a 1 beside it, for `mean`."""
    return np.stack([values, np.ones(len(values))], axis=1)


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """One over the other; 0 where the other is 0."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    return np.divide(
        numerator, denominator, out=np.zeros(shape), where=np.asarray(denominator) != 0
    )


def mean(sums: FloatArray) -> FloatArray:
    """First sum over the second (0 where the second is 0)."""
    return ratio(sums[..., 0], sums[..., 1])


def f1(sums: FloatArray) -> FloatArray:
    """F1 from the sums hits, references, predictions."""
    return ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def column_mean(name: str) -> Callable[[pd.DataFrame], FloatArray]:
    """Statistics whose `mean` is the mean of a column."""

    def statistics(table: pd.DataFrame) -> FloatArray:
        return with_count(np.asarray(table[name], dtype=np.float64))

    return statistics


def column_ratio(numerator: str, denominator: str) -> Callable[[pd.DataFrame], FloatArray]:
    """Statistics whose `mean` is the sum of one column over the sum of another."""

    def statistics(table: pd.DataFrame) -> FloatArray:
        return np.asarray(table[[numerator, denominator]], dtype=np.float64)

    return statistics
