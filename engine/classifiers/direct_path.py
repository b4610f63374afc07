"""A direct path from tokens, pairs of them and the song's form to labels, beside a deep network.

Wide and deep, after Cheng et al. 2016 (arXiv:1606.07792): states summed up over hundreds of tokens
blur the few words that tell genres apart most. Tokens and pairs of neighbours are weighted by
TF-IDF; for the form see `engine.classifiers.text_style`. RoBERTa's and LLaMA's is fitted by
`train.direct_path`; the BiLSTM-GRU's is trained with it, since it leads to tags as well.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from engine.classifiers.text_style import StylePath
from engine.classifiers.torch_classifier import tfidf_shares
from engine.models.weights import load_into, load_tensors

DIRECT = "direct.safetensors"


class DirectPath(nn.Module):
    """Logits of a song's windows of token ids and of its form (`text_style`).

    Parameters
    ----------
    vocabulary_size, labels : int
        Of the tokenizer; how many logits there are.
    pairs : int
        How many pairs of neighbouring tokens count.
    led : bool
        Whether each window starts with a special token, which is left out.
    dropout : float
        Share of tokens and pairs left out, in training only.
    """

    idf: torch.Tensor
    pair_codes: torch.Tensor
    pair_idf: torch.Tensor

    def __init__(
        self,
        vocabulary_size: int,
        labels: int,
        pairs: int = 0,
        *,
        led: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.led = led
        self.dropout = nn.Dropout(dropout)
        self.logits = nn.Embedding(vocabulary_size, labels)
        nn.init.zeros_(self.logits.weight)
        self.bias = nn.Parameter(torch.zeros(labels))
        self.style = StylePath(labels)
        self.register_buffer("idf", torch.ones(vocabulary_size))
        # Row 0 stands for every pair that is not among those known.
        self.pair_logits = nn.Embedding(pairs + 1, labels, padding_idx=0)
        nn.init.zeros_(self.pair_logits.weight)
        self.register_buffer("pair_codes", torch.zeros(pairs, dtype=torch.long))
        self.register_buffer("pair_idf", torch.ones(pairs + 1))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        style: torch.Tensor,
    ) -> torch.Tensor:
        """Logits (songs, labels), TF-IDF over all windows of a song."""
        counted = without_first(attention_mask) if self.led else attention_mask
        shares = self.dropout(tfidf_shares(input_ids, counted, self.idf, song))
        windows = _weighted(self.logits, input_ids, shares)
        if len(self.pair_codes):
            pairs = self.pair_ids(input_ids, counted)
            shares = tfidf_shares(pairs, (pairs > 0).long(), self.pair_idf, song)
            shares = self.dropout(shares)
            windows = windows + _weighted(self.pair_logits, pairs, shares)
        words = windows.new_zeros(len(style), windows.shape[1]).index_add(0, song, windows)
        return words + self.bias + self.style(style)

    def pair_ids(self, input_ids: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
        """Rows (windows, tokens) of `pair_logits`: each token with the one before it; 0: none."""
        ids = torch.zeros_like(input_ids)
        codes = input_ids[:, :-1] * self.vocabulary_size + input_ids[:, 1:]
        places = torch.searchsorted(self.pair_codes, codes).clamp(max=len(self.pair_codes) - 1)
        known = (self.pair_codes[places] == codes) & (counted[:, :-1] * counted[:, 1:] == 1)
        ids[:, 1:] = torch.where(known, places + 1, 0)
        return ids

    def scale(self, share: float) -> None:
        """Multiply all logits by `share`."""
        with torch.no_grad():
            weights = self.logits.weight, self.pair_logits.weight, self.style.linear.weight
            for part in (*weights, self.bias):
                part.mul_(share)


def _weighted(rows: nn.Embedding, ids: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """The sum (windows, width) over tokens of the rows of ids, each times its share."""
    if torch.is_inference_mode_enabled():
        # The rows themselves, which explanations replace, are not written out.
        return nn.functional.embedding_bag(ids, rows.weight, mode="sum", per_sample_weights=shares)
    return (rows(ids) * shares.unsqueeze(-1)).sum(1)


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
    tokens, genres = tensors["logits.weight"].shape
    path = DirectPath(tokens, genres, len(tensors["pair_codes"]))
    load_into(path, tensors)
    return path.float().eval()
