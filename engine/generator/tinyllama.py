"""The chord generator on the LLaMA base: a decoder with a cache, led by the grammar.

What is learnt and what is set by hand
--------------------------------------
Where chords stand, how many, which, and how songs end is learnt. By hand, and mild, are two
priors: the first chord of a song likes the first word (`FIRST_WORD`), and the last line likes to end
on the tonic (`TONIC_END`). The first and the last line always carry a chord.

"Choose for me": the model says how likely major and minor are after each of the first four lines, and
the mean decides (drawn at random with the seed; the likelier at temperature 0). Words tell little
about mode, so mostly this follows the four to one of the training songs. The tonic is drawn from the
keys the training songs are notated in for that mode: keys that suit singers and songbooks, but
nothing in the words asks for it. With locked chords the key is the one they fit best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import CancelledError, InputError
from engine.generator.controls import Controls
from engine.generator.encoding import Encoder, Header, Tokens, chunks, line_key
from engine.generator.grammar import END, ChordChoice, LineGrammar, capacity
from engine.generator.model import ChordModel, load_model
from engine.generator.vocabulary import HOME, MODES, Vocabulary, metre_of
from engine.key import KEYS, Key
from engine.leadsheet import LeadSheet, Line, PlacedChord
from engine.lyrics import Lyrics
from engine.modelcard import ModelCard
from engine.weights import base_source, compute_device, compute_dtype, slot

FIRST_WORD = 1.5  # added to the log-odds of word 0 for the first chord of a song
TONIC_END = 1.0  # added to the log-odds of ending the last line on the tonic, taken off elsewhere
TOP_P = 0.9  # nucleus sampling: Holtzman et al. 2020 (arXiv:1904.09751)
MODE_LINES = 4
KEPT_SHARE = 0.5  # of the window, kept as context when it is full

Cancelled = Callable[[], bool]
Pairs = tuple[tuple[int, int], ...]  # (word, index into the vocabulary's chords)


class TinyLlamaGenerator:
    """Chords from ``models/tinyllama`` (or the full preset's folder).

    Parameters
    ----------
    preset : str
    folder : Path, optional
        Instead of the preset's own folder.
    """

    name = "tinyllama"

    def __init__(self, preset: str = "embedded", folder: Path | None = None) -> None:
        from transformers import AutoTokenizer

        where = slot(self.name, preset)
        folder = folder or where.folder
        self.card = ModelCard.read(folder)
        self.card.verify(folder)
        self.base = where.base_label
        self.vocabulary = Vocabulary.read(folder)
        device = compute_device()
        self.model: ChordModel = load_model(
            where,
            folder,
            self.vocabulary,
            int(self.card.config["layers"]),
            compute_dtype(device.type),
            device,
        )
        source = base_source(where.base) if where.base else ""
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
        self.encoder = Encoder(self.vocabulary, tokenizer, self.model.base_size)
        self._window = int(self.card.config["window"])

    def generate(
        self,
        lyrics: Lyrics,
        controls: Controls,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Cancelled | None = None,
        locked: Mapping[int, Sequence[PlacedChord]] | None = None,
    ) -> LeadSheet:
        """Write chords on the words; see `engine.generator.ChordGenerator.generate`."""
        locks = _checked_locks(lyrics, locked or {})
        random = torch.Generator().manual_seed(controls.seed)
        with torch.inference_mode():
            key = controls.key or self._chosen_key(lyrics, controls, locks, random, cancelled)
            writer = _Writer(self, controls, key, random, cancelled)
            placed = self._placed(lyrics, writer, locks, progress)
        lines = tuple(
            Line(line.words, chords, line.section, line.stanza)
            for line, chords in zip(lyrics.lines, placed, strict=True)
        )
        optional = {} if controls.tempo is None else {"tempo": controls.tempo}
        return LeadSheet(
            controls.title,
            key,
            lines,
            time_signature=controls.time_signature,
            genre=controls.genre,
            **optional,
        )

    def _placed(
        self,
        lyrics: Lyrics,
        writer: _Writer,
        locks: dict[int, tuple[PlacedChord, ...]],
        progress: Callable[[int, int], None] | None,
    ) -> list[tuple[PlacedChord, ...]]:
        """The chords of every line: kept, copied from an equal line, or written."""
        names = [line_key(line.words) for line in lyrics.lines]
        known = {names[index]: locks[index] for index in sorted(locks, reverse=True)}
        final = max(names.index(name) for name in set(names))
        said: set[tuple[str, ...]] = set()
        result: list[tuple[PlacedChord, ...]] = []
        for index, (line, name) in enumerate(zip(lyrics.lines, names, strict=True)):
            if name not in said:
                said.add(name)
                section = "final" if index == final else line.section
                chords = writer.line(line.words, section, known.get(name))
                known.setdefault(name, chords)
            result.append(locks.get(index, known[name]))
            if progress:
                progress(index + 1, len(lyrics.lines))
        return result

    def _chosen_key(
        self,
        lyrics: Lyrics,
        controls: Controls,
        locks: dict[int, tuple[PlacedChord, ...]],
        random: torch.Generator,
        cancelled: Cancelled | None,
    ) -> Key:
        chords = [placed.chord for index in sorted(locks) for placed in locks[index]]
        if any(not chord.is_no_chord for chord in chords):
            return max(KEYS, key=lambda key: _fit(key, chords))
        mode = self._chosen_mode(lyrics, controls, random, cancelled)
        customs = self.vocabulary.common_keys[mode]
        weights = torch.tensor([float(count) for count in customs.values()])
        tonic = list(customs)[_drawn(weights.log(), controls.temperature, 1.0, random)]
        return Key(tonic, mode)

    def _chosen_mode(
        self,
        lyrics: Lyrics,
        controls: Controls,
        random: torch.Generator,
        cancelled: Cancelled | None,
    ) -> str:
        first_mode = self.vocabulary.index["mode:major"] - self.vocabulary.first_output
        total = torch.zeros(len(MODES))
        for line in lyrics.lines[:MODE_LINES]:
            _stop_if(cancelled)
            tokens = self.encoder.header(_header(self.vocabulary, controls), middle=False)
            tokens.extend(self.encoder.line(chunks(line.words)[0][1], line.section))
            logits = _Reader(self.model).read(tokens)
            total += logits[first_mode : first_mode + len(MODES)].log_softmax(-1)
        mean = total / min(len(lyrics.lines), MODE_LINES)
        return MODES[_drawn(mean, controls.temperature, 1.0, random)]


class _Reader:
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
class _Written:
    """A finished chunk, kept so that context can be read again."""

    words: tuple[str, ...]
    section: str | None
    chords: Pairs


class _Writer:
    """Writes one song line by line, in the home key."""

    def __init__(
        self,
        generator: TinyLlamaGenerator,
        controls: Controls,
        key: Key,
        random: torch.Generator,
        cancelled: Cancelled | None,
    ) -> None:
        self._generator = generator
        self._encoder = generator.encoder
        self._vocabulary = generator.vocabulary
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
        self._random = random
        self._cancelled = cancelled
        self._done: list[_Written] = []
        self._reader: _Reader | None = None
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
            least = int(number == 0 and (section == "final" or not self._done))
            grammar = LineGrammar(
                self._vocabulary, len(piece), self._choice, count=count, last=last, least=least
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
        bounds = [round(asked * sum(lengths[:number]) / words) for number in range(len(lengths) + 1)]
        counts = [stop - start for start, stop in zip(bounds, bounds[1:], strict=False)]
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
        room = self._generator._window - 4 * len(words) - 24
        if self._reader is None or self._reader.length + len(self._pending) + len(tokens) > room:
            tokens = self._reopened(tokens)
        else:
            self._pending.extend(tokens)
            tokens = self._pending
        self._pending = Tokens()
        self._encoder.ask(tokens, count)
        return tokens

    def _reopened(self, tokens: Tokens) -> Tokens:
        budget = int(KEPT_SHARE * self._generator._window)
        context: list[Tokens] = []
        written: list[_Written] = []
        for done in reversed(self._done):
            encoded = self._whole(done, mode=None)
            budget -= len(encoded)
            if budget < 0:
                break
            context.insert(0, encoded)
            written.insert(0, done)
        middle = len(written) < len(self._done)
        opened = self._encoder.header(_header(self._vocabulary, self._controls), middle=middle)
        if written:
            context[0] = self._whole(written[0], mode=self._key.mode)
        for encoded in context:
            opened.extend(encoded)
        opened.extend(tokens)
        if not written:
            self._encoder.say_mode(opened, self._key.mode)
        self._reader = _Reader(self._generator.model)
        return opened

    def _whole(self, done: _Written, *, mode: str | None) -> Tokens:
        tokens = self._encoder.line(done.words, done.section)
        if mode is not None:
            self._encoder.say_mode(tokens, mode)
        self._encoder.ask(tokens, self._told(done))
        self._encoder.say_chords(tokens, done.chords)
        return tokens

    def _told(self, done: _Written) -> int | None:
        return None if self._controls.chords_per_line is None else len(done.chords)

    def _keep(self, words: tuple[str, ...], section: str | None, chords: Pairs) -> None:
        _stop_if(self._cancelled)
        done = _Written(words, section, chords)
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
        reader = self._reader or _Reader(self._generator.model)
        read = 0
        while not grammar.ended:
            _stop_if(self._cancelled)
            logits = reader.read(tokens, read)
            read = len(tokens)
            output = self._drawn(logits, grammar, final=section == "final")
            grammar.accept(output)
            if output != END:
                self._encoder.say(tokens, output)
        rest = Tokens(tokens.ids[read:], tokens.words[read:], tokens.targets[read:])
        self._pending = rest
        done = _Written(words, section, tuple(grammar.chords))
        self._finish(done)
        return done.chords

    def _finish(self, done: _Written) -> None:
        self._done.append(done)
        self._first = self._first and not done.chords

    def _drawn(self, logits: Tensor, grammar: LineGrammar, *, final: bool) -> int:
        outputs = list(grammar.allowed())
        chosen = logits[outputs].clone()
        first_word = self._vocabulary.first_position
        if self._first and not grammar.chords and outputs[0] in {END, first_word}:
            if first_word in outputs:
                chosen[outputs.index(first_word)] += FIRST_WORD
        elif final and grammar.chords and outputs[0] == END:
            on_tonic = grammar.chords[-1][1] in self._tonics
            chosen[0] += TONIC_END if on_tonic else -TONIC_END
        return outputs[_drawn(chosen, self._controls.temperature, TOP_P, self._random)]


def _drawn(logits: Tensor, temperature: float, top_p: float, random: torch.Generator) -> int:
    """An index drawn from logits: the greatest at temperature 0, else by nucleus sampling."""
    if temperature <= 0 or logits.numel() == 1:
        return int(logits.argmax())
    # Below a hundredth, differences of logits would overflow; the draw is greedy long before.
    probabilities = (logits.to(torch.float64) / max(temperature, 0.01)).softmax(-1)
    ordered, indices = probabilities.sort(descending=True, stable=True)
    ordered = ordered.masked_fill(ordered.cumsum(-1) - ordered >= top_p, 0.0)
    return int(indices[torch.multinomial(ordered, 1, generator=random)])


def _header(vocabulary: Vocabulary, controls: Controls) -> Header:
    return Header(
        vocabulary.genre_token(controls.genre),
        f"complexity:{controls.complexity}",
        f"metre:{metre_of(controls.time_signature)}",
    )


def _fit(key: Key, chords: Sequence[Any]) -> float:
    """How many chords lie in the key's scale (the dominant counts in minor), tonics counting half more."""
    home = HOME[key.mode]
    down = home.tonic_pitch_class - key.tonic_pitch_class
    scale = frozenset({0, 2, 4, 5, 7, 9, 11} | ({8} if key.mode == "minor" else set()))
    fit = 0.0
    for number, chord in enumerate(chords):
        if chord.is_no_chord:
            continue
        inside = all((tone + down) % 12 in scale for tone in chord.pitch_classes)
        tonic = chord.root_pitch_class == key.tonic_pitch_class
        minor = 3 in {(tone - key.tonic_pitch_class) % 12 for tone in chord.pitch_classes}
        matches = tonic and minor == (key.mode == "minor")
        fit += inside + 0.5 * matches * (1.5 if number == 0 else 1.0)
    return fit


def _checked_locks(
    lyrics: Lyrics, locked: Mapping[int, Sequence[PlacedChord]]
) -> dict[int, tuple[PlacedChord, ...]]:
    result: dict[int, tuple[PlacedChord, ...]] = {}
    for index, chords in locked.items():
        if not 0 <= index < len(lyrics.lines):
            raise InputError(
                f"Line {index} is locked, but the lyric has {len(lyrics.lines)} lines; "
                f"0 to {len(lyrics.lines) - 1} are accepted."
            )
        result[index] = Line(lyrics.lines[index].words, tuple(chords)).chords
    return result


def _stop_if(cancelled: Cancelled | None) -> None:
    if cancelled is not None and cancelled():
        raise CancelledError("Chord generation was cancelled.")
