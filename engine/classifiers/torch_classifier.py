"""What the three genre models share: batches, timing, calibration, files.

A subclass says how lyrics become a batch of tensors and how a batch becomes logits; everything a
user can see (order, sums, seconds, errors) is settled here, once.
"""

from __future__ import annotations

import copy
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import torch

from engine.classifiers import PARTS, part_name
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GenreClassifier, Loader, Prediction
from engine.errors import EngineError, InputError, WeightsError
from engine.lyrics import positions_in
from engine.models.card import ModelCard
from engine.models.compute import NEVER, Precision, compute_device, serving_precision
from engine.models.presets import Slot
from engine.models.threads import use_model_threads

if TYPE_CHECKING:
    from engine.classifiers.direct_path import DirectPath
    from engine.lyrics import Lyrics, Span


@dataclass(frozen=True)
class Reading:
    """One network that reads token ids, and where the ids of one lyric stand in its text.

    Attributes
    ----------
    network : Module
        Its `torch.nn.Embedding` layers are indexed by ids of shape (rows, tokens).
    spans : list of list of (int, int) or None
        One list a row: the token's characters in ``lyric.text``, None for special tokens. Rows are
        shorter than the ids where those are padded.
    """

    network: torch.nn.Module
    spans: list[list[Span | None]]


# Euclidean length of a song's TF-IDF weights: logits then move in a few hundred steps of Adam.
DIRECT_LENGTH = 10.0


class TorchClassifier(ABC):
    """A genre classifier over a torch module.

    Parameters
    ----------
    slot : Slot
        Names the base, the quantization and the folder with our weights and card.
    load : callable
        (name, preset) to a loaded model, for the models that this one reads.

    Raises
    ------
    WeightsError
        If the folder is incomplete or a checksum differs.
    """

    model: Any
    # Which of its two paths answers, "network" or "linear"; "" for both, as they were trained.
    reading = ""
    read: dict[str, GenreClassifier]
    whole: Self | None = None
    # When its transformer, if it has one, answers in whole numbers.
    whole_numbers = NEVER
    # What a padded batch may hold: larger ones gain nothing on two cores and cost memory.
    batch_tokens = 4096

    def __init__(self, slot: Slot, load: Loader) -> None:
        self.name = slot.name
        self.base = slot.base_label
        self.slot = slot
        self.card = ModelCard.read(slot.folder)
        self.card.verify(slot.folder)
        self.labels = self.card.labels
        self.calibration = Calibration.read(self.card.config, len(self.labels), f"'{slot.name}'")
        use_model_threads()
        self.device = compute_device()
        self.read = {name: load(name, slot.preset) for name in slot.reads}
        try:
            self._load(slot.folder)
        except (torch.OutOfMemoryError, EngineError):  # each says what is wrong itself
            raise
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError) as error:
            raise WeightsError(
                f"What lies in {slot.folder} is no model that fits together "
                f"({type(error).__name__}: {error}); restore it with `git checkout -- models`."
            ) from error

    def part(self, part: str, calibration: Calibration | None = None) -> Self:
        """The same weights, of which only the network or only the linear path answers.

        Parameters
        ----------
        part : str
            "network" or "linear".
        calibration : Calibration, optional
            Instead of the one that the card has for this part alone, or, where it has none, of the
            whole model's, which was fitted to both paths together.

        Raises
        ------
        InputError
            If there is no such part.
        WeightsError
            If the card's calibration for it is not usable.
        """
        if part not in PARTS or self.linear is None:
            raise InputError(f"'{self.slot.name}' has no part '{part}' beside others.")
        alone = copy.copy(self)
        alone.name, alone.reading = part_name(self.slot.name, part), part
        # What is held so is not unloaded while a part of it is asked.
        alone.whole = self
        parts: Any = self.card.config.get("parts")
        if calibration is None and parts is not None:
            of_part: Any = parts.get(part) if isinstance(parts, dict) else None
            config: dict[str, Any] = of_part if isinstance(of_part, dict) else {}
            calibration = Calibration.read(config, len(self.labels), f"'{alone.name}'")
        alone.calibration = calibration or self.calibration
        return alone

    def setting(self, name: str, least: int = 1) -> int:
        """A whole number of the card's ``config``; `WeightsError` if it is none of that size."""
        return self.card.setting(name, least)

    def twin(self) -> Self:
        """The same model over the same tensors, in modules of its own.

        What is hooked onto a twin's modules is not met by anybody who asks the model meanwhile.
        """
        twin = copy.copy(self)
        twin.model = _sharing_tensors(self.model)
        twin.read = {
            name: model.twin() if isinstance(model, TorchClassifier) else model
            for name, model in self.read.items()
        }
        return twin

    @property
    def linear(self) -> DirectPath | None:
        """The linear path beside the network, where there is one."""
        return self.model.direct

    @property
    def path_weights(self) -> tuple[float, float]:
        """What the logits of the network and of the linear path count for in their sum."""
        return 1.0, 1.0

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One `Prediction` per lyric, in order; songs of like length share a batch."""
        results: list[Prediction | None] = [None] * len(lyrics)
        encoded = [self._encode(lyric) for lyric in lyrics]
        for indices in _batches([_length(song) for song in encoded], self.batch_tokens):
            start = time.perf_counter()
            with torch.inference_mode():
                logits, tag_probabilities = self._logits(
                    [lyrics[i] for i in indices], [encoded[i] for i in indices]
                )
                evidence = self.evidence([lyrics[i] for i in indices])
                probabilities = self.calibrated(logits * evidence)
                if tag_probabilities is not None:
                    tag_probabilities = self.doubted_tags(tag_probabilities, evidence)
            seconds = (time.perf_counter() - start) / len(indices)
            for row, index in enumerate(indices):
                tags = (
                    () if tag_probabilities is None else self._ranked_tags(tag_probabilities[row])
                )
                results[index] = Prediction(
                    self.name,
                    self.base,
                    self.labels,
                    tuple(probabilities[row].tolist()),
                    seconds,
                    tags,
                    doubt_below=self.calibration.doubt_below,
                )
        return [result for result in results if result is not None]

    def evidence(self, lyrics: Sequence[Lyrics]) -> torch.Tensor:
        """What each lyric's logits count for, by the words in its distinct lines: (songs, 1)."""
        counts = [len(distinct_text(lyric.text).split()) for lyric in lyrics]
        found = [[self.calibration.evidence(count)] for count in counts]
        return torch.tensor(found, device=self.device)

    def doubted_tags(self, probabilities: torch.Tensor, evidence: torch.Tensor) -> torch.Tensor:
        """Probabilities (songs, tags) nearer to how often tags come, the fewer words there are.

        In log odds, by the card's ``tag_rates``.
        """
        rates = torch.tensor(self.card.config["tag_rates"], device=probabilities.device)
        own, usual = (torch.logit(p.clamp(1e-6, 1 - 1e-6)) for p in (probabilities, rates))
        return torch.sigmoid(usual + evidence * (own - usual))

    def calibrated(self, logits: torch.Tensor) -> torch.Tensor:
        """Probabilities (songs, labels), float64, of a network's logits."""
        return torch.softmax(self.calibrated_logits(logits), dim=-1)

    def calibrated_logits(self, logits: torch.Tensor, answer: int | None = None) -> torch.Tensor:
        """Logits (songs, labels), float64, as the card calibrates a network's.

        The card's shift says how often genres come, its temperatures how sure the network may be
        of each answer. With `answer`, a label's position, the temperature is that label's for all.
        """
        shift = torch.tensor(self.calibration.prior_shift, dtype=torch.float64)
        temperatures = torch.tensor(self.calibration.temperatures, dtype=torch.float64)
        shifted = logits.double().cpu() + shift
        answers = shifted.argmax(-1, keepdim=True)
        if answer is not None:
            answers = torch.full_like(answers, answer)
        return shifted / temperatures[answers]

    def _ranked_tags(self, probabilities: torch.Tensor) -> tuple[tuple[str, float], ...]:
        names: list[str] = self.card.config["tags"]
        return tuple(sorted(zip(names, probabilities.tolist(), strict=True), key=lambda t: -t[1]))

    def text_read(self, lyric: Lyrics) -> str:
        """The text that is tokenized: each distinct line of ``lyric.text`` once, in their order.

        Letters may be of another case than there, in the same places.
        """
        return distinct_text(lyric.text)

    def readings(self, lyric: Lyrics) -> list[Reading]:
        """Every network that reads this lyric's tokens, and where those tokens stand."""
        return [Reading(self.model, [self.token_spans(lyric)])]

    def differentiable_logits(self, lyric: Lyrics, copies: int) -> torch.Tensor:
        """Genre logits (copies, labels) of the same lyric several times, gradients kept.

        They are those that count: see `evidence`.
        """
        encoded = self._encode(lyric)
        return self._logits([lyric] * copies, [encoded] * copies)[0] * self.evidence([lyric])

    @property
    def precision(self) -> Precision:
        """In which numbers a transformer answers."""
        return serving_precision(whole=self.whole_numbers)

    @abstractmethod
    def token_spans(self, lyric: Lyrics) -> list[Span | None]:
        """Where each token of `text_read` stands in ``lyric.text``; None if it stands nowhere.

        The end is excluded; tokens are counted before windows are cut and specials added.
        """

    @abstractmethod
    def _load(self, folder: Path) -> None:
        """Build the module and load its weights."""

    @abstractmethod
    def _encode(self, lyric: Lyrics) -> Sequence[Any]:
        """Token ids of one lyric, or its windows of ids."""

    @abstractmethod
    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[Any]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Genre logits (songs, labels), and tag probabilities (songs, tags) where there are any."""


def spans_in_lyric(
    lyric: Lyrics, read: str, offsets: Iterable[tuple[int, int]]
) -> list[Span | None]:
    """Spans in ``lyric.text`` of tokens that stand at `offsets` in `read`, a part of its lines."""
    places = positions_in(lyric.text, read)
    spans: list[Span | None] = []
    for start, end in offsets:
        found = [place for place in places[start:end] if place is not None]
        spans.append((found[0], found[-1] + 1) if found else None)
    return spans


def distinct_lines(text: str) -> list[tuple[int, int]]:
    """Where each line that has not been sung before starts and ends in `text`.

    A refrain that comes back tells nothing new and would fill the windows.
    """
    seen: set[str] = set()
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        key = line.strip().casefold()
        if key and key not in seen:
            seen.add(key)
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def distinct_text(text: str) -> str:
    """The distinct lines of a text, joined by line ends."""
    return "\n".join(text[start:end] for start, end in distinct_lines(text))


class TransformerClassifier(TorchClassifier):
    """A classifier that reads a song's distinct lines through a Hugging Face tokenizer."""

    tokenizer: Any

    def token_spans(self, lyric: Lyrics) -> list[Span | None]:
        """The tokenizer's own offsets, before windows are cut."""
        read = self.text_read(lyric)
        encoded = self.tokenizer(
            read, add_special_tokens=False, verbose=False, return_offsets_mapping=True
        )
        return spans_in_lyric(lyric, distinct_text(lyric.text), encoded["offset_mapping"])


def tfidf_shares(
    input_ids: torch.Tensor, counted: torch.Tensor, idf: torch.Tensor, song: torch.Tensor
) -> torch.Tensor:
    """What each position (windows, tokens) adds of its word's TF-IDF weight; 0 if not counted.

    Sublinear term frequency, times `idf` (vocabulary,), scaled to a Euclidean length of
    `DIRECT_LENGTH` a song (Manning, Raghavan and Schütze 2008, section 6.4.1). A word that comes c
    times in all windows of its song has its weight spread evenly over its c positions.

    Parameters
    ----------
    input_ids, counted : (windows, tokens)
        `counted` is 1 where a token counts.
    song : (windows,)
        Which song each window belongs to, 0-based.
    """
    songs, size = int(song.max()) + 1, len(idf)
    places = song.unsqueeze(1) * size + input_ids
    found = idf.new_zeros(songs * size)
    found.scatter_add_(0, places.flatten(), counted.to(idf.dtype).flatten())
    counts = found[places].clamp(min=1)
    weights = (1 + counts.log()) * idf[input_ids] * counted.to(idf.dtype)
    squares = idf.new_zeros(songs).index_add(0, song, (weights.square() / counts).sum(1))
    length = squares.sqrt().clamp(min=1e-6)[song].unsqueeze(1)
    return DIRECT_LENGTH * weights / (counts * length)


def _sharing_tensors(module: torch.nn.Module) -> torch.nn.Module:
    """A copy of a module and of those in it whose parameters and buffers are the very same."""
    tensors = itertools.chain(module.parameters(), module.buffers())
    return copy.deepcopy(module, {id(tensor): tensor for tensor in tensors})


def _length(encoded: Sequence[Any]) -> int:
    """Tokens of one song, whether it is one sequence or a list of windows."""
    nested = bool(encoded) and isinstance(encoded[0], list)
    return max(sum(map(len, encoded)) if nested else len(encoded), 1)


def _batches(lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Indices in batches of at most `tokens` padded tokens, like lengths together."""
    batches: list[list[int]] = []
    current: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if current and (len(current) + 1) * lengths[index] > tokens:
            batches.append(current)
            current = []
        current.append(index)
    if current:
        batches.append(current)
    return batches
