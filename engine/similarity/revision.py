"""Which encoder reads songs, told without loading it."""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import WeightsError
from engine.models.bases import base_source
from engine.models.presets import Base, slot

READING = 1
"""Of how songs are cut and pooled; vectors of another are made anew."""


def encoder_base() -> Base:
    """The embedded encoder's base."""
    base = slot("roberta").base
    assert base is not None  # noqa: S101 - presets give this slot a base
    return base


def revision() -> str:
    """What vectors made here are called."""
    base = encoder_base()
    return f"{base.name}-{(base.sha256 or '')[:12]}-{READING}"


def width() -> int:
    """How many numbers a vector has.

    Raises
    ------
    WeightsError
        If the base is not installed, or its configuration cannot be read.
    """
    folder = Path(base_source(encoder_base()))
    try:
        return int(json.loads((folder / "config.json").read_text("utf-8"))["hidden_size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{folder} holds no encoder ({error}).") from None
