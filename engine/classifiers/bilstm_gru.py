"""BiLSTM-GRU: words -> embedding -> BiLSTM -> GRU -> attention pooling -> 100 tags and 12 genres.

Beside the recurrent path, words, pairs of them and the song's form have a direct one to the labels
(`engine.classifiers.direct_path`): few songs teach a recurrent network little of rare words, which
tell genres apart most. Each path learns by itself, and the sum weighs them by what validation
says of either. Like the other models this one reads each distinct line once.

The network of the original study's feature extractor: its multi-label probabilities over the top
100 fine-grained genres are what RoBERTa is fed with. Attention pooling is the additive form of
Yang et al. 2016 (doi:10.18653/v1/N16-1174), section 2.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from engine.classifiers.direct_path import DirectPath
from engine.classifiers.recurrence import Recurrence, reversal
from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import TorchClassifier, spans_in_lyric
from engine.classifiers.windows import padded
from engine.errors import WeightsError
from engine.models.compute import lstm_dtype
from engine.models.weights import load_into, load_tensors

if TYPE_CHECKING:
    from engine.lyrics import Lyrics, Span

PAD, UNKNOWN = 0, 1
WEIGHTS, VOCABULARY = "model.safetensors", "vocabulary.json"
MAX_TOKENS = 800

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|\n|[!?]")


def word_tokens(text: str) -> list[str]:
    """Lower-case words, numbers, ``!``, ``?`` and line ends."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


def word_token_offsets(text: str) -> list[tuple[int, int]]:
    """Where each of `word_tokens` stands in the text; the end is excluded."""
    # Lower case may be longer than what it came from: "İ" becomes two characters.
    origins = [index for index, letter in enumerate(text) for _ in letter.lower()]
    matches = _TOKEN.finditer(text.lower().replace("’", "'"))
    return [(origins[match.start()], origins[match.end() - 1] + 1) for match in matches]


class Vocabulary:
    """Word to id; id 0 pads and id 1 stands for every unknown word."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self._ids = {word: index + 2 for index, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words) + 2

    def encode(self, text: str) -> list[int]:
        """Ids of a text; at least one, at most `MAX_TOKENS`."""
        ids = [self._ids.get(token, UNKNOWN) for token in word_tokens(text)[:MAX_TOKENS]]
        return ids or [UNKNOWN]

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Read a JSON list of different words; `WeightsError` if it is none."""
        words: Any = json.loads(path.read_text("utf-8"))
        listed = cast("list[Any]", words) if isinstance(words, list) else []
        if not listed or not all(isinstance(word, str) for word in listed):
            raise WeightsError(
                f"{path} is not a list of words; restore it with `git checkout -- models`."
            )
        if len(set(listed)) != len(listed):
            raise WeightsError(
                f"{path} holds a word twice; restore it with `git checkout -- models`."
            )
        return cls(listed)

    def write(self, path: Path) -> None:
        """Write the words as a JSON list."""
        path.write_text(json.dumps(self.words, ensure_ascii=False, indent=0), "utf-8")


class BilstmGru(nn.Module):
    """The network.

    Parameters
    ----------
    vocabulary_size, tags, genres : int
        Sizes of the embedding table and of the two heads.
    width, hidden : int
        Embedding width; units of each LSTM direction and of the GRU.
    dropout : float
        On embeddings and on the pooled state, in training only.
    pairs : int
        How many pairs of neighbouring words the direct path knows.
    direct_dropout : float
        Share of words and pairs the direct path leaves out, in training only.
    """

    tag_shares: torch.Tensor
    genre_shares: torch.Tensor

    def __init__(
        self,
        vocabulary_size: int,
        tags: int,
        genres: int,
        *,
        width: int = 128,
        hidden: int = 96,
        pairs: int = 0,
        dropout: float = 0.4,
        direct_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.tags = tags
        self.embedding = nn.Embedding(vocabulary_size, width, padding_idx=PAD)
        self.lstm_forward = nn.LSTM(width, hidden, batch_first=True)
        self.lstm_backward = nn.LSTM(width, hidden, batch_first=True)
        self.gru = nn.GRU(2 * hidden, hidden, batch_first=True)
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.dropout = nn.Dropout(dropout)
        # Pooled over hundreds of words, songs differ little beside what they share: without
        # standardising, the heads learn next to nothing.
        self.norm = nn.BatchNorm1d(hidden + width)
        # The attended state tells what stands out, the mean of the embeddings what is always there.
        self.tag_head = nn.Linear(hidden + width, tags)
        self.genre_head = nn.Linear(hidden + width, genres)
        self.direct = DirectPath(
            vocabulary_size, tags + genres, pairs, led=False, dropout=direct_dropout
        )
        # What the logits of the recurrent and of the direct path count for; fitted on validation.
        self.register_buffer("tag_shares", torch.tensor([0.25, 0.75]))
        self.register_buffer("genre_shares", torch.tensor([0.25, 0.75]))

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, style: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tag logits (songs, tags), genre logits (songs, genres).

        Of padded ids (songs, tokens) and the features of `text_style` (songs, features).
        """
        return self.together(*self.paths(input_ids, attention_mask, style))

    def together(
        self, *paths: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tag and genre logits of the recurrent and of the direct path in one."""
        tags, genres = (torch.stack(logits, -1) for logits in zip(*paths, strict=True))
        return tags @ self.tag_shares, genres @ self.genre_shares

    def paths(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, style: torch.Tensor
    ) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
        """Tag and genre logits of the recurrent path, and those of the direct one."""
        recurrent = self.recurrent(self.embedding(input_ids), attention_mask)
        return recurrent, self.linear(input_ids, attention_mask, style)

    def linear(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, style: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tag and genre logits of the direct path."""
        songs = torch.arange(len(input_ids), device=input_ids.device)
        direct = self.direct(input_ids, attention_mask, songs, style)
        return direct[:, : self.tags], direct[:, self.tags :]

    def recurrent(
        self, embedded: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tag and genre logits of the recurrent path, from embeddings (songs, tokens, width)."""
        dropped = self.dropout(embedded)
        # Two LSTMs, the second over each song reversed in place: padding stays at the end for both,
        # so it changes nothing. (Packed sequences do the same; their backward pass on the CPU was
        # measured 4 to 5 times slower with songs of many lengths.)
        order = reversal(attention_mask)
        ahead, _ = self.lstm_forward(dropped)
        back, _ = self.lstm_backward(_reordered(dropped, order))
        hidden, _ = self.gru(torch.cat([ahead, _reordered(back, order)], dim=-1))
        scores = self.attention(hidden).squeeze(-1)
        scores = scores.masked_fill(attention_mask == 0, float("-inf"))
        attended = (torch.softmax(scores, dim=1).unsqueeze(-1) * hidden).sum(1)
        mask = attention_mask.unsqueeze(-1).to(dropped.dtype)
        mean = (dropped * mask).sum(1) / mask.sum(1)
        pooled = self.dropout(self.norm(torch.cat([attended, mean], dim=-1)))
        return self.tag_head(pooled), self.genre_head(pooled)


def _reordered(states: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    # Whole rows at a time: `gather` copies number by number.
    songs, tokens, width = states.shape
    starts = tokens * torch.arange(songs, device=order.device).unsqueeze(1)
    rows = states.reshape(-1, width).index_select(0, (starts + order).flatten())
    return rows.view(songs, tokens, width)


class BilstmGruClassifier(TorchClassifier):
    """The shipped BiLSTM-GRU; its predictions carry fine-grained tags."""

    # Its steps follow one another: the more songs take each together, the better.
    batch_tokens = 16384
    # Its recurrent path as it answers; None where PyTorch's own layers do.
    answering: Recurrence | None = None

    def _load(self, folder: Path) -> None:
        self.vocabulary = Vocabulary.read(folder / VOCABULARY)
        config = self.card.config
        tensors = load_tensors(folder / WEIGHTS)
        self.model = BilstmGru(
            len(self.vocabulary),
            len(config["tags"]),
            len(self.labels),
            width=self.setting("width"),
            hidden=self.setting("hidden"),
            pairs=len(tensors["direct.pair_codes"]),
        )
        load_into(self.model, tensors)
        self.model.float().eval().to(self.device)
        if self.device.type == "cpu":
            self.answering = Recurrence(self.model, lstm_dtype())

    def _encode(self, lyric: Lyrics) -> list[int]:
        return self.vocabulary.encode(self.text_read(lyric))

    def token_spans(self, lyric: Lyrics) -> list[Span | None]:
        """Of words, numbers, marks and line ends; a lyric without any is one unknown word."""
        read = self.text_read(lyric)
        spans = spans_in_lyric(lyric, read, word_token_offsets(read)[:MAX_TOKENS])
        return spans or [None]

    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[Any]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        ids, mask = (tensor.to(self.device) for tensor in padded(encoded, PAD))
        style = style_tensor(lyrics).to(self.device)
        if self.reading == "network":
            tags, genres = self._recurrent(ids, mask)
        elif self.reading == "linear":
            tags, genres = self.model.linear(ids, mask, style)
        else:
            paths = self._recurrent(ids, mask), self.model.linear(ids, mask, style)
            tags, genres = self.model.together(*paths)
        return genres, torch.sigmoid(tags)

    def _recurrent(
        self, ids: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tag and genre logits of the recurrent path."""
        if self.answering and torch.is_inference_mode_enabled():
            return self.answering(ids, mask)
        return self.model.recurrent(self.model.embedding(ids), mask)

    @property
    def path_weights(self) -> tuple[float, float]:
        """As validation songs had it; see `BilstmGru.genre_shares`."""
        recurrent, direct = self.model.genre_shares.tolist()
        return recurrent, direct

    def heard(self, lyrics: Sequence[Lyrics]) -> tuple[torch.Tensor, torch.Tensor]:
        """Genre logits (songs, genres) and tag probabilities (songs, tags) of one batch.

        Gradients flow through where they are asked for.
        """
        genres, tags = self._logits(lyrics, [self._encode(lyric) for lyric in lyrics])
        assert tags is not None  # noqa: S101 - this network has tags
        return genres, tags

    def tag_probabilities(self, lyrics: Sequence[Lyrics]) -> torch.Tensor:
        """Probabilities (songs, tags) of the fine-grained genres: what RoBERTa is fed with."""
        starts = range(0, len(lyrics), 16)
        with torch.inference_mode():
            rows = [self.heard(lyrics[start : start + 16])[1] for start in starts]
        return torch.cat(rows)
