"""What a word brings to a rhythm: how many syllables it has and whether it is stressed.

Syllables are those of a dictionary, as they are sung ("ev'ry" has two, "fire" one). Words
that are not in it (names, "woah") are estimated from spelling, by English rules; words in other
scripts count one syllable per two letters. Nothing is hyphenated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate

from engine.lyrics.pronunciation import pronounced_stresses, pronounced_syllables, rhyming_sounds

MAX_SYLLABLES = 6

_VOWELS = re.compile(r"[aeiouy]+")
_HIATUS = re.compile(r"ia(?!l|n$)|eo(?!n$)|io(?!n)|iet|ying|(?<=d)n$|(?<=[aeiou])ing$")
_SILENT_E = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)(?:e|es|ed)$")
_SOUNDED = re.compile(r"(?:[td]ed|[^aeiouy]le|(?:[sxz]|[cs]h|[cg])es)$")
_SIBLING = re.compile(r"(?:'|’)(?:s|m|d|re|ve|ll|t|er|st)$")

# Of words not in the dictionary: beginnings and endings that tell where the stress is
# (Chomsky and Halle 1968, The Sound Pattern of English, chapter 3).
_UNSTRESSED_START = re.compile(
    r"(?:a(?![iuy])|be|de|re|en|un|ex|in|pre|pro|con|com)[^aeiouy]*[aeiouy]"
)
_STRESS_BEFORE = re.compile(r"(?:[tscx]ion|[tc]ian|ic|ics|[tc]ial|[aeo]s?h?a|ino|ella|etta)s?$")

# Words that fall on weak beats unless something else decides: articles, prepositions,
# conjunctions, auxiliaries and pronouns.
WEAK_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a an the and or but nor so if as at by for from in of on to with than that into
        i i'm i've i'll you he she it it's we they me him us them my your his her its our their
        is am are was were be been has had have do does did will would can could shall should
        may might must when where who just 'cause cause 'til till
        """,
    )
)


_DROPPED_G = re.compile(r"\win['’]\W*$")


def is_weak(word: str) -> bool:
    """Return whether a word is a function word, which sings best off the strong beats."""
    return _letters(word) in WEAK_WORDS


def syllables(word: str) -> int:
    """Return how many syllables a word is sung on, 1 to 6."""
    letters = _letters(word)
    if not letters:
        return 1
    # "goin'" is "going", and not the name Goin.
    if _DROPPED_G.search(word) and pronounced_syllables(f"{letters}g"):
        letters += "g"
    parts = [part for part in re.split(r"[-–—_/]+", letters) if part]
    return min(MAX_SYLLABLES, sum(_sung(part) for part in parts) or 1)


def words_as_far_in(
    source: Sequence[str],
    places: Sequence[int],
    words: Sequence[str],
    cost: Callable[[float, int, int, Sequence[int]], float],
) -> list[int]:
    """The words of a line that are as many syllables in as these words of `source`.

    Never backwards; one after the last answers one after the last. Lines that differ by more than
    two syllables are stretched to each other.

    Parameters
    ----------
    cost : callable
        What a word costs, by its distance in syllables, its index, the place in `source` and the
        words found for the places before; the cheapest is taken.
    """
    theirs = [0, *accumulate(syllables(word) for word in source)]
    ours = [0, *accumulate(syllables(word) for word in words)]
    stretch = ours[-1] / theirs[-1] if abs(ours[-1] - theirs[-1]) > 2 else 1.0
    found: list[int] = []
    for place in places:
        lowest = found[-1] if found else 0
        if place >= len(source) or lowest >= len(words):
            found.append(len(words))
            continue
        costs = {
            word: cost(abs(ours[word] - theirs[place] * stretch), word, place, found)
            for word in range(lowest, len(words))
        }
        found.append(min(costs, key=costs.__getitem__))
    return found


def stressed_syllable(word: str) -> int:
    """Return which syllable of a word carries its main stress, 0 for the first.

    A word with hyphens has it where its first part has it.
    """
    letters = _letters(word)
    part = next((part for part in re.split(r"[-–—_/]+", letters) if part), letters)
    return min(_stress(part), syllables(word) - 1)


@lru_cache(4096)
def _stress(part: str) -> int:
    """Return the stressed syllable of a word without hyphens: as pronounced, else by its ending."""
    sung = _sung(part) if part else 1
    for known in (part, *_full_forms(part)):
        if stresses := pronounced_stresses(known):
            fitting = next((found for found in stresses if len(found) == sung), stresses[0])
            return max(fitting.find("1"), 0)
    if sung > 1 and _STRESS_BEFORE.search(part):
        return sung - 2
    return int(bool(_UNSTRESSED_START.match(part))) if sung == 2 else max(sung - 3, 0)


def rhyme(word: str) -> str:
    """Return what words that rhyme have in common: sounds, or the letters of a word not known."""
    letters = _letters(word).strip("'")
    if sounds := rhyming_sounds(letters):
        return sounds
    vowels = list(_VOWELS.finditer(letters))
    return letters[vowels[-1].start() :] if vowels else letters


@lru_cache(4096)
def _sung(part: str) -> int:
    """Return the syllables of a word without hyphens: as pronounced, else as spelled."""
    for known in (part, *_full_forms(part)):
        if counts := pronounced_syllables(known):
            # Singers take the short form (ev'ry, diff'rent), but "didn't" on one note is mumbled.
            mumbled = min(counts) == 1 < _spelled(known)
            return max(1, counts[0] if mumbled else min(counts))  # "mm" has no vowel
    return _spelled(part)


def _full_forms(part: str) -> list[str]:
    """Return the dictionary's forms of a word sung short, or typed without its apostrophe."""
    plain = part.strip("'")
    forms = [plain]
    if plain.endswith("in"):  # walkin'
        forms.append(plain + "g")
    if plain.endswith("nt"):  # didnt
        forms.append(plain[:-1] + "'t")
    if plain.endswith("'s"):
        forms.append(plain[:-2])
    return forms


def _letters(word: str) -> str:
    """Return a word in lower case, without accents and surrounding punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return re.sub(r"^[^\w'’]+|\W+$", "", plain.lower().replace("’", "'"))


def _spelled(part: str) -> int:
    """Return an estimate of the syllables of a word from its letters."""
    if not re.search(r"[a-z]", part):
        return max(1, (len(part) + 1) // 2)
    part = _SIBLING.sub("", part) or part
    count = len(_VOWELS.findall(part)) + len(_HIATUS.findall(part))
    if count > 1 and _SILENT_E.search(part) and not _SOUNDED.search(part):
        count -= 1
    return max(1, count)
