"""Writes one song's chords line by line: a decoder with a cache, led by the grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from engine.errors import CancelledError
from engine.generator.controls import Controls
from engine.generator.encoding import Encoder, Header, Tokens, chunks
from engine.generator.grammar import END, ChordChoice, LineGrammar, capacity
from engine.generator.model import ChordModel
from engine.generator.vocabulary import HOME, Vocabulary, metre_of
from engine.music.key import Key
from engine.music.lead_sheet import PlacedChord

FIRST_WORD = 1.5  # added to the log-odds of word 0 for the first chord of a song
TONIC_END = 1.0  # added to the log-odds of ending the last line on the tonic, taken off elsewhere
TOP_P = 0.9  # nucleus sampling: Holtzman et al. 2020 (arXiv:1904.09751)
KEPT_SHARE = 0.5  # of the window, kept as context when it is full

Cancelled = Callable[[], bool]
Pairs = tuple[tuple[int, int], ...]  # (word, index into the vocabulary's chords)


class Reader:
    """The model with its cache: feeds tokens, answers logits over our outputs."""

    def __init__(self, model: ChordModel) -> None:
        from transformers import DynamicCache

        self._model = model
        self._cache: Any = DynamicCache()
        self._device = model.head.weight.device
        self.length = 0

    def read(self, tokens: Tokens, start: int = 0) -> Tensor:
        """Feed tokens from `start` on; logits (outputs,) on the CPU after the last one."""
        ids = torch.tensor([tokens.ids[start:]], device=self._device)
        words = torch.tensor([tokens.words[start:]], device=self._device)
        hidden = self._model.hidden(ids, words, self._cache)
        self.length += ids.shape[1]
        return self._model.logits(hidden[0, -1]).cpu()


@dataclass(frozen=True)
class Written:
    """A finished chunk, kept so that context can be read again."""

    words: tuple[str, ...]
    section: str | None
    chords: Pairs


class Writer:
    """Writes one song line by line: thinks in the home key, answers in the asked one."""

    def __init__(
        self,
        model: ChordModel,
        encoder: Encoder,
        window: int,
        controls: Controls,
        key: Key,
        cancelled: Cancelled | None = None,
    ) -> None:
        self._model = model
        self._encoder = encoder
        self._vocabulary = encoder.vocabulary
        self._window = window
        self._controls = controls
        self._key = key
        self._home = HOME[key.mode]
        self._up = (key.tonic_pitch_class - self._home.tonic_pitch_class) % 12
        self._choice = ChordChoice(self._vocabulary, controls.complexity, controls.genre)
        self._tonics = frozenset(
            index
            for index, chord in enumerate(self._vocabulary.parsed)
            if chord.root_pitch_class == self._home.tonic_pitch_class
        )
        self._random = torch.Generator().manual_seed(controls.seed)
        self._cancelled = cancelled
        self._done: list[Written] = []
        self._reader: Reader | None = None
        self._first = True  # no chord has sounded yet
        self._pending = Tokens()  # written, not yet read by the model

    def line(
        self, words: tuple[str, ...], section: str | None, kept: tuple[PlacedChord, ...] | None
    ) -> tuple[PlacedChord, ...]:
        """The chords of the next line, in the asked key; `kept` ones are only read."""
        pieces = chunks(words)
        counts = self._counts([len(piece) for _, piece in pieces])
        result: list[PlacedChord] = []
        for number, ((start, piece), count) in enumerate(zip(pieces, counts, strict=True)):
            last = number == len(pieces) - 1
            if kept is not None:
                self._keep(piece, section, self._pairs(kept, start, len(piece), last=last))
                continue
            sounding = number == 0 and (section == "final" or not self._done)
            grammar = LineGrammar(
                self._vocabulary,
                len(piece),
                self._choice,
                count=count,
                last=last,
                sounding=sounding,
            )
            for position, index in self._said(piece, section, count, grammar):
                chord = self._choice.written(index).transpose(self._up, self._key)
                result.append(PlacedChord(start + position, chord))
        return tuple(result) if kept is None else kept

    def _counts(self, lengths: list[int]) -> list[int | None]:
        """The asked number of chords, spread over the chunks of a line by their length."""
        asked = self._controls.chords_per_line
        if asked is None:
            return [None] * len(lengths)
        rooms = [
            capacity(length, last=number == len(lengths) - 1)
            for number, length in enumerate(lengths)
        ]
        asked = min(asked, sum(rooms))
        words = sum(lengths)
        bounds = [
            round(asked * sum(lengths[:number]) / words) for number in range(len(lengths) + 1)
        ]
        counts = [stop - start for start, stop in pairwise(bounds)]
        return [*counts]

    def _pairs(
        self, kept: tuple[PlacedChord, ...], start: int, length: int, *, last: bool
    ) -> Pairs:
        stop = start + length
        return tuple(
            (
                placed.word - start,
                self._vocabulary.chord_index(placed.chord.transpose(-self._up, self._home)),
            )
            for placed in kept
            if start <= placed.word < stop or (last and placed.word == stop)
        )

    def _opened(self, words: tuple[str, ...], section: str | None, count: int | None) -> Tokens:
        """The tokens up to where the line's first chord is said, with what is still unread.

        When the window is full, the nearest lines are read again under a ``song:middle`` header.
        """
        tokens = self._encoder.line(words, section)
        room = self._window - 4 * len(words) - 24
        if self._reader is None or self._reader.length + len(self._pending) + len(tokens) > room:
            tokens = self._reopened(tokens)
        else:
            self._pending.extend(tokens)
            tokens = self._pending
        self._pending = Tokens()
        self._encoder.ask(tokens, count)
        return tokens

    def _reopened(self, tokens: Tokens) -> Tokens:
        budget = int(KEPT_SHARE * self._window)
        context: list[Tokens] = []
        written: list[Written] = []
        for done in reversed(self._done):
            encoded = self._whole(done, mode=None)
            budget -= len(encoded)
            if budget < 0:
                break
            context.insert(0, encoded)
            written.insert(0, done)
        middle = len(written) < len(self._done)
        opened = self._encoder.header(header_of(self._vocabulary, self._controls), middle=middle)
        if written:
            context[0] = self._whole(written[0], mode=self._key.mode)
        for encoded in context:
            opened.extend(encoded)
        opened.extend(tokens)
        if not written:
            self._encoder.say_mode(opened, self._key.mode)
        self._reader = Reader(self._model)
        return opened

    def _whole(self, done: Written, *, mode: str | None) -> Tokens:
        tokens = self._encoder.line(done.words, done.section)
        if mode is not None:
            self._encoder.say_mode(tokens, mode)
        self._encoder.ask(tokens, self._told(done))
        self._encoder.say_chords(tokens, done.chords)
        return tokens

    def _told(self, done: Written) -> int | None:
        return None if self._controls.chords_per_line is None else len(done.chords)

    def _keep(self, words: tuple[str, ...], section: str | None, chords: Pairs) -> None:
        stop_if(self._cancelled)
        done = Written(words, section, chords)
        tokens = self._opened(words, section, self._told(done))
        self._encoder.say_chords(tokens, chords)
        self._pending = tokens
        self._finish(done)

    def _said(
        self,
        words: tuple[str, ...],
        section: str | None,
        count: int | None,
        grammar: LineGrammar,
    ) -> Pairs:
        """Let the model say a chunk's chords."""
        tokens = self._opened(words, section, count)
        reader = self._reader or Reader(self._model)
        read = 0
        while not grammar.ended:
            stop_if(self._cancelled)
            logits = reader.read(tokens, read)
            read = len(tokens)
            output = self._drawn(logits, grammar, final=section == "final")
            grammar.accept(output)
            if output != END:
                self._encoder.say(tokens, output)
        rest = Tokens(tokens.ids[read:], tokens.words[read:], tokens.targets[read:])
        self._pending = rest
        done = Written(words, section, tuple(grammar.chords))
        self._finish(done)
        return done.chords

    def _finish(self, done: Written) -> None:
        self._done.append(done)
        self._first = self._first and not done.chords

    def _drawn(self, logits: Tensor, grammar: LineGrammar, *, final: bool) -> int:
        outputs = list(grammar.allowed())
        chosen = logits[outputs].clone()
        first_chord = self._vocabulary.first_chord
        if outputs[0] >= first_chord:
            priors = self._choice.priors
            chosen += torch.tensor([priors[output - first_chord] for output in outputs])
        first_word = self._vocabulary.first_position
        if self._first and not grammar.chords and outputs[0] in {END, first_word}:
            if first_word in outputs:
                chosen[outputs.index(first_word)] += FIRST_WORD
        elif final and grammar.chords and outputs[0] == END:
            on_tonic = grammar.chords[-1][1] in self._tonics
            chosen[0] += TONIC_END if on_tonic else -TONIC_END
        return outputs[drawn(chosen, self._controls.temperature, TOP_P, self._random)]


def drawn(logits: Tensor, temperature: float, top_p: float, random: torch.Generator) -> int:
    """An index drawn from logits: the greatest at temperature 0, else by nucleus sampling."""
    if temperature <= 0 or logits.numel() == 1:
        return int(logits.argmax())
    # Below a hundredth, differences of logits would overflow; the draw is greedy long before.
    probabilities = (logits.to(torch.float64) / max(temperature, 0.01)).softmax(-1)
    ordered, indices = probabilities.sort(descending=True, stable=True)
    ordered = ordered.masked_fill(ordered.cumsum(-1) - ordered >= top_p, 0.0)
    return int(indices[torch.multinomial(ordered, 1, generator=random)])


def header_of(vocabulary: Vocabulary, controls: Controls) -> Header:
    """The control tokens that stand for the user's wishes."""
    return Header(
        vocabulary.genre_token(controls.genre),
        f"complexity:{controls.complexity}",
        f"metre:{metre_of(controls.time_signature)}",
    )


def stop_if(cancelled: Cancelled | None) -> None:
    """Raise `CancelledError` if the user has had enough."""
    if cancelled is not None and cancelled():
        raise CancelledError("Chord generation was cancelled.")
