"""RoBERTa fed with the BiLSTM-GRU's predictions.

All distinct lines of a song are read in windows (their size stands on the card); the mean over all
tokens of all windows is joined with the BiLSTM-GRU's 100 tag logits (the original study's feature
augmentation), and a two-layer head corrects the genres that the BiLSTM-GRU hears. Word pieces and
pairs of them have a direct path beside all this (`engine.classifiers.direct_path`). The word
embeddings stay those of the base, so only the layers above them are shipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from engine.classifiers.direct_path import DirectPath, load_direct
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import Reading, TransformerClassifier
from engine.classifiers.windows import even_windows, padded, window_means, window_states
from engine.models.bases import base_source
from engine.models.compute import FASTER
from engine.models.embeddings import StoredEmbedding
from engine.models.int8 import use_int8
from engine.models.swift_encoder import SwiftEncoder
from engine.models.tokenizers import tokenizer_of
from engine.models.weights import cast_parameters, load_into, load_tensors

if TYPE_CHECKING:
    from engine.classifiers.bilstm_gru import BilstmGruClassifier
    from engine.lyrics import Lyrics

WEIGHTS = "model.safetensors"
FROZEN = ("encoder.embeddings.",)


class AugmentedRoberta(nn.Module):
    """Encoder, token mean over windows, joined with the BiLSTM-GRU's logits, two-layer head.

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
        self.heard = nn.Linear(genres, genres)
        nn.init.eye_(self.heard.weight)
        nn.init.zeros_(self.heard.bias)
        self.direct: DirectPath | None = None

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        tag_logits: torch.Tensor,
        genre_logits: torch.Tensor,
        style: torch.Tensor | None = None,
        encoder: Any = None,
    ) -> torch.Tensor:
        """Genre logits (songs, genres).

        Parameters
        ----------
        input_ids, attention_mask : (windows, tokens)
        song : (windows,)
            Which song each window belongs to, 0-based.
        tag_logits : (songs, tags)
        genre_logits : (songs, genres)
            Both as the BiLSTM-GRU gives them; see `heard_features`.
        style : (songs, features)
            What `text_style` says; only for the direct path, where there is one.
        encoder : callable, optional
            What reads the windows in place of the module's own.
        """
        hidden = window_states(encoder or self.encoder, input_ids, attention_mask)
        logits = self.pooled_logits(hidden, attention_mask, song, tag_logits, genre_logits)
        if self.direct is None or style is None:
            return logits
        return logits + self.direct(input_ids, attention_mask, song, style)

    def pooled_logits(
        self,
        hidden: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        tag_logits: torch.Tensor,
        genre_logits: torch.Tensor,
    ) -> torch.Tensor:
        """Logits from the encoder's last hidden states (windows, tokens, width)."""
        pooled = window_means(hidden, attention_mask, song, tag_logits.shape[0])
        tags = self.tag_norm(tag_logits.to(self.tag_norm.weight.dtype))
        corrections = self.head(torch.cat([pooled.to(tags.dtype), tags], dim=-1)).float()
        return corrections + self.heard(genre_logits.to(tags.dtype)).float()


def song_windows(
    ids: Sequence[int], first: int, last: int, size: int, most: int
) -> list[list[int]]:
    """Cut a song's ids (without special tokens) into even windows, each framed by its specials.

    At most `most` windows of `size` tokens, specials counted.
    """
    return [[first, *window, last] for window in even_windows(ids, size - 2, most)]


def heard_features(
    genre_logits: torch.Tensor, tag_probabilities: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """RoBERTa's features: tag logits (songs, tags), genre log probabilities (songs, genres).

    Tag logits are kept within -7 to 7: rare tags lie near 0, where a probability is flat.
    """
    tags = torch.logit(tag_probabilities.clamp(1e-3, 1 - 1e-3))
    return tags, torch.log_softmax(genre_logits, dim=-1)


class RobertaClassifier(TransformerClassifier):
    """RoBERTa with the BiLSTM-GRU beside it."""

    # Of 2,405 test songs it answers one otherwise then (docs/int8.md).
    whole_numbers = FASTER
    # The BiLSTM-GRU beside it wants many songs at once.
    batch_tokens = 8192
    # Its encoder as it answers; None where the module does.
    answering: SwiftEncoder | None = None

    @property
    def bilstm(self) -> BilstmGruClassifier:
        """The model it is fed by."""
        return cast("BilstmGruClassifier", self.read["bilstm-gru"])

    def _load(self, folder: Path) -> None:
        from transformers import AutoModel

        self._windows()  # better refused now than at the first song
        assert self.slot.base is not None  # noqa: S101 - presets give this slot a base
        source = base_source(self.slot.base)
        self.tokenizer = tokenizer_of(source)
        encoder: Any = AutoModel.from_pretrained(source, add_pooling_layer=False)
        # What a song touches of the word embeddings is little: they stay in the base's file. The
        # layers are ours, so the base's are not read.
        words = encoder.get_input_embeddings()
        dtype = self.precision.dtype
        words = StoredEmbedding(words.weight, dtype, words.padding_idx)
        encoder.set_input_embeddings(words)
        cast_parameters(encoder.embeddings, dtype)
        for parameter in encoder.encoder.parameters():
            parameter.data = torch.empty_like(parameter, dtype=dtype)
        self.model = AugmentedRoberta(encoder, len(self.card.config["tags"]), len(self.labels))
        load_into(self.model, load_tensors(folder / WEIGHTS), allow_missing=FROZEN)
        if self.precision.is_whole:
            use_int8(encoder.encoder)
            self.answering = SwiftEncoder(encoder)
        self.model.direct = load_direct(folder)
        self.model.eval().to(self.device)

    def _windows(self) -> tuple[int, int]:
        return self.setting("window", least=3), self.setting("windows")

    def _encode(self, lyric: Lyrics) -> list[int]:
        read = self.text_read(lyric)
        return self.tokenizer(read, add_special_tokens=False, verbose=False)["input_ids"]

    def readings(self, lyric: Lyrics) -> list[Reading]:
        """The encoder, window by window, and the BiLSTM-GRU beside it."""
        spans = self.token_spans(lyric)
        windows = song_windows(range(len(spans)), -1, -1, *self._windows())
        rows = [[None if i < 0 else spans[i] for i in window] for window in windows]
        return [Reading(self.model, rows), *self.bilstm.readings(lyric)]

    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[Any]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        windows = [song_windows(ids, first, last, *self._windows()) for ids in encoded]
        ids, mask = padded([w for song in windows for w in song], self.tokenizer.pad_token_id)
        owner = torch.tensor([i for i, song in enumerate(windows) for _ in song])
        read = tuple(tensor.to(self.device) for tensor in (ids, mask, owner))
        style = None if self.reading == "network" else style_tensor(lyrics).to(self.device)
        if self.reading == "linear":
            return self.model.direct(*read, style), None
        heard = heard_features(*self.bilstm.heard(lyrics))
        heard = tuple(tensor.to(self.device) for tensor in heard)
        encoder = self.answering if torch.is_inference_mode_enabled() else None
        return self.model(*read, *heard, style, encoder), None
