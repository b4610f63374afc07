"""Where models' own weights and what is made once on this machine are kept."""

from __future__ import annotations

import os
from pathlib import Path


def models_folder() -> Path:
    """The folder of shipped adapters and heads (``LYRICLAB_MODELS`` overrides the repository's)."""
    override = os.environ.get("LYRICLAB_MODELS")
    return Path(override) if override else Path(__file__).parents[2] / "models"


def cache_folder() -> Path:
    """Where converted bases are kept."""
    override = os.environ.get("LYRICLAB_CACHE")
    return Path(override) if override else Path.home() / ".cache" / "lyric-lab"
