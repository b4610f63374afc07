"""Where a word is parted under notes: into as many pieces as it is sung on, letters unchanged.

The places are those of Liang's hyphenation patterns (1983, "Word Hy-phen-a-tion by Com-put-er"),
as pyphen has them. Patterns part less often than a singer does, so where their number is not that
of the syllables, the vowels are parted by an English rule: a consonant goes with the vowel after
it, of several the first stays, and letters that are one sound stay together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from engine.lyrics.prosody import syllables

_LETTERS = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_VOWELS = re.compile(r"(?:(?<=q)u)?[aeiouy]+", re.IGNORECASE)
_ONE_SOUND = frozenset(
    re.findall(r"\S+", "ch sh th ph wh gh qu bl br cl cr dr fl fr gl gr pl pr tr st str")
)


@lru_cache(4096)
def hyphenated(word: str) -> tuple[str, ...]:
    """The pieces of a word, in order; joined they are the word.

    One piece where a word is sung on one syllable, is written with hyphens of its own, or in
    another script; never more than it has syllables.
    """
    found = _LETTERS.search(word)
    count = syllables(word)
    if count == 1 or found is None or len(_LETTERS.findall(word)) > 1:
        return (word,)
    letters = found.group()
    cuts: list[int] = list(map(int, _patterns().positions(letters.lower())))
    if len(cuts) != count - 1:
        cuts = _cuts_by_vowels(letters.lower(), count) or cuts[: count - 1]
    edges = [0, *(found.start() + cut for cut in cuts), len(word)]
    return tuple(word[a:b] for a, b in pairwise(edges))


def _cuts_by_vowels(letters: str, count: int) -> list[int]:
    """Cuts between so many vowels; none where spelling shows another number of them."""
    vowels = [match.span() for match in _VOWELS.finditer(letters)]
    if len(vowels) == count + 1 and re.search(r"(?:e|es|ed)$", letters):
        vowels = vowels[:-1]  # a silent e
    if len(vowels) != count:
        return []
    return [_cut_between(letters, end, start) for (_, end), (start, _) in pairwise(vowels)]


def _cut_between(letters: str, end: int, start: int) -> int:
    """Where the consonants between two vowels are parted."""
    between = letters[end:start]
    if len(between) < 2:
        return end
    for length in (3, 2):
        if between[-length:] in _ONE_SOUND and len(between) >= length:
            return start - length
    return end + 1 if len(between) == 2 else start - 1


@lru_cache(1)
def _patterns() -> Any:
    import pyphen

    return pyphen.Pyphen(lang="en_US")
