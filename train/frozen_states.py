"""States below the first adapted layer: they never change, so each window's are computed once.

With the first 12 of 20 layers frozen, a step over kept states costs half of one over tokens.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.classifiers.llama import PooledLlama
from engine.classifiers.prediction import GENRES
from engine.classifiers.windows import padded
from engine.models.decoders import state_dtype
from train.packing import PACKED, packed_means, packed_states
from train.settings import DecoderSettings


class FrozenStates:
    """Bottom states (windows, tokens, width) of many windows, in a file, filled as asked for.

    Parameters
    ----------
    bottom : LlamaModel
        The frozen layers, without a final norm.
    windows : sequence of list of int
        Ids of each window, none longer than `size`.
    size : int
        Tokens a window is padded to.
    pad : int
        Id of padding.
    path : Path
        Bfloat16 states; a file that is there already is made anew.
    """

    def __init__(
        self, bottom: Any, windows: Sequence[list[int]], size: int, pad: int, path: Path
    ) -> None:
        self.bottom = bottom.eval()
        self.windows = windows
        self.size = size
        self.pad = pad
        self.width = int(bottom.config.hidden_size)
        self.known = np.zeros(len(windows), bool)
        path.parent.mkdir(parents=True, exist_ok=True)
        # numpy has no bfloat16: its bits are kept as int16.
        self.kept = np.memmap(
            path, np.int16, mode="w+", shape=(max(len(windows), 1), size, self.width)
        )

    def mask(self, chosen: Sequence[int]) -> torch.Tensor:
        """1 where a window has tokens: (chosen, size)."""
        lengths = torch.tensor([len(self.windows[i]) for i in chosen])
        return (torch.arange(self.size)[None] < lengths[:, None]).long()

    def __call__(self, chosen: Sequence[int]) -> torch.Tensor:
        """States (chosen, size, width) in bfloat16; zeros beyond a window's tokens."""
        unknown = [i for i in dict.fromkeys(chosen) if not self.known[i]]
        for start in range(0, len(unknown), 16):
            part = unknown[start : start + 16]
            ids, mask = padded([self.windows[i] for i in part], self.pad)
            device = next(self.bottom.parameters()).device
            with torch.no_grad():
                states = self.bottom(
                    input_ids=ids.to(device), attention_mask=mask.to(device), use_cache=False
                ).last_hidden_state.to(torch.bfloat16)
            states = states * mask.to(device).unsqueeze(-1)
            self.kept[part, : ids.shape[1]] = states.cpu().view(torch.int16).numpy()
            self.known[part] = True
        return torch.from_numpy(self.kept[list(chosen)]).view(torch.bfloat16)


def halves(
    decoder: Any, windows: list[list[int]], pad: int, settings: DecoderSettings, path: Path
) -> tuple[PooledLlama, FrozenStates | None]:
    """The layers to adapt with a fresh head, and the kept states of those below, if any."""
    first = settings.first_layer
    network = PooledLlama(decoder, len(GENRES), settings.layers)
    network.head.to(next(decoder.parameters()).device)
    if not first:
        return network, None
    # Copies of the module only: both share the tensors of the base.
    bottom, top = copy.copy(decoder), copy.copy(decoder)
    for part in (bottom, top):
        part._modules = dict(decoder._modules)
    bottom.layers, bottom.norm = decoder.layers[:first], nn.Identity()
    top.layers, top.embed_tokens = decoder.layers[first:], nn.Identity()
    # Each counts its own layers in its forward pass.
    bottom.config, top.config = copy.copy(decoder.config), copy.copy(decoder.config)
    bottom.config.num_hidden_layers = first
    top.config.num_hidden_layers = len(top.layers)
    network.decoder = top
    return network, FrozenStates(bottom, windows, settings.window, pad, path)


class WindowReader:
    """Brings windows to pooled states, from kept states where there are any.

    Windows go through the decoder `batch` at a time, all padded to `size`, so that compiled layers
    see one shape only.
    """

    def __init__(
        self,
        frozen: FrozenStates | None,
        windows: list[list[int]],
        size: int,
        pad: int,
        batch: int,
    ) -> None:
        self.frozen = frozen
        self.windows = windows
        self.size = size
        self.pad = pad
        self.batch = int(batch)

    def __call__(self, network: PooledLlama, chosen: list[int], song: torch.Tensor) -> torch.Tensor:
        """Pooled states (songs, width) of windows; `song` says whose each is."""
        if self.frozen is None and network.decoder.config._attn_implementation == PACKED:
            packed = [self.windows[i] for i in chosen]
            return packed_means(packed_states(network.decoder, packed, song.device), packed, song)
        if self.frozen is None:
            ids, mask = padded([self.windows[i] for i in chosen], self.pad)
            return network.pooled(ids.to(song.device), mask.to(song.device), song)
        # Checkpointed layers pass gradients on only where their input asks for one.
        states = self.frozen(chosen).to(song.device, state_dtype(network.decoder))
        states.requires_grad_(torch.is_grad_enabled())
        mask = self.frozen.mask(chosen).to(song.device)
        return network.pooled_embedded(states, mask, song, self.batch)

    def pooled_states(
        self, network: PooledLlama, rows: list[dict[str, Any]]
    ) -> np.ndarray[Any, Any]:
        """Pooled states (songs, width) of songs read whole, in order."""
        device = network.head.mean.device
        parts: list[torch.Tensor] = []
        network.eval()
        with torch.inference_mode():
            for start in range(0, len(rows), self.batch):
                part = rows[start : start + self.batch]
                song = [i for i, row in enumerate(part) for _ in row["windows"]]
                chosen = [w for row in part for w in row["windows"]]
                parts.append(self(network, chosen, torch.tensor(song, device=device)).cpu())
        return torch.cat(parts).numpy()
