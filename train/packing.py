"""Windows of a batch read as one row of tokens, so that nothing is computed for padding.

Songs differ in length: padded to the longest of a batch, a third or half of what a decoder computes
is thrown away. All of its layers but attention treat each token alone, so here they are given the
tokens of all windows in a row; attention alone puts each window into a line of its own. Padding
stands on its right, where no token of a causal decoder looks, so that no mask is needed and the
fast kernels serve.

It is chosen by ``attention: packed`` in a configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

PACKED = "packed"


def packed_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    *,
    places: torch.Tensor | None = None,
    lines: tuple[int, int] | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention of windows in a row, without dropout, as transformers calls attentions.

    Parameters
    ----------
    query, key, value : (1, heads, tokens, width of a head)
        Or, without `places`, (windows, heads, tokens, width) padded on the right.
    places : (tokens,)
        Where each token stands when all windows are put into lines one below the other.
    lines : (int, int)
        How many windows there are, and how long the longest is.

    Returns
    -------
    (1, tokens, heads, width of a head) or (windows, tokens, heads, width); no weights
    """
    grouped = query.shape[1] != key.shape[1]
    if places is not None and lines is not None:
        query, key, value = (_lined(part, places, lines) for part in (query, key, value))
    mixed = torch.nn.functional.scaled_dot_product_attention(
        query,
        key,
        value,
        is_causal=True,
        scale=scaling,
        enable_gqa=grouped,
    ).transpose(1, 2)
    if places is not None:
        mixed = mixed.flatten(0, 1).index_select(0, places).unsqueeze(0)
    return mixed, None


def use_packed_attention(decoder: Any) -> None:
    """Have a decoder read windows in a row; those in padded lines it still reads as well."""
    from transformers import AttentionInterface

    AttentionInterface.register(PACKED, packed_attention)
    decoder.set_attn_implementation(PACKED)


def packed_states(
    decoder: Any, windows: Sequence[Sequence[int]], device: torch.device
) -> torch.Tensor:
    """Last states (tokens, width) of all windows' tokens, in order."""
    lengths = [len(window) for window in windows]
    longest = max(lengths)
    ids = torch.tensor([[token for window in windows for token in window]], device=device)
    position = torch.cat([torch.arange(length) for length in lengths]).to(device)
    first = torch.repeat_interleave(torch.arange(len(windows)) * longest, torch.tensor(lengths))
    output = decoder(
        input_ids=ids,
        position_ids=position.unsqueeze(0),
        use_cache=False,
        places=first.to(device) + position,
        lines=(len(windows), longest),
    )
    return output.last_hidden_state[0]


def packed_means(
    states: torch.Tensor, windows: Sequence[Sequence[int]], song: torch.Tensor
) -> torch.Tensor:
    """Mean state (songs, width) over all tokens but each window's first.

    `song` (windows,) says whose each window is.
    """
    lengths = torch.tensor([len(window) for window in windows])
    counted = torch.ones(len(states), dtype=torch.bool)
    counted[lengths.cumsum(0) - lengths] = False
    # By numbers, found before they are sent to a GPU, which then need not be waited for.
    kept = counted.nonzero().squeeze(1).to(states.device)
    owner = song.repeat_interleave(lengths.to(song.device)).index_select(0, kept)
    rows = states.index_select(0, kept).float()
    songs = int(song.max()) + 1
    sums = rows.new_zeros(songs, rows.shape[1]).index_add(0, owner, rows)
    counts = rows.new_zeros(songs).index_add(0, owner, rows.new_ones(len(owner)))
    return sums / counts.clamp(min=1).unsqueeze(1)


def _lined(states: torch.Tensor, places: torch.Tensor, lines: tuple[int, int]) -> torch.Tensor:
    """States (1, heads, tokens, width) in lines: (windows, heads, longest, width)."""
    windows, longest = lines
    rows = states[0].transpose(0, 1)
    spread = rows.new_zeros(windows * longest, *rows.shape[1:]).index_copy(0, places, rows)
    return spread.view(windows, longest, *rows.shape[1:]).transpose(1, 2)
