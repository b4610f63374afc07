"""What the three genre models share: batches, timing, calibration, files.

A subclass says how lyrics become a batch of tensors and how a batch becomes logits; everything a
user can see (order, sums, seconds, errors) is settled here, once.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine.errors import WeightsError
from engine.modelcard import ModelCard
from engine.prediction import Prediction
from engine.weights import Slot, compute_device, compute_dtype

if TYPE_CHECKING:
    from engine.lyrics import Lyrics

Batch = Mapping[str, torch.Tensor]

# Tokens a padded batch may hold: larger batches gain nothing on two cores and cost memory.
BATCH_TOKENS = 4096


class TorchClassifier(ABC):
    """A genre classifier over a torch module.

    Parameters
    ----------
    slot : Slot
        Names the base, the quantization and the folder with our weights and card.

    Raises
    ------
    WeightsError
        If the folder is incomplete or a checksum differs.
    """

    def __init__(self, slot: Slot) -> None:
        self.name = slot.name
        self.base = slot.base_label
        self.slot = slot
        self.card = ModelCard.read(slot.folder)
        self.card.verify(slot.folder)
        self.labels = self.card.labels
        self.temperature = float(self.card.config.get("temperature", 1.0))
        self.device = compute_device()
        self.dtype = compute_dtype(self.device.type)
        self._load(slot.folder)

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One `Prediction` per lyric, in order; songs of like length share a batch."""
        results: list[Prediction | None] = [None] * len(lyrics)
        encoded = [self._encode(lyric) for lyric in lyrics]
        for indices in _batches([_length(song) for song in encoded]):
            start = time.perf_counter()
            with torch.inference_mode():
                logits, tag_probabilities = self._logits(
                    [lyrics[i] for i in indices], [encoded[i] for i in indices]
                )
                probabilities = torch.softmax(logits.double() / self.temperature, dim=-1).cpu()
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
                )
        return [result for result in results if result is not None]

    def _ranked_tags(self, probabilities: torch.Tensor) -> tuple[tuple[str, float], ...]:
        names: list[str] = self.card.config["tags"]
        return tuple(sorted(zip(names, probabilities.tolist(), strict=True), key=lambda t: -t[1]))

    @abstractmethod
    def _load(self, folder: Path) -> None:
        """Build the module and load its weights."""

    @abstractmethod
    def _encode(self, lyric: Lyrics) -> list[int]:
        """Token ids of one lyric."""

    @abstractmethod
    def _logits(
        self, lyrics: Sequence[Lyrics], encoded: Sequence[list[int]]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Genre logits (songs, labels), and tag probabilities (songs, tags) where there are any."""


def padded(sequences: Sequence[Sequence[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-pad token ids: (ids, mask), both of shape (sequences, longest)."""
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.full((len(sequences), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(sequences), longest), dtype=torch.long)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence, dtype=torch.long)
        mask[row, : len(sequence)] = 1
    return ids, mask


def load_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Read a safetensors file; `WeightsError` if it is missing or unreadable."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path} cannot be read as safetensors ({error}); "
            "restore it with `git checkout -- models`."
        ) from None


def save_tensors(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write floating tensors in bfloat16: half the size, and no worse for weights trained here."""
    half = {
        name: (t.detach().to(torch.bfloat16) if t.is_floating_point() else t.detach())
        .contiguous()
        .cpu()
        .clone()
        for name, t in tensors.items()
    }
    save_file(half, path)


def load_into(module: torch.nn.Module, tensors: Mapping[str, torch.Tensor], **where: Any) -> None:
    """Load what a file holds into a module, keeping the module's own dtypes.

    ``allow_missing`` names prefixes that come from elsewhere (a frozen base).
    """
    allow_missing: tuple[str, ...] = where.get("allow_missing", ())
    own = module.state_dict()
    result = module.load_state_dict(
        {
            name: tensor.to(own[name].dtype) if name in own else tensor
            for name, tensor in tensors.items()
        },
        strict=False,
    )
    missing = [name for name in result.missing_keys if not name.startswith(allow_missing)]
    if missing or result.unexpected_keys:
        raise WeightsError(
            f"The weights do not fit the model: {len(missing)} missing, "
            f"{len(result.unexpected_keys)} unexpected ({(missing + result.unexpected_keys)[:2]})."
        )


def _length(encoded: list[int]) -> int:
    return max(len(encoded), 1)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices in batches of at most `BATCH_TOKENS` padded tokens, like lengths together."""
    batches: list[list[int]] = []
    current: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if current and (len(current) + 1) * lengths[index] > BATCH_TOKENS:
            batches.append(current)
            current = []
        current.append(index)
    if current:
        batches.append(current)
    return batches
