"""LLaMA as genre classifier: decoder with LoRA, mean over tokens, linear head.

Adapters are in the peft layout and are merged at load, but for those of packed weights. A song's
distinct lines are read in windows; pooling is the mean over all tokens but each window's first,
whose state only anchors attention (Xiao et al. 2023, arXiv:2309.17453); a few dimensions carry
large offsets, so the pooled state is standardised with statistics of the training songs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.classifiers.direct_path import DirectPath, load_direct, without_first
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import Reading, TransformerClassifier, distinct_text
from engine.classifiers.windows import even_windows, padded, window_means, window_states
from engine.lyrics.casing import sentence_case
from engine.models.bases import base_source
from engine.models.compute import ASKED, serving_precision
from engine.models.decoders import adapted_in_four_bits, merged_decoder
from engine.models.quantization import quantization_config
from engine.models.tokenizers import tokenizer_of
from engine.models.weights import load_into, load_tensors

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.models.presets import Slot

HEAD = "head.safetensors"


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
    """A LLaMA decoder cut to its first `layers` layers, with a pooled classification head.

    With `direct`, tokens have a direct path beside it.
    """

    def __init__(
        self, decoder: Any, genres: int, layers: int | None = None, direct: DirectPath | None = None
    ) -> None:
        super().__init__()
        self.decoder = cut_layers(decoder, layers)
        self.head = PooledHead(int(decoder.config.hidden_size), genres)
        self.direct = direct

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        style: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Genre logits (songs, genres) of right-padded windows of ids (windows, tokens).

        `song` (windows,) says which song each window belongs to, 0-based and in order; `style`
        (songs, features) is what `text_style` says of each, only for the direct path.
        """
        logits = self.head(self.pooled(input_ids, attention_mask, song))
        if self.direct is None or style is None:
            return logits
        return logits + self.direct(input_ids, attention_mask, song, style)

    def pooled(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, song: torch.Tensor
    ) -> torch.Tensor:
        """Mean state (songs, width) over all tokens but each window's first."""
        states = window_states(self.decoder, input_ids, attention_mask, use_cache=False)
        return _means(states, attention_mask, song)

    def pooled_embedded(
        self,
        inputs_embeds: torch.Tensor,
        attention_mask: torch.Tensor,
        song: torch.Tensor,
        batch: int,
    ) -> torch.Tensor:
        """The same from states (windows, tokens, width) below the decoder.

        Windows pass exactly `batch` at a time, the last ones doubled to make the number whole:
        compiled layers want one shape.
        """
        count = len(inputs_embeds)
        parts: list[torch.Tensor] = []
        for start in range(0, count, batch):
            rows = torch.arange(start, start + batch).clamp(max=count - 1)
            output = self.decoder(
                inputs_embeds=inputs_embeds[rows],
                attention_mask=attention_mask[rows],
                use_cache=False,
            )
            parts.append(output.last_hidden_state[: count - start])
        return _means(torch.cat(parts), attention_mask, song)


def _means(states: torch.Tensor, attention_mask: torch.Tensor, song: torch.Tensor) -> torch.Tensor:
    return window_means(states.float(), without_first(attention_mask), song, int(song.max()) + 1)


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
    from transformers import AutoModel

    assert slot.base is not None  # noqa: S101 - presets give this slot a base
    quantization = quantization_config(slot.quantization)
    options: dict[str, Any] = {"quantization_config": quantization} if quantization else {}
    decoder = AutoModel.from_pretrained(base_source(slot.base), dtype=dtype, **options)
    return decoder, load_tokenizer(slot)


def load_tokenizer(slot: Slot) -> Any:
    """The tokenizer of the slot's base."""
    assert slot.base is not None  # noqa: S101 - presets give this slot a base
    return tokenizer_of(base_source(slot.base))


def padding_id(tokenizer: Any) -> int:
    """The id that fills up a batch; LLaMA tokenizers may have no token of their own for it."""
    return tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id


def lyric_windows(tokenizer: Any, text: str, size: int, most: int) -> list[list[int]]:
    """Ids of a song's distinct lines in at most `most` windows of `size` ids.

    Each window begins with the beginning-of-text token. Lines in one case are read as printed.
    """
    read = sentence_case(distinct_text(text))
    ids = tokenizer(read, add_special_tokens=False, verbose=False)["input_ids"]
    return [[tokenizer.bos_token_id, *window] for window in even_windows(ids, size - 1, most)]


class LlamaClassifier(TransformerClassifier):
    """The LLaMA decoder with its adapter."""

    # One answer in 25 is another then; that they are as good is not shown (docs/int8.md).
    whole_numbers = ASKED

    def _windows(self) -> tuple[int, int]:
        return self.setting("window", least=2), self.setting("windows")

    def _load(self, folder: Path) -> None:
        self._windows()  # better refused now than at the first song
        self.tokenizer = load_tokenizer(self.slot)
        layers = self.setting("layers")
        decoder = self._decoder(folder, layers)
        self.model = PooledLlama(decoder, len(self.labels), layers, load_direct(folder))
        load_into(self.model.head, load_tensors(folder / HEAD))
        self.model.head.float()
        if self.model.direct is not None:
            self.model.direct.to(self.device)
        self.model.eval()
        self.model.head.to(self.device)

    def _decoder(self, folder: Path, layers: int) -> Any:
        """The decoder with the adapter merged in, or beside packed weights, where it computes."""
        assert self.slot.base is not None  # noqa: S101 - presets give this slot a base
        if self.slot.quantization is None:
            source = base_source(self.slot.base)
            decoder = merged_decoder(source, layers, folder, self.precision, final_norm=False)
            return decoder.to(self.device)
        decoder, _ = load_decoder(self.slot, serving_precision().dtype)
        return adapted_in_four_bits(cut_layers(decoder, layers), folder)

    def text_read(self, lyric: Lyrics) -> str:
        """The distinct lines; those in one case as they are printed."""
        return sentence_case(super().text_read(lyric))

    def readings(self, lyric: Lyrics) -> list[Reading]:
        """The decoder, window by window, each led by the beginning-of-text token."""
        spans = self.token_spans(lyric)
        size, most = self._windows()
        windows = even_windows(range(len(spans)), size - 1, most)
        return [Reading(self.model, [[None, *(spans[i] for i in w)] for w in windows])]

    def _encode(self, lyric: Lyrics) -> list[list[int]]:
        return lyric_windows(self.tokenizer, lyric.text, *self._windows())

    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[Any]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        ids, mask = padded(
            [window for song in encoded for window in song], padding_id(self.tokenizer)
        )
        song = torch.tensor([i for i, windows in enumerate(encoded) for _ in windows])
        read = tuple(tensor.to(self.device) for tensor in (ids, mask, song))
        if self.reading == "network":
            return self.model(*read), None
        style = style_tensor(lyrics).to(self.device)
        asked = self.model.direct if self.reading == "linear" else self.model
        return asked(*read, style), None
