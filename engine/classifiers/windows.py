"""A song's token ids in windows: cutting, padding, reading and pooling them.

An encoder or a decoder reads a window at a time; what it says of a song is the mean over all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional

# How many tokens pass an encoder at once on a CPU: measured, 1,024 are as fast and 4,096 slower.
_CPU_PASS = 512


def even_windows(ids: Sequence[int], size: int, most: int) -> list[list[int]]:
    """Cut ids into at most `most` windows of like length, none longer than `size`; at least one.

    What lies beyond ``size * most`` ids is not read.
    """
    count = min(max(-(-len(ids) // size), 1), most)
    kept = ids[: count * size]
    step = max(-(-len(kept) // count), 1)
    return [list(kept[start : start + step]) for start in range(0, max(len(kept), 1), step)]


def padded(sequences: Sequence[Sequence[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-pad token ids: (ids, mask), both of shape (sequences, longest)."""
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.full((len(sequences), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(sequences), longest), dtype=torch.long)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence, dtype=torch.long)
        mask[row, : len(sequence)] = 1
    return ids, mask


def window_states(
    encoder: Callable[..., Any],
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    **options: Any,
) -> torch.Tensor:
    """Last hidden states (windows, tokens, width) of right-padded windows of ids.

    In inference mode on a CPU, windows of like length pass the encoder a few at a time: what a pass
    works on stays in the processor's caches, and little of it is padding, whose states are 0 then.
    """
    if not torch.is_inference_mode_enabled() or input_ids.device.type != "cpu":
        return encoder(input_ids, attention_mask=attention_mask, **options).last_hidden_state
    lengths = attention_mask.sum(1)
    order = lengths.argsort(stable=True)
    tokens = input_ids.shape[1]
    parts: list[torch.Tensor] = []
    for rows in order.split(max(_CPU_PASS // tokens, 1)):
        longest = int(lengths[rows[-1]])
        mask = attention_mask[rows, :longest]
        output = encoder(input_ids[rows, :longest], attention_mask=mask, **options)
        states: torch.Tensor = output.last_hidden_state
        parts.append(functional.pad(states, (0, 0, 0, tokens - longest)))
    return torch.cat(parts)[order.argsort()]


def window_means(
    hidden: torch.Tensor, mask: torch.Tensor, song: torch.Tensor, songs: int
) -> torch.Tensor:
    """Mean state (songs, width) over the tokens of all windows of each song.

    Parameters
    ----------
    hidden : (windows, tokens, width)
    mask : (windows, tokens)
        1 where a token counts.
    song : (windows,)
        Which song each window belongs to, 0-based.
    """
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    sums = hidden.new_zeros(songs, hidden.shape[-1]).index_add(0, song, (hidden * weights).sum(1))
    counts = weights.new_zeros(songs, 1).index_add(0, song, weights.sum(1))
    return sums / counts.clamp(min=1)
