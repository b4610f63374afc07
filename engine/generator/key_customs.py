"""In which keys songs of a genre are written down: where "choose for me" draws a key from.

Keys suit voices, fretboards and horns, not words; so a genre's own counts are drawn from, smoothed
by those of all songs (Dirichlet prior of `PRIOR_SONGS` songs), and the draw depends on the words
and the seed alone: the same song asked again is in the same key, another song is in another.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PRIOR_SONGS = 20


@cache
def _counts() -> dict[str, dict[str, dict[str, int]]]:
    data: dict[str, Any] = tomllib.loads(
        Path(__file__).with_name("key_customs.toml").read_text("utf-8")
    )
    return data


def key_weights(genre: str, mode: str, overall: Mapping[str, int]) -> dict[str, float]:
    """Tonic to how often songs of a genre have it.

    Parameters
    ----------
    genre, mode : str
        One that has no counts of its own is like all songs.
    overall : mapping
        Tonic to the number of all songs of that mode.
    """
    own = _counts().get(genre, {}).get(mode, {})
    total = sum(overall.values())
    return {
        tonic: own.get(tonic, 0) + PRIOR_SONGS * overall.get(tonic, 0) / total
        for tonic in {**overall, **own}
    }


def draw_seed(words: str, seed: int) -> int:
    """A seed of 63 bits that differs between songs: from the words and the seed asked for."""
    digest = hashlib.sha256(f"{seed}\n{words}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
