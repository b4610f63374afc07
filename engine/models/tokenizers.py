"""Tokenizers, one for all models over a base: each takes some 15 MB."""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

_loaded: WeakValueDictionary[str, Any] = WeakValueDictionary()


def tokenizer_of(source: str) -> Any:
    """The tokenizer of a base (see `engine.models.bases.base_source`), shared while it is in use.

    Whoever asks it changes none of its settings.
    """
    from transformers import AutoTokenizer

    found = _loaded.get(source)
    if found is None:
        found = _loaded[source] = AutoTokenizer.from_pretrained(source)
    return found
