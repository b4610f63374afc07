"""What songs in general do: Kneser-Ney counts over chords of the home key, the long-term model.

Interpolated Kneser-Ney with one discount: Kneser and Ney 1995 ("Improved backing-off for m-gram
language modeling", ICASSP), as told by Chen and Goodman 1999 (Computer Speech and Language 13),
section 2.8. In music a model of a corpus beside one of the piece itself is the long-term model of
Pearce's IDyOM (Pearce 2005, "The construction and evaluation of statistical models of melodic
structure in music perception and composition", PhD thesis, City University London).

Counts are kept as sorted arrays, one table an order: nothing is rebuilt when they are loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DISCOUNT = 0.75

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Table:
    """The counts of one order.

    Attributes
    ----------
    contexts : array of int64 (contexts,)
        The symbols before, as one number each, sorted.
    starts : array of int64 (contexts + 1,)
        Where each context's chords begin in the two arrays below.
    chords, counts : array of int64
        The chords seen after each context, and how often.
    """

    contexts: Array
    starts: Array
    chords: Array
    counts: Array


class ChordCounts:
    """Kneser-Ney counts over chord indices.

    Parameters
    ----------
    size : int
        How many chords there are. Two more symbols may stand in a history: `beginning` of a song
        and `line`, the beginning of a line.
    tables : sequence of Table
        By the number of symbols before the chord: 0, 1, 2, ...
    """

    def __init__(self, size: int, tables: Sequence[Table]) -> None:
        self.size = size
        self.beginning = size
        self.line = size + 1
        self.tables = tuple(tables)

    @property
    def order(self) -> int:
        """How many symbols a count spans: one more than the longest history it reads."""
        return len(self.tables)

    def distribution(self, history: Sequence[int]) -> Array:
        """The probability of each chord (size,) after a history, which may be short."""
        longest = self.order - 1
        recent = list(history[-longest:]) if longest else []
        recent = [self.beginning] * (longest - len(recent)) + recent
        probability = np.full(self.size, 1.0 / self.size)
        base = self.size + 2
        context, scale = 0, 1
        for length, table in enumerate(self.tables):
            if length:
                context += scale * recent[-length]
                scale *= base
            place = int(table.contexts.searchsorted(context))
            if place == len(table.contexts) or table.contexts[place] != context:
                break
            start, stop = int(table.starts[place]), int(table.starts[place + 1])
            counts = table.counts[start:stop]
            total = float(counts.sum())
            probability *= DISCOUNT * len(counts) / total
            probability[table.chords[start:stop]] += (counts - DISCOUNT) / total
        return probability

    @classmethod
    def fitted(cls, sequences: Sequence[Sequence[int]], size: int, order: int) -> ChordCounts:
        """Count sequences of chords and `line` symbols, one a song."""
        base = size + 2
        padding = [size] * (order - 1)
        grams: list[Array] = []
        for sequence in sequences:
            padded = np.array([*padding, *sequence], np.int64)
            windows = np.lib.stride_tricks.sliding_window_view(padded, order)
            grams.append(windows[windows[:, -1] < size])
        whole = np.concatenate(grams) if grams else np.zeros((0, order), np.int64)
        tables: list[Table] = []
        for length in range(order):
            seen = whole[:, order - 1 - length :]
            if length < order - 1:  # in how many contexts, not how often
                wider = np.unique(_numbers(whole[:, order - 2 - length :], base))
                seen = _symbols(wider, length + 2, base)[:, 1:]
            chords = seen[:, -1]
            # The symbol just before the chord is the lowest digit, so that histories only grow.
            before = _numbers(seen[:, :-1], base)
            tables.append(_table(before * size + chords, size))
        return cls(size, tables)

    def tensors(self, name: str) -> dict[str, Array]:
        """The tables as named arrays of the narrowest kind, as they are shipped."""
        found: dict[str, Array] = {}
        for length, table in enumerate(self.tables):
            parts = {
                "contexts": table.contexts,
                "followers": np.diff(table.starts),
                "chords": table.chords,
                "counts": table.counts,
            }
            for part, values in parts.items():
                found[f"{name}.{length}.{part}"] = values.astype(
                    np.min_scalar_type(int(values.max(initial=0)))
                )
        return found

    @classmethod
    def of_tensors(cls, tensors: Mapping[str, Array], name: str, size: int) -> ChordCounts:
        """What `tensors` gave; KeyError if a part is missing."""
        orders = {int(key.split(".")[1]) for key in tensors if key.startswith(f"{name}.")}
        tables: list[Table] = []
        for length in range(max(orders, default=-1) + 1):
            contexts, followers, chords, counts = (
                tensors[f"{name}.{length}.{part}"].astype(np.int64)
                for part in ("contexts", "followers", "chords", "counts")
            )
            starts = np.concatenate([[0], np.cumsum(followers)])
            tables.append(Table(contexts, starts, chords, counts))
        return cls(size, tables)


def _numbers(rows: Array, base: int) -> Array:
    """Rows of symbols as one number each: the last symbol is the lowest digit."""
    number = np.zeros(len(rows), np.int64)
    for column in range(rows.shape[1]):
        number = number * base + rows[:, column]
    return number


def _symbols(numbers: Array, length: int, base: int) -> Array:
    """What `_numbers` was given."""
    columns: list[Array] = []
    for _ in range(length):
        columns.append(numbers % base)
        numbers = numbers // base
    return np.stack(columns[::-1], 1)


def _table(events: Array, size: int) -> Table:
    """Count events, each a context times `size` plus a chord."""
    events, counts = np.unique(events, return_counts=True)
    contexts, first = np.unique(events // size, return_index=True)
    return Table(contexts, np.append(first, len(events)), events % size, counts)
