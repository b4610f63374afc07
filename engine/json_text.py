"""JSON that somebody else wrote: read within bounds, with one kind of error for what is wrong."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

MAX_DEPTH = 64


def json_value(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises
    ------
    ValueError
        If it is no JSON, or nests lists and objects deeper than anything of ours: what walks
        through a value then needs no bound of its own.
    """
    try:
        value: Any = json.loads(text)
    except RecursionError:
        raise ValueError(f"it nests deeper than {MAX_DEPTH} levels") from None
    if is_deep(value):
        raise ValueError(f"it nests deeper than {MAX_DEPTH} levels")
    return value


def is_deep(value: Any) -> bool:
    """Whether lists and objects are nested deeper than `MAX_DEPTH`."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inside = (
            item.values() if isinstance(item, dict) else item
            for item in level
            if isinstance(item, dict | list)
        )
        level = list(chain.from_iterable(inside))
        if not level:
            return False
    return True
