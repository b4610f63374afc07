"""Memory that models take: of this process and this machine, and giving it back."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable

import psutil

_ARENAS = 2
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # of glibc's malloc.h
_APART = 4 * 2**20  # bytes
_KEPT_SHAPES = 48


def resident_bytes() -> int:
    """Memory of this process that is in RAM."""
    return int(psutil.Process().memory_info().rss)


def machine_bytes() -> int:
    """RAM of this machine."""
    return int(psutil.virtual_memory().total)


def device_bytes() -> int | None:
    """Memory that tensors hold on the GPU; None without one, or before torch was imported."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return int(torch.cuda.memory_allocated())


def set_aside() -> None:
    """Let the garbage collector pass by what is there now: models and libraries, which stay.

    They are hundreds of thousands of objects; looking through them stops every thread, a model's
    too, for a third of a second. What loading them took besides goes back to the system.
    """
    gc.collect()
    gc.freeze()
    _trim()


def release() -> None:
    """Give memory that nothing refers to back to the system, of what was set aside as well."""
    gc.unfreeze()
    set_aside()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def tidy() -> None:
    """Give back what answers have left: for a moment in which nobody waits."""
    gc.collect()
    _trim()


def gather() -> None:
    """Have all threads that begin from now on take their memory from few places: mallopt(3).

    glibc gives up to eight arenas a core to threads, and a server has a thread a visitor: what each
    leaves in an arena of its own can be given to nobody else. What is larger than `_APART` is
    mapped apart and goes back to the system as soon as it is free: of its own accord glibc maps
    only what is larger than all that was ever freed, so that holes stay where explanations were.
    ``MALLOC_ARENA_MAX`` and ``MALLOC_MMAP_THRESHOLD_`` stand if set.
    """
    settle = _of_libc("mallopt")
    if settle and "MALLOC_ARENA_MAX" not in os.environ:
        settle(_M_ARENA_MAX, _ARENAS)
    if settle and "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        settle(_M_MMAP_THRESHOLD, _APART)


def keep_few_shapes() -> None:
    """Have oneDNN keep few of the programs that it writes, one for each length of a lyric.

    Of its own accord it keeps 1,024: memory grew by 206 MB over a dozen lyrics that were explained,
    and by 97 with so few, at the same speed. ``ONEDNN_PRIMITIVE_CACHE_CAPACITY`` stands if set; all
    this is without effect once a model has answered.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_KEPT_SHAPES))


def _trim() -> None:
    """Have the C library give back what Python has freed to it: glibc's malloc_trim(3)."""
    if trim := _of_libc("malloc_trim"):
        trim(0)


def _of_libc(name: str) -> Callable[..., int] | None:
    """A function of glibc's own; None where the C library is another one."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
