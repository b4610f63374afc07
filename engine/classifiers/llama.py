"""LLaMA as genre classifier: decoder with LoRA, mean over tokens, linear head.

Adapters are in the peft layout and are merged at load. Pooling is the mean over all tokens but the
first, whose state only anchors attention (Xiao et al. 2023, arXiv:2309.17453); a few dimensions
carry large offsets, so the pooled state is standardised with statistics of the training songs.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.classifiers.torch_classifier import TorchClassifier, load_into, load_tensors, padded
from engine.weights import base_source, quantization_config

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.weights import Slot

HEAD = "head.safetensors"
MAX_TOKENS = 768


class PooledHead(nn.Module):
    """Standardise, drop out, project: pooled states (songs, width) to logits (songs, genres)."""

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, width: int, genres: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(width, genres)

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Logits in float32."""
        standardised = (pooled.float() - self.mean) / self.deviation
        return self.linear(self.dropout(standardised)).float()


class PooledLlama(nn.Module):
    """A LLaMA decoder cut to its first `layers` layers, with a pooled classification head."""

    def __init__(self, decoder: Any, genres: int, layers: int | None = None) -> None:
        super().__init__()
        self.decoder = cut_layers(decoder, layers)
        self.head = PooledHead(int(decoder.config.hidden_size), genres)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Genre logits (songs, genres) of right-padded ids (songs, tokens)."""
        return self.head(self.pooled(input_ids, attention_mask))

    def pooled(
        self,
        input_ids: torch.Tensor | None,
        attention_mask: torch.Tensor,
        inputs_embeds: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Mean state (songs, width) over all tokens but each song's first."""
        output = self.decoder(
            input_ids=input_ids,
            inputs_embeds=inputs_embeds,
            attention_mask=attention_mask,
            use_cache=False,
        )
        mask = attention_mask.clone()
        mask[:, 0] = 0
        weights = mask.unsqueeze(-1).float()
        return (output.last_hidden_state.float() * weights).sum(1) / weights.sum(1).clamp(min=1)


def cut_layers(decoder: Any, layers: int | None) -> Any:
    """Keep the first `layers` decoder layers, and no final norm when any were cut.

    The final norm was fitted to the last layer's states; cut states are standardised by the head.
    """
    if layers is not None and layers < len(decoder.layers):
        decoder.layers = decoder.layers[:layers]
        decoder.norm = nn.Identity()
        decoder.config.num_hidden_layers = layers
    return decoder


def load_decoder(slot: Slot, dtype: torch.dtype) -> tuple[Any, Any]:
    """The slot's base without its language-model head, and its tokenizer."""
    from transformers import AutoModel, AutoTokenizer

    assert slot.base is not None  # noqa: S101 - presets give this slot a base
    source = base_source(slot.base)
    quantization = quantization_config(slot.quantization)
    options: dict[str, Any] = {"quantization_config": quantization} if quantization else {}
    decoder = AutoModel.from_pretrained(source, dtype=dtype, **options)
    tokenizer: Any = AutoTokenizer.from_pretrained(source)
    return decoder, tokenizer


def lyric_ids(tokenizer: Any, text: str, most: int = MAX_TOKENS) -> list[int]:
    """Ids with one leading beginning-of-text token, `most` of them at most."""
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return [tokenizer.bos_token_id, *ids[: most - 1]]


class LlamaClassifier(TorchClassifier):
    """The LLaMA decoder with its adapter merged in."""

    def _load(self, folder: Path) -> None:
        decoder, self.tokenizer = load_decoder(self.slot, self.dtype)
        from peft import PeftModel  # after the libraries were told to be quiet

        self.model = PooledLlama(decoder, len(self.labels), self.card.config["layers"])
        adapted: Any = PeftModel.from_pretrained(self.model.decoder, str(folder))
        with warnings.catch_warnings():
            # peft warns that merging into 4 bits rounds; the full preset accepts that.
            warnings.simplefilter("ignore")
            self.model.decoder = adapted.merge_and_unload()
        load_into(self.model.head, load_tensors(folder / HEAD))
        self.model.head.float()
        self.model.eval()
        if self.slot.quantization is None:
            self.model.decoder.to(self.device, self.dtype)
        self.model.head.to(self.device)

    def _encode(self, lyric: Lyrics) -> list[int]:
        # The mean over many more tokens than a model was trained on answers worse: the card says
        # how many it reads.
        return lyric_ids(self.tokenizer, lyric.text, self.card.config.get("max_tokens", MAX_TOKENS))

    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[list[int]]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        pad = self.tokenizer.pad_token_id
        ids, mask = padded(encoded, self.tokenizer.eos_token_id if pad is None else pad)
        return self.model(ids.to(self.device), mask.to(self.device)), None
