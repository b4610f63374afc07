"""How much work something is, told so that neither a slow machine nor a busy one changes it."""

from __future__ import annotations

import time
from collections.abc import Callable

_TRIES = 6


def effort(work: Callable[[], object], enough: float) -> float:
    """Processor time of some work in counted loops of this process, timed before and after it.

    One loop is about 10 ms where bounds were set. A neighbour that slows the core slows the loops
    as well; a try that was disturbed is made again, so what is returned is the least of several
    tries, ended by the first that is at most `enough`. Work that is too much is so each time.
    """
    least = float("inf")
    for _ in range(_TRIES):
        before = _processor_time(_counted_loop)
        taken = _processor_time(work)
        least = min(least, 2 * taken / (before + _processor_time(_counted_loop)))
        if least <= enough:
            break
    return least


def _processor_time(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _counted_loop() -> int:
    seen: dict[str, int] = {}
    for number in range(40_000):
        word = str(number % 997)
        seen[word] = seen.get(word, 0) + len(word)
    return len(seen)
