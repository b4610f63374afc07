"""Numbers as people read them in running text: a minus sign is not a hyphen."""

from __future__ import annotations

_MINUS = "\u2212"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign: "+0.50", "−0.25"; what rounds to nothing has none."""
    return f"{value:+z.{digits}f}".replace("-", _MINUS)


def percent(probability: float) -> str:
    """A probability in whole percent; what only rounds to 0 or 100 is not called certain."""
    if 0.995 <= probability < 1:
        return "over 99%"
    if 0 < probability <= 0.005:
        return "under 1%"
    return f"{probability:.0%}"
