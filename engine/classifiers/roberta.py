"""RoBERTa fed with the BiLSTM-GRU's predictions.

The whole song is read in windows of at most 512 tokens; the mean over all tokens of all windows is
joined with the BiLSTM-GRU's 100 tag logits (the original study's feature augmentation), and a
two-layer head gives the genre. The word embeddings stay those of the base, so only the layers above
them are shipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.classifiers.torch_classifier import TorchClassifier, load_into, load_tensors, padded
from engine.weights import Slot, base_source

if TYPE_CHECKING:
    from engine.classifiers.bilstm_gru import BilstmGruClassifier
    from engine.lyrics import Lyrics

WEIGHTS = "model.safetensors"
FROZEN = ("encoder.embeddings.",)
WINDOW = 512
MAX_WINDOWS = 4


class AugmentedRoberta(nn.Module):
    """Encoder, token mean over windows, joined with tag logits, two-layer head.

    Parameters
    ----------
    encoder : RobertaModel
        Its embeddings are frozen here.
    tags, genres : int
        Width of the augmentation; number of labels.
    """

    def __init__(self, encoder: Any, tags: int, genres: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = encoder
        self.encoder.embeddings.requires_grad_(False)
        width = int(encoder.config.hidden_size)
        self.tag_norm = nn.LayerNorm(tags)
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(width + tags, width),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(width, genres),
        )

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        tag_logits: torch.Tensor,
    ) -> torch.Tensor:
        """Genre logits (songs, genres).

        Parameters
        ----------
        input_ids, attention_mask : (windows, tokens)
        song : (windows,)
            Which song each window belongs to, 0-based.
        tag_logits : (songs, tags)
        """
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        return self.pooled_logits(hidden, attention_mask, song, tag_logits)

    def pooled_logits(
        self,
        hidden: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        tag_logits: torch.Tensor,
    ) -> torch.Tensor:
        """Logits from the encoder's last hidden states (windows, tokens, width)."""
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        songs = tag_logits.shape[0]
        sums = hidden.new_zeros(songs, hidden.shape[-1]).index_add(0, song, (hidden * mask).sum(1))
        counts = mask.new_zeros(songs, 1).index_add(0, song, mask.sum(1))
        tags = self.tag_norm(tag_logits.to(self.tag_norm.weight.dtype))
        pooled = (sums / counts).to(tags.dtype)
        return self.head(torch.cat([pooled, tags], dim=-1)).float()


def song_windows(ids: Sequence[int], first: int, last: int, size: int = WINDOW) -> list[list[int]]:
    """Cut a song's ids (without special tokens) into even windows, each framed by its specials."""
    inner = size - 2
    count = min(max(-(-len(ids) // inner), 1), MAX_WINDOWS)
    ids = ids[: count * inner]
    step = max(-(-len(ids) // count), 1)
    starts = range(0, max(len(ids), 1), step)
    return [[first, *ids[start : start + step], last] for start in starts]


def tag_features(probabilities: torch.Tensor) -> torch.Tensor:
    """Tag probabilities as logits, kept within -7 to 7: rare tags lie near 0 where p is flat."""
    return torch.logit(probabilities.clamp(1e-3, 1 - 1e-3))


class RobertaClassifier(TorchClassifier):
    """RoBERTa with its own BiLSTM-GRU beside it."""

    def __init__(self, slot: Slot) -> None:
        from engine.classifiers import load_classifier

        self.bilstm: BilstmGruClassifier = load_classifier("bilstm-gru")  # type: ignore[assignment]
        super().__init__(slot)

    def _load(self, folder: Path) -> None:
        from transformers import AutoModel, AutoTokenizer

        assert self.slot.base is not None  # noqa: S101 - presets give this slot a base
        source = base_source(self.slot.base)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(source)
        encoder: Any = AutoModel.from_pretrained(source, add_pooling_layer=False)
        self.model = AugmentedRoberta(encoder, len(self.card.config["tags"]), len(self.labels))
        load_into(self.model, load_tensors(folder / WEIGHTS), allow_missing=FROZEN)
        self.model.eval().to(self.device)
        self.model.encoder.to(self.dtype)

    def _encode(self, lyric: Lyrics) -> list[int]:
        return self.tokenizer(lyric.text, add_special_tokens=False, verbose=False)["input_ids"]

    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[list[int]]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        windows = [song_windows(ids, first, last) for ids in encoded]
        ids, mask = padded([w for song in windows for w in song], self.tokenizer.pad_token_id)
        owner = torch.tensor([i for i, song in enumerate(windows) for _ in song])
        features = tag_features(self.bilstm.tag_probabilities(lyrics))
        logits = self.model(
            ids.to(self.device), mask.to(self.device), owner.to(self.device), features
        )
        return logits, None
