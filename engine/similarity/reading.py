"""A song's words as the encoder reads them: each line once, in windows, with what a token counts.

A line that comes again is read once and counts as often as it is sung: the mean over all tokens
stays nearly what it was, and a song takes three quarters of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.classifiers.windows import even_windows

WINDOW = 128
"""Tokens of a window, special ones counted: as many as the encoder saw at once in its training."""
MOST_WINDOWS = 16
"""What lies beyond some 1,500 words that are not sung twice is not read."""


@dataclass(frozen=True)
class Window:
    """A part of a song.

    Attributes
    ----------
    song : int
        Which song of those read together.
    ids : list of int
        Its tokens, special ones first and last.
    counts : list of int
        How often each token counts.
    """

    song: int
    ids: list[int]
    counts: list[int]


def windows_of(songs: Sequence[str], tokenizer: Any) -> list[Window]:
    """The windows of songs as they are sung (`engine.corpora.store.schema`), at least one each."""
    times = [Counter(song.splitlines()) for song in songs]
    lines = [line for counted in times for line in counted]
    encoded = (
        tokenizer(lines, add_special_tokens=False, verbose=False)["input_ids"] if lines else []
    )
    first, last = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
    found: list[Window] = []
    at = 0
    for number, counted in enumerate(times):
        ids: list[int] = []
        counts: list[int] = []
        for of_line, sung in zip(encoded[at : at + len(counted)], counted.values(), strict=True):
            ids += of_line
            counts += [sung] * len(of_line)
        at += len(counted)
        parts = even_windows(ids, WINDOW - 2, MOST_WINDOWS)
        weights = even_windows(counts, WINDOW - 2, MOST_WINDOWS)
        for part, weight in zip(parts, weights, strict=True):
            found.append(Window(number, [first, *part, last], [1, *weight, 1]))
    return found
