"""The small network that weighs the experts, in NumPy: a few tenths of a millisecond a chord.

A log-linear mixture: each distribution's log-probabilities times a weight, each copied chord's own
log-odds, and a bias of every chord, all told by a perceptron that reads the place and the experts'
records. `train.chord_mixture` is the same network with gradients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.generator.memory.features import COPIES, Features

Array = np.ndarray[Any, Any]


def inputs(dense: Array, copies: Array, records: Array, *, recalling: bool) -> tuple[Array, Array]:
    """What the perceptron reads beside the categories, and where copies are: (rows, ...) each.

    Parameters
    ----------
    dense : array (rows, distributions, chords)
    copies, records : array
        As in `Features`, with rows before.
    recalling : bool
        Whether copies are read.
    """
    probability = np.exp(dense)
    sure = np.concatenate([dense.max(2), (probability * dense).sum(2)], 1)
    there = (copies >= 0).astype(np.float32)
    if not recalling:
        return sure.astype(np.float32), there
    same = (copies[:, :, None] == copies[:, None, :]) & (copies >= 0)[:, :, None]
    agreed = same.sum(2) / COPIES
    told = np.concatenate([sure, records.reshape(len(records), -1), there, agreed], 1)
    return told.astype(np.float32), there


class Mixture:
    """One trained network.

    Parameters
    ----------
    tensors : mapping
        ``embedding.<n>``, ``hidden.<n>.weight`` and so on, as `train.chord_mixture` writes them.
    dense : sequence of int
        Which distributions it reads.
    recalling : bool
        Whether it reads copies of earlier lines.
    """

    def __init__(
        self, tensors: Mapping[str, Array], dense: Sequence[int], *, recalling: bool
    ) -> None:
        self._dense = list(dense)
        self._recalling = recalling
        self._weights = {name: np.asarray(part, np.float32) for name, part in tensors.items()}
        count = sum(1 for name in self._weights if name.startswith("embedding."))
        self._embeddings = [self._weights[f"embedding.{number}"] for number in range(count)]

    def log_probabilities(self, rows: Sequence[Features]) -> Array:
        """Log-probability of each chord, (rows, chords)."""
        weights = self._weights
        dense = np.stack([row.dense[self._dense] for row in rows])
        copies = np.stack([row.copies for row in rows])
        records = np.stack([row.records for row in rows])
        places = np.stack([row.place for row in rows])
        told, there = inputs(dense, copies, records, recalling=self._recalling)
        read = [table[places[:, number]] for number, table in enumerate(self._embeddings)]
        hidden = np.concatenate([*read, told], 1)
        for layer in ("0", "1"):
            hidden = hidden @ weights[f"hidden.{layer}.weight"].T + weights[f"hidden.{layer}.bias"]
            hidden = hidden / (1.0 + np.exp(-hidden))
        shares = hidden @ weights["shares.weight"].T + weights["shares.bias"]
        scores = (shares[:, :, None] * dense).sum(1)
        scores += hidden @ weights["chords.weight"].T + weights["chords.bias"]
        if self._recalling:
            odds = hidden @ weights["copies.weight"].T + weights["copies.bias"]
            told_of = np.concatenate([records, there[:, :, None]], 2)
            odds = (odds + (told_of * weights["records"]).sum(2)) * there
            for row, said in enumerate(copies):
                np.add.at(scores[row], said[said >= 0], odds[row][said >= 0])
        top = scores.max(1, keepdims=True)
        return scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
