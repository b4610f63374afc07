"""How well chords are predicted, teacher-forced: perplexity and accuracy, beside a trigram.

Every prediction sees the words up to and including its line and all earlier chords of the song
within the window. Chord figures are conditional on the true position. Songs are measured as they
are learnt: in the home key, distinct lines only, rare labels mapped to the closed vocabulary. So
a figure says nothing about the mapped-away detail, and models are compared on the same targets.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.generator.encoding import WINDOW, Encoder, Tokens, window_bounds, window_tokens

if TYPE_CHECKING:
    from engine.generator.model import ChordModel
    from engine.generator.songs import HomeSong
    from engine.generator.tinyllama import TinyLlamaGenerator
    from engine.generator.vocabulary import Vocabulary

_KIND_NAMES = ("mode", "position", "chord")


@dataclass(frozen=True)
class NextChordResult:
    """Teacher-forced figures of one kind of target.

    Attributes
    ----------
    perplexity : float
        exp of the mean negative log-likelihood per target.
    accuracy : float
        Share of targets that are the most probable output.
    n : int
        How many targets.
    """

    perplexity: float
    accuracy: float
    n: int


def judged(
    model: ChordModel,
    encoder: Encoder,
    songs: Sequence[HomeSong],
    *,
    window: int = WINDOW,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, NextChordResult]:
    """How well a model predicts; keys ``"mode"``, ``"position"`` (with line ends), ``"chord"``."""
    import torch

    vocabulary = encoder.vocabulary
    kinds = torch.tensor(vocabulary.kinds)
    device = model.head.weight.device
    loss = torch.zeros(3, dtype=torch.float64)
    right, total = torch.zeros(3), torch.zeros(3)
    for number, song in enumerate(songs):
        for tokens in _sequences(encoder, song, window):
            ids, words, targets = (
                torch.tensor(row, device=device)
                for row in (tokens.ids, tokens.words, tokens.targets)
            )
            with torch.inference_mode():
                hidden = model.hidden(ids[None], words[None])[0]
                wanted = targets >= 0
                logits, chosen = model.within_kind(hidden[wanted], targets[wanted])
                lost = torch.nn.functional.cross_entropy(logits, chosen, reduction="none").cpu()
                hit = (logits.argmax(-1) == chosen).cpu()
            kind = kinds[chosen.cpu()]
            loss.index_add_(0, kind, lost.to(torch.float64))
            right.index_add_(0, kind, hit.to(torch.float32))
            total.index_add_(0, kind, torch.ones_like(lost))
        if progress:
            progress(number + 1, len(songs))
    return {
        name: NextChordResult(
            math.exp(float(loss[k]) / max(float(total[k]), 1.0)),
            float(right[k]) / max(float(total[k]), 1.0),
            int(total[k]),
        )
        for k, name in enumerate(_KIND_NAMES)
    }


def decoder_answers(
    model: ChordModel, encoder: Encoder, songs: Sequence[HomeSong], *, window: int = WINDOW
) -> np.ndarray[Any, Any]:
    """What a decoder says of each chord of the songs: log-probabilities (chords said, chords)."""
    import torch

    vocabulary = encoder.vocabulary
    device = model.head.weight.device
    kinds = torch.tensor(vocabulary.kinds, device=device)
    rows: list[np.ndarray[Any, Any]] = []
    for song in songs:
        for tokens in _sequences(encoder, song, window):
            ids, words, targets = (
                torch.tensor(row, device=device)
                for row in (tokens.ids, tokens.words, tokens.targets)
            )
            with torch.inference_mode():
                hidden = model.hidden(ids[None], words[None])[0]
                wanted = targets >= 0
                chords = kinds[targets[wanted]] == _KIND_NAMES.index("chord")
                logits = model.logits(hidden[wanted][chords])[:, vocabulary.first_chord :]
                rows.append(logits.log_softmax(-1).cpu().numpy())
    return np.concatenate(rows)


def generator_sums(generator: TinyLlamaGenerator, song: HomeSong) -> dict[str, float]:
    """How well a generator's whole mix predicts a song's chords: sums for the next-chord metrics.

    Memory and decoder together, with the song's own past, as when it writes with variety 0.
    """
    memory, decoder = generator.memory, generator.decoder
    told = list(song.told(memory.counts, memory.vocabulary))
    if not told:
        return {"next_hits": 0, "next_count": 0, "next_loss": 0.0}
    chords = np.array([chord for _, chord in told])
    own = memory.log_probabilities([features for features, _ in told], past=True)
    said = decoder_answers(decoder.model, decoder.encoder, [song], window=decoder.window)
    found = memory.mixed(own, said, past=True)
    return {
        "next_hits": int((found.argmax(1) == chords).sum()),
        "next_count": len(chords),
        "next_loss": -float(found[np.arange(len(chords)), chords].sum()),
    }


def _sequences(encoder: Encoder, song: HomeSong, window: int) -> list[Tokens]:
    lines = song.model_lines(encoder.vocabulary, sources=encoder.tells_sources)
    header = song.header(encoder.vocabulary)
    return [
        window_tokens(encoder, header, lines[start:stop], song.key.mode, middle=start > 0)
        for start, stop in window_bounds(encoder, lines, window)
    ]


class Trigram:
    """Add-k trigram over chord indices, the baseline: it reads no words and no controls.

    Parameters
    ----------
    sequences : sequence of sequence of int
        One per song.
    size : int
        How many chords there are.
    k : float
        What is added to every count; Jurafsky and Martin, Speech and Language Processing
        (3rd edition draft), section 3.6.
    """

    def __init__(self, sequences: Sequence[Sequence[int]], size: int, k: float) -> None:
        self.size = size
        self.k = k
        self._counts: dict[tuple[int, int], Counter[int]] = {}
        for sequence in sequences:
            for context, chord in _trigrams(sequence):
                self._counts.setdefault(context, Counter())[chord] += 1

    def judged(self, sequences: Sequence[Sequence[int]]) -> NextChordResult:
        """Perplexity and accuracy on other sequences."""
        loss, right, total = 0.0, 0, 0
        empty: Counter[int] = Counter()
        for sequence in sequences:
            for context, chord in _trigrams(sequence):
                counts = self._counts.get(context, empty)
                seen = counts.total() + self.k * self.size
                loss -= math.log((counts[chord] + self.k) / seen)
                best = counts.most_common(1)
                right += bool(best) and best[0][0] == chord
                total += 1
        return NextChordResult(math.exp(loss / max(total, 1)), right / max(total, 1), total)


def best_trigram(
    training: Sequence[Sequence[int]], validation: Sequence[Sequence[int]], size: int
) -> Trigram:
    """The add-k trigram whose k does best on the validation songs."""
    tried = [Trigram(training, size, k) for k in (0.3, 0.1, 0.03, 0.01, 0.003)]
    return min(tried, key=lambda trigram: trigram.judged(validation).perplexity)


def chord_sequences(songs: Sequence[HomeSong], vocabulary: Vocabulary) -> list[list[int]]:
    """What the trigram reads: each song's chords in order, as the model is scored on them."""
    return [
        [chord for line in song.model_lines(vocabulary) for _, chord in line.chords]
        for song in songs
    ]


def _trigrams(sequence: Sequence[int]) -> list[tuple[tuple[int, int], int]]:
    padded = [-1, -1, *sequence]
    return [
        ((before, last), chord)
        for before, last, chord in zip(padded, padded[1:], padded[2:], strict=False)
    ]
