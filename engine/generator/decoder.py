"""The decoder as one of those who are asked: how likely each chord is, by the words.

It reads the song as it was trained to (`engine.generator.encoding`) and is fed what was decided,
whoever decided it. Nothing is read before an answer is wanted, so lines that are copied cost no
pass of their own: they are read together with the next question.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.generator.encoding import Encoder, Header, Tokens, chunks
from engine.generator.model import ChordModel, load_model
from engine.generator.vocabulary import Vocabulary
from engine.models.bases import base_source
from engine.models.card import ModelCard
from engine.models.compute import compute_device, serving_precision
from engine.models.presets import slot
from engine.models.threads import use_model_threads
from engine.models.tokenizers import tokenizer_of

NAME = "tinyllama"
KEPT_SHARE = 0.5  # of the window, kept as context when it is full
REMEMBERED = 4  # readings kept, about 12 MB each at 500 tokens

Array = np.ndarray[Any, Any]


class Decoder:
    """The trained decoder with its card, read from one folder.

    Parameters
    ----------
    preset : str
    folder : Path, optional
        Instead of the preset's own folder.

    Raises
    ------
    WeightsError
        If a file is missing or not the card's.
    """

    def __init__(self, preset: str = "embedded", folder: Path | None = None) -> None:
        where = slot(NAME, preset)
        folder = folder or where.folder
        self.card = ModelCard.read(folder)
        self.card.verify(folder)
        self.base = where.base_label
        self.vocabulary = Vocabulary.read(folder)
        use_model_threads()
        self.model: ChordModel = load_model(
            where,
            folder,
            self.vocabulary,
            self.card.setting("layers"),
            serving_precision(),
            compute_device(),
        )
        source = base_source(where.base) if where.base else ""
        tokenizer = tokenizer_of(source)
        self.encoder = Encoder(
            self.vocabulary,
            tokenizer,
            self.model.base_size,
            tells_sources=bool(self.card.config.get("tells_sources")),
        )
        self.window = self.card.setting("window")
        self._readers: deque[Reader] = deque(maxlen=REMEMBERED)

    def song(self, header: Header, mode: str, *, recalling: bool = False) -> DecoderSong:
        """A song that is about to be written.

        Parameters
        ----------
        recalling : bool
            Whether to go on from a song that was read before, as far as it is the same: an edited
            song is then read from its edit on. Sums are rounded in another order, so probabilities
            may differ in their third digit from those of a song read anew.
        """
        return DecoderSong(self, header, mode, recalling=recalling)

    def reader(self, tokens: Tokens, *, recalling: bool) -> Reader:
        """A reader for a song of these tokens; one that knows its beginning, if `recalling`."""
        found = Reader(self.model)
        if recalling and (known := list(self._readers)):
            nearest = max(known, key=lambda one: one.shared(tokens))
            found = nearest.copy(min(nearest.shared(tokens), len(tokens) - 1))
            if nearest in self._readers:
                self._readers.remove(nearest)
                self._readers.append(nearest)  # the least recently used goes first
        self._readers.append(found)
        return found


class Reader:
    """The model with its cache: feeds tokens, answers logits over our outputs.

    Parameters
    ----------
    model : ChordModel
    cache : transformers.Cache, optional
        What the model made of tokens that are read already.
    known : Tokens, optional
        Those tokens.
    """

    def __init__(self, model: ChordModel, cache: Any = None, known: Tokens | None = None) -> None:
        from transformers import DynamicCache

        self._model = model
        self._cache: Any = DynamicCache() if cache is None else cache
        self._device = model.head.weight.device
        self._known = known or Tokens()

    @property
    def length(self) -> int:
        """How many tokens are read."""
        return len(self._known)

    def read(self, tokens: Tokens, start: int = 0) -> Tensor:
        """Feed tokens from `start` on; logits (outputs,) on the CPU after the last one."""
        ids = torch.tensor([tokens.ids[start:]], device=self._device)
        words = torch.tensor([tokens.words[start:]], device=self._device)
        with torch.inference_mode():
            hidden = self._model.hidden(ids, words, self._cache)
            self._known.extend(tokens.behind(start))
            return self._model.logits(hidden[0, -1]).cpu()

    def shared(self, tokens: Tokens) -> int:
        """How many tokens of a sequence are its first ones here too."""
        pairs = zip(
            zip(self._known.ids, self._known.words, strict=True),
            zip(tokens.ids, tokens.words, strict=True),
            strict=False,
        )
        differing = (at for at, (own, other) in enumerate(pairs) if own != other)
        return next(differing, min(self.length, len(tokens)))

    def copy(self, length: int) -> Reader:
        """Another reader that has read the first tokens of this one; neither changes the other."""
        from transformers import DynamicCache

        if length == 0:
            return Reader(self._model)
        with torch.inference_mode():
            layers = [
                (keys[..., :length, :], values[..., :length, :]) for keys, values, *_ in self._cache
            ]
            known = self._known
            return Reader(
                self._model,
                DynamicCache(layers),
                Tokens(known.ids[:length], known.words[:length], known.targets[:length]),
            )


@dataclass
class _Chunk:
    """A line, or a piece of a long one, with the chords said on it so far."""

    words: tuple[str, ...]
    section: str | None
    count: int | None
    source: tuple[int, ...]
    chords: list[tuple[int, int]]


class DecoderSong:
    """One song as the decoder reads it.

    Call `begin` for each line, then for each chord `log_probabilities`, if they are wanted, and
    `accept`.

    Parameters
    ----------
    decoder : Decoder
    header : Header
        The user's wishes as tokens.
    mode : str
        ``"major"`` or ``"minor"``.
    recalling : bool
        See `Decoder.song`.
    """

    def __init__(
        self, decoder: Decoder, header: Header, mode: str, *, recalling: bool = False
    ) -> None:
        self._decoder = decoder
        self._encoder = decoder.encoder
        self._window = decoder.window
        self._header = header
        self._mode = mode
        self._recalling = recalling
        self._done: list[_Chunk] = []
        self._reader: Reader | None = None
        self._tokens = Tokens()  # of the present chunk, with what before it is still unread
        self._read = 0  # how many of them are read
        self._pieces: list[tuple[int, tuple[str, ...]]] = []
        self._asked: int | None = None  # the place that is said already

    def begin(
        self,
        words: Sequence[str],
        section: str | None,
        count: int | None = None,
        source: Sequence[int] = (),
    ) -> None:
        """Begin a line, which shall have so many chords, or as many as the words want.

        `source` are the chords of the line that it follows by the song's form.
        """
        self._finish()
        self._pieces = chunks(words)
        self._line = section, count, tuple(source) if self._encoder.tells_sources else ()
        self._piece = 0
        self._open()

    def log_probabilities(self, position: int) -> Array:
        """Log-probability of each chord (chords,) at a word of the line."""
        self._say_place(position)
        vocabulary = self._encoder.vocabulary
        if self._reader is None:
            self._reader = self._decoder.reader(self._tokens, recalling=self._recalling)
            self._read = self._reader.length
        logits = self._reader.read(self._tokens, self._read)
        self._read = len(self._tokens)
        found = logits[vocabulary.first_chord :].log_softmax(-1)
        return found.numpy().astype(np.float64)

    def accept(self, position: int, chord: int) -> None:
        """Take a chord as decided."""
        self._say_place(position)
        vocabulary = self._encoder.vocabulary
        self._encoder.say(self._tokens, vocabulary.first_chord + chord)
        self._done[-1].chords.append((position - self._pieces[self._piece][0], chord))
        self._asked = None

    def _say_place(self, position: int) -> None:
        if self._asked == position:
            return
        start, words = self._pieces[self._piece]
        while position >= start + len(words) and self._piece + 1 < len(self._pieces):
            self._finish()
            self._piece += 1
            self._open()
            start, words = self._pieces[self._piece]
        self._encoder.say(self._tokens, self._encoder.vocabulary.first_position + position - start)
        self._asked = position

    def _finish(self) -> None:
        """Leave a chunk: what of it is unread is read before the next question."""
        self._tokens = self._tokens.behind(self._read)
        self._read = 0
        self._asked = None

    def _open(self) -> None:
        section, count, source = self._line
        source = source if self._piece == 0 else ()
        words = self._pieces[self._piece][1]
        # A count is of the whole line; a piece of a long one is told nothing.
        chunk = _Chunk(words, section, count if len(self._pieces) == 1 else None, source, [])
        tokens = self._encoder.line(words, section, source)
        known = self._reader.length if self._reader else 0
        room = self._window - 4 * len(words) - len(source) - 24
        if not self._done:
            opened = self._encoder.header(self._header, middle=False)
            opened.extend(tokens)
            self._encoder.say_mode(opened, self._mode)
            self._tokens = opened
        elif known + len(self._tokens) + len(tokens) > room:
            self._reopen(tokens)
        else:
            self._tokens.extend(tokens)
        self._encoder.ask(self._tokens, chunk.count)
        self._done.append(chunk)

    def _reopen(self, tokens: Tokens) -> None:
        """The window is full: read the nearest lines again under a ``song:middle`` header."""
        budget = int(KEPT_SHARE * self._window)
        nearest: list[Tokens] = []
        for chunk in reversed(self._done):
            encoded = self._whole(chunk, said=None)
            budget -= len(encoded)
            if budget < 0:
                break
            nearest.insert(0, encoded)
        opened = self._encoder.header(self._header, middle=len(nearest) < len(self._done))
        if nearest:
            nearest[0] = self._whole(self._done[-len(nearest)], said=self._mode)
        for encoded in nearest:
            opened.extend(encoded)
        opened.extend(tokens)
        if not nearest:
            self._encoder.say_mode(opened, self._mode)
        self._tokens = opened
        self._reader = None

    def _whole(self, chunk: _Chunk, *, said: str | None) -> Tokens:
        tokens = self._encoder.line(chunk.words, chunk.section, chunk.source)
        if said is not None:
            self._encoder.say_mode(tokens, said)
        self._encoder.ask(tokens, chunk.count)
        self._encoder.say_chords(tokens, chunk.chords)
        return tokens
