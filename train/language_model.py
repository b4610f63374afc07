"""What masked and next-word training on lyrics share: windows of songs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from train.genre_data import read_lyrics


def windows_of(
    folder: Path,
    splits: Sequence[str],
    tokenizer: Any,
    window: int,
    limit: int | None,
    first: int,
    last: int | None = None,
) -> list[dict[str, Any]]:
    """One window of each song, from its beginning or its middle in turn, within special tokens."""
    end = [] if last is None else [last]
    room = window - 1 - len(end)
    rows: list[dict[str, Any]] = []
    for split in splits:
        if split == "unlabelled" and not (folder / f"{split}.parquet").exists():
            continue
        for number, lyric in enumerate(read_lyrics(folder, split, limit)):
            ids = tokenizer(lyric.text, add_special_tokens=False, verbose=False)["input_ids"]
            start = max(len(ids) - room, 0) // 2 if number % 2 else 0
            rows.append({"input_ids": [first, *ids[start : start + room], *end]})
    return rows
