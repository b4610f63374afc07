"""A song as a vector: the embedded encoder, its tokens' mean over all windows, of length one.

The mean is over tokens, special ones too, as the encoder was trained to be used (Reimers and
Gurevych 2019, arXiv:1908.10084, section 3); how a song is cut says `reading`. Windows of like
length are read together, each core reading some of its own: no core ever waits for another.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from engine.models.bases import base_source
from engine.models.compute import AUTO, SETTING, compute_device, serving_precision
from engine.models.threads import cores
from engine.similarity.network import FLOAT32, PRECISIONS, Network
from engine.similarity.reading import Window, windows_of
from engine.similarity.revision import encoder_base, revision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)
_PASS = 1024
"""Tokens read at once: more are no faster on a CPU."""
_GPU_PASS = 65_536
LEAST_ALIKE = 0.97
"""Vectors of a lower precision are taken only if all of a trial have this cosine with float32's."""


@dataclass(frozen=True)
class _Batch:
    windows: list[Window]
    ids: torch.Tensor
    mask: torch.Tensor
    counts: torch.Tensor


class SongEncoder:
    """The embedded encoder, loaded.

    Parameters
    ----------
    precision : str, optional
        One of `engine.similarity.network.PRECISIONS`; by default what is fastest here, which is
        tried (``LYRICLAB_PRECISION`` settles it too).

    Attributes
    ----------
    revision : str
        What vectors of other encoders, or of another reading, are told apart by.
    width : int
        Of a vector.

    Raises
    ------
    WeightsError
        If the base is not installed.
    """

    def __init__(self, precision: str | None = None) -> None:
        from transformers import AutoModel, AutoTokenizer

        source = base_source(encoder_base())
        self.revision = revision()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(source)
        self.device = compute_device()
        encoder: Any = AutoModel.from_pretrained(
            source, add_pooling_layer=False, dtype=torch.float32
        )
        encoder.eval().to(self.device)
        self.width = int(encoder.config.hidden_size)
        with torch.inference_mode():
            self.network = self._network(encoder, precision)
            self.network.let_go()

    def vectors(self, songs: Sequence[str]) -> NDArray[np.float16]:
        """Vectors (songs, width) of what is sung."""
        import numpy as np

        if not songs:
            return np.zeros((0, self.width), np.float16)
        batches = _batches(windows_of(songs, self.tokenizer), self._pass)
        sums = torch.zeros(len(songs), self.width)
        totals = torch.zeros(len(songs), 1)
        for batch, (read, counted) in zip(batches, self._read(batches), strict=True):
            owner = torch.tensor([window.song for window in batch.windows])
            sums.index_add_(0, owner, read)
            totals.index_add_(0, owner, counted)
        return torch.nn.functional.normalize(sums / totals, dim=1).numpy().astype(np.float16)

    @property
    def _pass(self) -> int:
        return _PASS if self.device.type == "cpu" else _GPU_PASS

    def _read(self, batches: Sequence[_Batch]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """For each batch the sum of its tokens' states a window, and how many tokens counted."""
        if self.device.type != "cpu":
            return [self._sums(batch) for batch in batches]
        workers = min(cores(), len(batches))
        with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(self._sums, batches))

    @torch.inference_mode()
    def _sums(self, batch: _Batch) -> tuple[torch.Tensor, torch.Tensor]:
        states = self.network.states(batch.ids.to(self.device), batch.mask.to(self.device))
        counts = batch.counts.to(states)
        return torch.einsum("btw,bt->bw", states, counts).cpu(), counts.sum(1, keepdim=True).cpu()

    def _network(self, encoder: Any, asked: str | None) -> Network:
        """The encoder in the precision asked for, or the fastest that agrees with float32."""
        if asked is not None:
            return Network(encoder, asked)
        if self.device.type != "cpu" or _settled():
            return Network(encoder, serving_precision().name)
        ids = torch.randint(0, int(encoder.config.vocab_size), (8, 128), generator=_seeded())
        mask = torch.ones_like(ids)
        plain, truth, slow = _tried(encoder, FLOAT32, ids, mask)
        best, fastest = plain, slow
        for name in PRECISIONS:
            if name == FLOAT32:
                continue
            try:
                network, found, seconds = _tried(encoder, name, ids, mask)
            except RuntimeError as error:  # this chip, or build of PyTorch, has no such product
                _LOG.info("no vectors in %s here (%s)", name, str(error).splitlines()[0])
                continue
            alike = float(torch.cosine_similarity(found, truth).min())
            if alike >= LEAST_ALIKE and seconds < fastest:
                best, fastest = network, seconds
        _LOG.info("vectors in %s, %.1f times as fast as float32", best.precision, slow / fastest)
        return best


def _settled() -> bool:
    return os.environ.get(SETTING, AUTO) not in ("", AUTO)


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _tried(
    encoder: Any, precision: str, ids: torch.Tensor, mask: torch.Tensor
) -> tuple[Network, torch.Tensor, float]:
    """An encoder in some precision, a trial's vectors, its best round in processor seconds."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as it will read
    try:
        network = Network(encoder, precision)
        found = network.states(ids, mask).mean(1)
        best = float("inf")
        for _ in range(3):
            began = time.thread_time()  # of this one thread, whoever else is at work
            network.states(ids, mask)
            best = min(best, time.thread_time() - began)
    finally:
        torch.set_num_threads(threads)
    return network, found, best


def _batches(windows: Sequence[Window], tokens: int) -> list[_Batch]:
    """Windows of like length together, at most so many tokens; the longest first."""
    found: list[_Batch] = []
    held: list[Window] = []
    for window in sorted(windows, key=lambda one: -len(one.ids)):
        if held and (len(held) + 1) * len(held[0].ids) > tokens:
            found.append(_batch(held))
            held = []
        held.append(window)
    return [*found, _batch(held)] if held else found


def _batch(windows: list[Window]) -> _Batch:
    longest = len(windows[0].ids)
    ids = torch.zeros(len(windows), longest, dtype=torch.long)
    mask, counts = torch.zeros_like(ids), torch.zeros(len(windows), longest)
    for row, window in enumerate(windows):
        length = len(window.ids)
        ids[row, :length] = torch.tensor(window.ids)
        mask[row, :length] = 1
        counts[row, :length] = torch.tensor(window.counts, dtype=torch.float32)
    return _Batch(windows, ids, mask, counts)
