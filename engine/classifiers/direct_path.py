"""A direct path from each token and the song's form to the genres, beside a large network.

The mean over hundreds of states blurs the few words that tell genres apart most; the BiLSTM-GRU has
such a path within it. Tokens are weighted by TF-IDF; for the form see
`engine.classifiers.text_style`. `train.direct_path` fits it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from engine.classifiers.text_style import StylePath
from engine.classifiers.torch_classifier import (
    load_into,
    load_tensors,
    tfidf_shares,
    window_means,
)

DIRECT = "direct.safetensors"


class DirectPath(nn.Module):
    """Logits of a song's windows of token ids and of its form (`text_style`)."""

    idf: torch.Tensor

    def __init__(self, vocabulary_size: int, genres: int) -> None:
        super().__init__()
        self.logits = nn.Embedding(vocabulary_size, genres)
        nn.init.zeros_(self.logits.weight)
        self.bias = nn.Parameter(torch.zeros(genres))
        self.style = StylePath(genres)
        self.register_buffer("idf", torch.ones(vocabulary_size))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        style: torch.Tensor,
    ) -> torch.Tensor:
        """Logits (songs, genres): the mean over a song's windows; first tokens are left out."""
        shares = tfidf_shares(input_ids, without_first(attention_mask), self.idf)
        windows = (self.logits(input_ids) * shares.unsqueeze(-1)).sum(1)
        ones = torch.ones_like(windows[:, None, 0])
        words = window_means(windows[:, None], ones, song, len(style))
        return words + self.bias + self.style(style)

    def scale(self, share: float) -> None:
        """Multiply all logits by `share`."""
        with torch.no_grad():
            for part in (self.logits.weight, self.bias, self.style.linear.weight):
                part.mul_(share)


def without_first(attention_mask: torch.Tensor) -> torch.Tensor:
    """The mask (windows, tokens) with each window's first token taken out."""
    counted = attention_mask.clone()
    counted[:, 0] = 0
    return counted


def load_direct(folder: Path) -> DirectPath | None:
    """The path that lies in a model's folder, in float32, if there is one."""
    if not (folder / DIRECT).exists():
        return None
    tensors = load_tensors(folder / DIRECT)
    path = DirectPath(*tensors["logits.weight"].shape)
    load_into(path, tensors)
    return path.float().eval()
