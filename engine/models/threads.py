"""How a model's threads wait for each other, and how many there are.

OpenMP's workers spin at the end of every loop until the last one has come. Where another process
uses the cores too, one of them spins on the very core that the other needs: a lyric then took ten
times as long. So they are told to sleep soon, before anything loads OpenMP (``import engine`` does
that); where a user has chosen how they wait, that stands.

How many threads a model gets is tried once in a process: a core that is only half one's own, as
with hyper-threads or a container's quota, can make more of them slower. ``LYRICLAB_THREADS``, or
OpenMP's own ``OMP_NUM_THREADS``, settles it instead.
"""

from __future__ import annotations

import os
import sys
import time
from functools import cache

from engine.errors import InputError

SETTING = "LYRICLAB_THREADS"
HAND_OVER_SECONDS = 0.0001
"""For so long a page's script may go on while a model wants to; Python itself gives it 0.005."""
# Any of these says how OpenMP's workers wait: the standard's own, GNU's, and Intel's and LLVM's.
WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
# Turns of GNU's waiting loop, some microseconds; milliseconds of Intel's and LLVM's.
SHORT_WAIT = {"GOMP_SPINCOUNT": "300", "KMP_BLOCKTIME": "1"}
# More threads are taken only if they are this much faster: fewer leave room for others.
_WORTH = 1.1
_ROUNDS = 6


def let_workers_sleep() -> None:
    """Have OpenMP's workers sleep after a short wait; without effect once OpenMP is loaded.

    Sleeping at once (``OMP_WAIT_POLICY=passive``) made small models four times slower where nobody
    else computes: most waits are shorter than waking up.
    """
    if not any(name in os.environ for name in WAITING):
        os.environ |= SHORT_WAIT


def hand_over_soon() -> None:
    """Have Python let a thread that waits for its turn have it soon.

    A model's thread gives its turn away with every product that it computes and wants it back some
    microseconds later. Where scripts of pages run meanwhile it waited 5 ms for it each time.
    """
    sys.setswitchinterval(HAND_OVER_SECONDS)


def cores() -> int:
    """Cores that this process may use, or the threads that a user allows it.

    Raises
    ------
    InputError
        If ``LYRICLAB_THREADS`` is not a whole number from 1.
    """
    if asked := asked_threads():
        return asked
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def asked_threads() -> int | None:
    """What the user's settings say; None if they say nothing."""
    said = os.environ.get(SETTING, "")
    if said:
        if not said.isdecimal() or int(said) < 1:
            raise InputError(f"{SETTING} is '{said}'; a whole number from 1 is accepted.")
        return int(said)
    outer = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return int(outer) if outer.isdecimal() and int(outer) else None


@cache
def model_threads() -> int:
    """How many threads answer fastest, tried once in some 0.1 s, or what the user has set."""
    if asked := asked_threads():
        return asked
    most = cores()
    counts = sorted({1, max(most // 2, 1), most})
    if len(counts) == 1:
        return 1
    seconds = _seconds_by_threads(counts)
    best = counts[0]
    for count in counts[1:]:
        if seconds[count] * _WORTH < seconds[best]:
            best = count
    return best


def use_model_threads() -> int:
    """Have PyTorch use `model_threads` here and in threads that start later; how many they are."""
    import torch

    count = model_threads()
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
    return count


def _seconds_by_threads(counts: list[int]) -> dict[int, float]:
    """The best time of a few products and sums of a decoder's size, all counts in turn."""
    import torch

    before = torch.get_num_threads()
    states, weights = torch.randn(128, 576), torch.randn(576, 1536)
    best = dict.fromkeys(counts, float("inf"))
    try:
        for _ in range(_ROUNDS):
            for count in counts:
                torch.set_num_threads(count)
                torch.mm(states, weights)  # the workers start
                began = time.perf_counter()
                for _ in range(4):
                    torch.nn.functional.silu(torch.mm(states, weights)).mul_(2.0)
                best[count] = min(best[count], time.perf_counter() - began)
    finally:
        torch.set_num_threads(before)
    return best
