"""Memory that models take: of this process, of a model's tensors, and giving it back."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Tensors:
    """The tensors of one model.

    Attributes
    ----------
    bytes : int
        All of them together; storage that two tensors share counts once.
    device, dtype : str
        Where most of these bytes lie, and as what ("" for a model without tensors).
    """

    bytes: int
    device: str = ""
    dtype: str = ""


def resident_bytes() -> int | None:
    """Memory of this process that is in RAM; None where it cannot be told (it can on Linux)."""
    try:
        pages = int(_STATM.read_text("ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def machine_bytes() -> int | None:
    """RAM of this machine; None where it cannot be told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def device_bytes() -> int | None:
    """Memory that tensors hold on the GPU; None without one, or before torch was imported."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return int(torch.cuda.memory_allocated())


def tensors_of(model: Any) -> Tensors:
    """Count the tensors of a model and of the engine's objects that it holds."""
    sizes: Counter[tuple[str, str]] = Counter()
    seen: set[int] = set()
    for tensor in _tensors(model, set()):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen:
            seen.add(storage.data_ptr())
            sizes[str(tensor.device), str(tensor.dtype).removeprefix("torch.")] += storage.nbytes()
    if not sizes:
        return Tensors(0)
    (device, dtype), _ = sizes.most_common(1)[0]
    return Tensors(sum(sizes.values()), device, dtype)


def release() -> None:
    """Give memory that nothing refers to back to the system.

    Python frees objects to the C library, which keeps what it was given: on Linux with glibc it is
    asked for it (malloc_trim(3)).
    """
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _tensors(thing: Any, visited: set[int]) -> Iterator[Any]:
    """Parameters and buffers of every torch module that an object of the engine reaches."""
    if id(thing) in visited:
        return
    visited.add(id(thing))
    if hasattr(thing, "parameters") and hasattr(thing, "buffers"):
        yield from thing.parameters()
        yield from thing.buffers()
    elif type(thing).__module__.partition(".")[0] == "engine":
        for value in cast("dict[str, Any]", getattr(thing, "__dict__", {})).values():
            yield from _tensors(value, visited)
