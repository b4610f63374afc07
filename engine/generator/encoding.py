"""Songs to tokens: the one encoding shared by training, scoring and generation.

A song is one causal sequence::

    genre complexity metre song:start
    line:verse <words> mode:major chords:any  at:0 chord:C:maj at:4 chord:G:7
    line:none  <words>            chords:any  at:0 chord:A:min
    line:final chord:C:maj chord:G:7 <words>  chords:2  at:1 chord:F:maj at:5 chord:C:maj

- The whole line stands before its chords. After them the model says ``end``, which is a target but
  never an input. The mode is said once, after the words of the first line of a sequence.
- Words are the base tokenizer's tokens, each cut after `MAX_TOKENS_PER_WORD`. Every word token, and
  the position token that points at the word, also carries the word's index (1-based, 0 for
  none), which the model embeds: so positions need not be counted.
- A line whose words were sung before (`line_key`) is left out: repeats get the chords of their
  first time by rule, so they need neither learning nor generating, and context reaches further.
- Lines longer than `MAX_WORDS` are read in chunks.
- A decoder that is told sources reads, before the words of a line that by the song's form follows
  another (the last one above), the chords of that line: so it need not look for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.generator.controls import Controls
from engine.generator.vocabulary import MAX_COUNT, MAX_WORDS, SECTIONS, Vocabulary, metre_of

WINDOW = 512  # tokens of context
MAX_TOKENS_PER_WORD = 6
MAX_SOURCE = 16  # chords told of the line that one follows
_SECTION_TOKENS = {
    **{name: name for name in SECTIONS},
    **dict.fromkeys(("intro", "outro", "pre-chorus"), "other"),
}


@dataclass(frozen=True)
class Header:
    """What stands before the first line: token names of genre, complexity and metre."""

    genre: str = "genre:unknown"
    complexity: str = "complexity:unknown"
    metre: str = "metre:unknown"


def header_of(vocabulary: Vocabulary, controls: Controls) -> Header:
    """The control tokens that stand for the user's wishes."""
    return Header(
        vocabulary.genre_token(controls.genre),
        f"complexity:{controls.complexity}",
        f"metre:{metre_of(controls.time_signature)}",
    )


@dataclass(frozen=True)
class ModelLine:
    """One line as the model sees it: at most `MAX_WORDS` words, chords as vocabulary indices.

    Attributes
    ----------
    chords : tuple of (int, int)
        Word index and index into `Vocabulary.chords`.
    section : str
        One of `SECTIONS`; ``"final"`` marks the song's last line.
    source : tuple of int
        The chords of the line that it follows by the song's form, if that is told.
    """

    words: tuple[str, ...]
    chords: tuple[tuple[int, int], ...] = ()
    section: str = "none"
    source: tuple[int, ...] = ()


@dataclass
class Tokens:
    """A growing sequence: decoder ids, word indices (0 none), and what is to be said after each.

    ``targets[t]`` is the output that follows position ``t``, or -100.
    """

    ids: list[int] = field(default_factory=list[int])
    words: list[int] = field(default_factory=list[int])
    targets: list[int] = field(default_factory=list[int])

    def read(self, token: int, word: int = 0) -> None:
        """Append a token that is given."""
        self.ids.append(token)
        self.words.append(word)
        self.targets.append(-100)

    def extend(self, other: Tokens) -> None:
        """Append a whole sequence."""
        self.ids += other.ids
        self.words += other.words
        self.targets += other.targets

    def behind(self, start: int) -> Tokens:
        """The tokens from `start` on, as a sequence of their own."""
        return Tokens(self.ids[start:], self.words[start:], self.targets[start:])

    def __len__(self) -> int:
        return len(self.ids)


class Encoder:
    """Turns headers, lines and chords into `Tokens`.

    Parameters
    ----------
    vocabulary : Vocabulary
    tokenizer
        The base's tokenizer.
    base_size : int
        Rows of the base's own embedding; our tokens are numbered from here.
    tells_sources : bool
        Whether songs are encoded with the chords of the lines that theirs follow.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        tokenizer: Any,
        base_size: int,
        *,
        tells_sources: bool = False,
    ) -> None:
        self.tells_sources = tells_sources
        self.vocabulary = vocabulary
        self.base_size = base_size
        self._tokenizer = tokenizer
        self._word_ids: dict[str, tuple[int, ...]] = {}
        # Byte-level tokenizers tell a word by the blank before it; sentencepiece adds its own.
        plain = self._base_ids("a")
        self._blank = " " if len(self._base_ids(" a")) == len(plain) else ""

    def token(self, name: str) -> int:
        """The decoder id of one of our tokens."""
        return self.base_size + self.vocabulary.index[name]

    def word_ids(self, word: str) -> tuple[int, ...]:
        """The base tokens of one word."""
        if (found := self._word_ids.get(word)) is None:
            found = tuple(self._base_ids(self._blank + word)[:MAX_TOKENS_PER_WORD])
            self._word_ids[word] = found
        return found

    def header(self, header: Header, *, middle: bool) -> Tokens:
        """The tokens before the first line; `middle` for a window that begins within the song."""
        tokens = Tokens()
        for name in (header.genre, header.complexity, header.metre):
            tokens.read(self.token(name))
        tokens.read(self.token("song:middle" if middle else "song:start"))
        return tokens

    def line(
        self, words: Sequence[str], section: str | None = None, source: Sequence[int] = ()
    ) -> Tokens:
        """The words of a line, after the chords of the one that it follows."""
        tokens = Tokens()
        name = _SECTION_TOKENS.get(section or "none", "none")
        tokens.read(self.token(f"line:{name}"))
        vocabulary = self.vocabulary
        for chord in source[:MAX_SOURCE]:
            tokens.read(self.base_size + vocabulary.first_output + vocabulary.first_chord + chord)
        for index, word in enumerate(words):
            for token in self.word_ids(word):
                tokens.read(token, index + 1)
        return tokens

    def say_mode(self, tokens: Tokens, mode: str) -> None:
        """Say the mode after the words of a first line."""
        self.say(tokens, self.vocabulary.index[f"mode:{mode}"] - self.vocabulary.first_output)

    def ask(self, tokens: Tokens, count: int | None) -> None:
        """Ask for the line's chords: exactly `count` of them, or as many as the words want."""
        name = "any" if count is None else str(min(count, MAX_COUNT))
        tokens.read(self.token(f"chords:{name}"))

    def say(self, tokens: Tokens, output: int) -> None:
        """Append what the model says, as target of the token before it and as next input."""
        vocabulary = self.vocabulary
        tokens.targets[-1] = output
        position = output - vocabulary.first_position
        word = position + 1 if 0 <= position <= MAX_WORDS else 0
        tokens.read(self.base_size + vocabulary.first_output + output, word)

    def say_chords(self, tokens: Tokens, chords: Iterable[tuple[int, int]]) -> None:
        """Say (position, chord index) pairs, then the end of the line."""
        for position, chord in chords:
            self.say(tokens, self.vocabulary.first_position + position)
            self.say(tokens, self.vocabulary.first_chord + chord)
        tokens.targets[-1] = 0

    def whole_line(self, line: ModelLine, *, mode: str | None, count: int | None = None) -> Tokens:
        """Words, mode if it is to be said here, and chords of a line."""
        tokens = self.line(line.words, line.section, line.source)
        if mode is not None:
            self.say_mode(tokens, mode)
        self.ask(tokens, count)
        self.say_chords(tokens, line.chords)
        return tokens

    def _base_ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def chunks(words: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """A line in pieces of at most `MAX_WORDS` words, as evenly as can be: (first word, words)."""
    pieces = max(1, -(-len(words) // MAX_WORDS))
    bounds = [len(words) * piece // pieces for piece in range(pieces + 1)]
    return [(start, tuple(words[start:stop])) for start, stop in itertools.pairwise(bounds)]


def window_bounds(
    encoder: Encoder, lines: Sequence[ModelLine], window: int = WINDOW
) -> list[tuple[int, int]]:
    """Split a song into runs of lines, (first, stop), that fit a window with its header."""
    room = window - len(encoder.header(Header(), middle=False)) - 1
    bounds: list[tuple[int, int]] = []
    start = used = 0
    for index, line in enumerate(lines):
        length = len(encoder.whole_line(line, mode=None))
        if used and used + length > room:
            bounds.append((start, index))
            start, used = index, 0
        used += length
    if lines:
        bounds.append((start, len(lines)))
    return bounds


def window_tokens(
    encoder: Encoder,
    header: Header,
    lines: Sequence[ModelLine],
    mode: str,
    *,
    middle: bool,
    counts: Sequence[int | None] | None = None,
) -> Tokens:
    """One training or scoring sequence; `counts` tells lines how many chords to say."""
    tokens = encoder.header(header, middle=middle)
    for index, line in enumerate(lines):
        count = counts[index] if counts else None
        tokens.extend(encoder.whole_line(line, mode=None if index else mode, count=count))
    return tokens
