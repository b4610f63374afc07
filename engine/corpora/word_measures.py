"""What the words of one song are like, in numbers that songs can be compared by. Pure.

Conventions
-----------
- A song is its sung lines, each a list of words in lower case (`words_of`): headings, remarks in
  brackets and markup are gone already (`engine.corpora.store.schema.sung`).
- A measure that a song is too short for, or whose language it is not in, is None: never a guess.
- Rhyme and reading ease follow English pronunciation; they are told of songs that look English.

Sources
-------
- ``mattr``: Covington and McFall 2010, "Cutting the Gordian Knot: The Moving-Average Type-Token
  Ratio (MATTR)", Journal of Quantitative Linguistics 17(2): does not depend on a text's length.
- ``repeated_lines`` and ``compression``: repetition as Parada-Cabaleiro et al. 2024, "Song lyrics
  have become simpler and more repetitive over the last five decades", Scientific Reports 14:5531,
  and Varnum et al. 2021, "Why are song lyrics becoming simpler?", PLoS ONE 16(1):e0244576, look at
  it. Ours is the share of bytes that zlib (level 9) saves, Huffman coding included.
- ``rhyme``: the line-final part of rhyme density (Hirjee and Brown 2010, "Using automated rhyme
  detection to characterize rhyming style in rap music", Empirical Musicology Review 5(4)), for
  perfect rhymes alone: alike from the last stressed vowel on.
- ``reading_ease``: Flesch 1948, "A new readability yardstick", Journal of Applied Psychology 32(3),
  with a line in the place of a sentence, since lyrics have no full stops.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.lyrics.pronunciation import rhyming_sounds
from engine.lyrics.prosody import syllables

WINDOW = 50
"""Words of a window of the moving-average type-token ratio, and the fewest a song must have."""
NEAR = 4
"""Lines before and behind in which a rhyme is looked for: as far as in ABAB and ABBA, and one."""
FEWEST_ENDS = 4
"""Lines whose last words are in the dictionary, below which nothing is said of rhyme."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True)
class Measure:
    """A measure as it is shown.

    Attributes
    ----------
    name : str
        Its column.
    title : str
        What people call it.
    told : str
        One sentence that says what it is and whom it follows.
    share : bool
        Whether it goes from 0 to 1.
    """

    name: str
    title: str
    told: str
    share: bool = False


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("length", "Words in a song", "How many words are sung, repeats included."),
        Measure("line_length", "Words in a line", "Sung words over sung lines."),
        Measure(
            "mattr",
            "Vocabulary richness",
            f"Different words among {WINDOW} in a row, as a share, averaged over all places of the "
            "song (MATTR, Covington and McFall 2010). Long songs are not poorer by it than short "
            f"ones; songs under {WINDOW} words have none.",
            share=True,
        ),
        Measure(
            "repeated_lines",
            "Repeated lines",
            "Lines that have been sung before in the song, as a share of its lines (after "
            "Parada-Cabaleiro et al. 2024).",
            share=True,
        ),
        Measure(
            "compression",
            "Saved by compression",
            "The share of a song's bytes that zlib saves: the more a song repeats, the more (after "
            f"Varnum et al. 2021). Long songs save more than short ones; songs under {WINDOW} "
            "words have none.",
            share=True,
        ),
        Measure(
            "rhyme",
            "Rhyme density",
            f"Lines whose last word rhymes with another word at the end of one of the {NEAR} lines "
            "before or behind, as a share of the lines whose last word is in the CMU Pronouncing "
            "Dictionary (the line-final part of Hirjee and Brown 2010, perfect rhymes alone). Of "
            "English songs.",
            share=True,
        ),
        Measure(
            "reading_ease",
            "Reading ease",
            "Flesch's formula of 1948, higher is easier, with a line in the place of a sentence: "
            "made for prose, so compare songs by it and no more. Of English songs.",
        ),
    )
}


def words_of(text: str) -> list[list[str]]:
    """The words of each line of what is sung, in lower case; figures count, signs do not."""
    return [words for line in text.splitlines() if (words := _WORD.findall(line))]


def measured(
    lines: Sequence[Sequence[str]], text: str, *, english: bool = True
) -> dict[str, float | None]:
    """Every measure of a song, by its name in `MEASURES`.

    Parameters
    ----------
    lines : sequence of sequences of str
        As `words_of` gives them.
    text : str
        What they were taken from.
    english : bool
        Whether rhyme and reading ease may be told.
    """
    words = [word for line in lines for word in line]
    return {
        "length": float(len(words)),
        "line_length": len(words) / len(lines) if lines else None,
        "mattr": mattr(words),
        "repeated_lines": repeated_lines(lines),
        "compression": compression(text) if len(words) >= WINDOW else None,
        "rhyme": rhyme_density([line[-1] for line in lines]) if english else None,
        "reading_ease": reading_ease(words, len(lines)) if english else None,
    }


def mattr(words: Sequence[str], window: int = WINDOW) -> float | None:
    """Different words among `window` in a row over `window`, averaged over all places.

    None for fewer words. A word is counted in the windows that hold it and not the same word
    before it, so each word is looked at once.
    """
    places = len(words) - window + 1
    if places < 1:
        return None
    last: dict[str, int] = {}
    different = 0
    for at, word in enumerate(words):
        first = max(at - window + 1, last.get(word, -1) + 1, 0)
        different += max(min(at, places - 1) - first + 1, 0)
        last[word] = at
    return different / (places * window)


def repeated_lines(lines: Sequence[Sequence[str]]) -> float | None:
    """The share of lines whose words stood in a line before; None without lines."""
    if not lines:
        return None
    return 1 - len({tuple(line) for line in lines}) / len(lines)


def compression(text: str) -> float | None:
    """The share of bytes (UTF-8) that zlib saves; below 0 for what cannot be packed."""
    data = text.encode("utf-8", "replace")
    return 1 - len(zlib.compress(data, 9)) / len(data) if data else None


def rhyme_density(ends: Sequence[str]) -> float | None:
    """The share of line ends that rhyme with another word at a line's end nearby.

    None where fewer than `FEWEST_ENDS`, or fewer than half, are in the dictionary.
    """
    sounds = [_end_sounds(word) for word in ends]
    known = sum(map(bool, sounds))
    if known < FEWEST_ENDS or 2 * known < len(ends):
        return None
    rhymed = 0
    for at, (word, sound) in enumerate(zip(ends, sounds, strict=True)):
        if not sound:
            continue
        near = range(max(at - NEAR, 0), min(at + NEAR + 1, len(ends)))
        rhymed += any(sounds[other] == sound and ends[other] != word for other in near)
    return rhymed / known


def reading_ease(words: Sequence[str], lines: int) -> float | None:
    """Flesch's reading ease: 206.835 - 1.015 words a line - 84.6 syllables a word."""
    if not words:
        return None
    counted = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / lines - 84.6 * counted / len(words)


@lru_cache(2**16)
def _syllables(word: str) -> int:
    return syllables(word)


@lru_cache(2**16)
def _end_sounds(word: str) -> str:
    """The rhyming sounds of a word, also as it is sung: "walkin" as "walking"."""
    found = rhyming_sounds(word)
    return found or (rhyming_sounds(f"{word}g") if word.endswith("in") else "")
