"""Colours of the songs on a map: a kind each for the commonest values, or a ramp for numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.figures.style import NEUTRAL, PALETTE, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KINDS = (
    *(colour for colour in PALETTE if colour != NEUTRAL),
    *("#7A5CC2", "#7FA82E", "#B5364B", "#2FA3A0", "#B58AA5"),
)
"""One a kind; grey is for what has no colour of its own."""
RAMP = ("#3B6FD4", "#1FA187", "#E69F00", "#D0402B")
"""From few to many; each stands out on a light and on a dark page."""
STEPS = 16
HIDDEN = 255
RIGHT, WRONG = "right", "wrong"
_ANSWERS = {RIGHT: "#009E73", WRONG: "#D55E00"}


@dataclass(frozen=True)
class Colouring:
    """What colour each song has, and what the colours mean.

    Attributes
    ----------
    groups : array (songs,) of uint8
        The place of its colour in `palette`.
    palette : tuple of str
    legend : tuple of (str, str, tuple of str)
        A name, how many songs, and its colour, or the colours of a ramp.
    """

    groups: NDArray[np.uint8]
    palette: tuple[str, ...]
    legend: tuple[tuple[str, str, tuple[str, ...]], ...]


def by_kind(
    values: Sequence[str], missing: str = "unknown", order: Sequence[str] = ()
) -> Colouring:
    """A colour for each of the commonest texts, grey for the others and for what is missing ("").

    `order` are values that come first, as clusters do by their size.
    """
    import pandas as pd

    texts: Any = pd.Series(values, dtype=object)
    counts = Counter(value for value in values if value)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    names = [name for name in order if name in counts]
    names += [name for name in ranked if name not in names]
    shown = names[: len(KINDS)]
    colours = _kind_colours(shown)
    palette = (*colours, NEUTRAL)
    groups = pd.Categorical(texts, categories=shown).codes.astype("int64")
    groups[groups < 0] = len(shown)
    legend = [(n, f"{counts[n]:,}", (c,)) for n, c in zip(shown, colours, strict=True)]
    empty = int((texts == "").sum())
    others = len(texts) - empty - sum(counts[name] for name in shown)
    if others:
        legend.append((f"{len(names) - len(shown):,} others", f"{others:,}", (NEUTRAL,)))
    if empty:
        legend.append((missing, f"{empty:,}", (NEUTRAL,)))
    return Colouring(groups.astype("uint8"), palette, tuple(legend))


def by_number(values: Sequence[float | None]) -> Colouring:
    """A ramp over numbers, each step for as many songs; grey where there is none."""
    import numpy as np

    numbers: Any = np.array([np.nan if value is None else value for value in values], float)
    known = ~np.isnan(numbers)
    palette = (*_ramp(STEPS), NEUTRAL)
    groups = np.full(len(numbers), STEPS, np.uint8)
    legend: list[tuple[str, str, tuple[str, ...]]] = []
    if known.any():
        bounds = np.quantile(numbers[known], np.linspace(0, 1, STEPS + 1)[1:-1])
        groups[known] = np.searchsorted(bounds, numbers[known], side="right")
        low, high = numbers[known].min(), numbers[known].max()
        legend.append((f"{low:g} to {high:g}", f"{int(known.sum()):,}", RAMP))
    if not known.all():
        legend.append(("unknown", f"{int((~known).sum()):,}", (NEUTRAL,)))
    return Colouring(groups, palette, tuple(legend))


def _kind_colours(names: Sequence[str]) -> list[str]:
    """What is right or wrong has the colours of that; all else comes in the order of `KINDS`."""
    if set(names) <= set(_ANSWERS):
        return [_ANSWERS[name] for name in names]
    return list(KINDS[: len(names)])


def _ramp(steps: int) -> list[str]:
    found: list[str] = []
    for step in range(steps):
        at = step / (steps - 1) * (len(RAMP) - 1)
        first = min(int(at), len(RAMP) - 2)
        found.append(mixed(RAMP[first], RAMP[first + 1], at - first))
    return found
