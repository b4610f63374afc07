"""States below the first adapted layer: they never change, so each window's are computed once.

With the first 12 of 20 layers frozen, a step over kept states costs half of one over tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.classifiers.windows import padded


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
