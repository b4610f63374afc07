"""From a model's tokens to the words of a lyric.

Tokens and words are both spans of characters of ``lyric.text``. A token belongs to the word it
shares most characters with; one that touches no word (a line end, a special token) belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.lyrics import Lyrics, Span

WordValues = tuple[tuple[float | None, ...], ...]


def word_values(
    lyric: Lyrics, tokens: Iterable[tuple[Span | None, float]]
) -> tuple[WordValues, float]:
    """Sum the values of tokens over the words they belong to.

    Returns
    -------
    values : tuple of tuple of float or None
        Line by line and word by word; None for a word that no token belongs to: the model did not
        read it.
    elsewhere : float
        The sum over tokens that belong to no word.
    """
    owners: list[tuple[int, int] | None] = [None] * len(lyric.text)
    for line, spans in enumerate(lyric.word_spans):
        for word, (start, end) in enumerate(spans):
            owners[start:end] = [(line, word)] * (end - start)
    sums: dict[tuple[int, int], float] = {}
    elsewhere = 0.0
    for span, value in tokens:
        owner = _owner(owners, span)
        if owner is None:
            elsewhere += value
        else:
            sums[owner] = sums.get(owner, 0.0) + value
    values = tuple(
        tuple(sums.get((number, word)) for word in range(len(line.words)))
        for number, line in enumerate(lyric.lines)
    )
    return values, elsewhere


def _owner(owners: list[tuple[int, int] | None], span: Span | None) -> tuple[int, int] | None:
    if span is None:
        return None
    counts: dict[tuple[int, int], int] = {}
    for owner in owners[span[0] : span[1]]:
        if owner is not None:
            counts[owner] = counts.get(owner, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else None
