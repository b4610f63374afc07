"""Loading that ends in a model or in one sentence, whatever its files hold.

Checksums tell whether files are those of the card, not whether card and files make sense. What is
looked at by name is told by name; for the rest, libraries end in whatever error they meet first,
and whoever loads a model does so within `loading`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from engine.errors import EngineError, WeightsError
from engine.models.card import RESTORE
from engine.models.presets import Slot

_LONGEST = 200


@contextmanager
def loading(own: Slot) -> Generator[None]:
    """While this lasts, errors of any library are a `WeightsError` that names the folder."""
    from safetensors import SafetensorError

    try:
        yield
    except EngineError:  # says in its own words what is wrong
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        RuntimeError,
        SafetensorError,
        TypeError,
        ValueError,
    ) as error:
        told = " ".join(str(error).split())[:_LONGEST]
        raise WeightsError(
            f"The model '{own.name}' in {own.folder} does not work ({type(error).__name__}: "
            f"{told}); {RESTORE}."
        ) from error
