"""What a model's tensors take, where they lie, and in which numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Tensors:
    """The tensors of one model.

    Attributes
    ----------
    bytes : int
        All of them together; storage that two tensors share counts once, and a table that is only
        looked up in its file (`engine.models.embeddings`) not at all.
    device, dtype : str
        Where most of these bytes lie, and as what ("" for a model without tensors).
    """

    bytes: int
    device: str = ""
    dtype: str = ""


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


def _tensors(thing: Any, visited: set[int]) -> Iterator[Any]:
    """Parameters and buffers of every torch module that an object of the engine reaches."""
    if id(thing) in visited:
        return
    visited.add(id(thing))
    if hasattr(thing, "modules") and hasattr(thing, "parameters"):
        for module in thing.modules():
            if not getattr(module, "stays_in_file", False):
                yield from module.parameters(recurse=False)
                yield from module.buffers(recurse=False)
    elif type(thing).__module__.partition(".")[0] == "engine":
        for value in cast("dict[str, Any]", getattr(thing, "__dict__", {})).values():
            yield from _tensors(value, visited)
