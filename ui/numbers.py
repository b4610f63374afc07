"""Numbers as people read them: a minus sign is not a hyphen."""

from __future__ import annotations

_MINUS = "\u2212"


def number(value: float, form: str = ".3f") -> str:
    """A number by a format of Python's, such as ".3f", or "+.3f" for a sign in any case."""
    return format(value, form).replace("-", _MINUS)


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign: "+0.50", "−0.25"; what rounds to nothing has none."""
    return number(value, f"+z.{digits}f")


def percent(probability: float) -> str:
    """A probability in whole percent; what only rounds to 0 or 100 is not called certain."""
    if 0.995 <= probability < 1:
        return "over 99%"
    if 0 < probability <= 0.005:
        return "under 1%"
    return f"{probability:.0%}"
