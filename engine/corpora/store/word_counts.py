"""Words and phrases of any songs of a store, counted in its index (`word_index`).

What is counted stands in one line: phrases that cross lines, headings and markup are none. Of many
songs so many are drawn, by a seed, that an answer takes a fraction of a second; `Counted` says how
many were. Where a chosen word stands is looked up in all songs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.corpora.log_odds import log_odds_table
from engine.corpora.store.word_index import FIRST_WORD, LINE_END, WordIndex
from engine.corpora.word_measures import words_of
from engine.errors import InputError, quoted
from engine.lyrics.prosody import WEAK_WORDS

if TYPE_CHECKING:
    import pandas as pd

MOST_COUNTED = 7_000
"""Songs that phrases are counted in at most."""
MOST_MARKED = 25_000
"""Songs that words are compared in at most."""
LONGEST = 4
"""Words of a phrase at most: four numbers of 16 bits fill a machine word."""
_CANDIDATES = 1000
_MOST_TOLD_APART = 2**20  # counts above are one


@dataclass(frozen=True)
class Counted:
    """What was counted.

    Attributes
    ----------
    table : data frame
    songs : int
        In so many songs with words.
    passing : int
        Of so many that were asked for; more than `songs` where some were drawn.
    """

    table: pd.DataFrame
    songs: int
    passing: int


def phrases(
    index: WordIndex,
    rows: Any,
    length: int,
    count: int = 50,
    *,
    weak: bool = False,
    most: int = MOST_COUNTED,
) -> Counted:
    """The phrases of so many words that stand in most songs.

    Parameters
    ----------
    rows : array of int
        Numbers of the songs.
    length : int
        Words of a phrase, 1 to `LONGEST`.
    weak : bool
        Whether phrases of function words alone count.
    most : int
        So many songs are counted at most.

    Returns
    -------
    Counted
        Its table has the columns ``phrase``, ``songs``, ``share`` (of the songs counted) and
        ``uses``; most songs first, then most uses. A phrase that comes less often than the 1,000
        commonest is not looked at.
    """
    import numpy as np
    import pandas as pd

    if not 1 <= length <= LONGEST:
        raise InputError(f"A phrase of {length} words is not counted; 1 to {LONGEST} are accepted.")
    chosen, passing = _drawn(index, rows, most)
    tokens, song = _gathered(index, chosen)
    codes, places = _codes(tokens, length)
    known = _commonest(codes, length)
    spelled = _spelled(known, length)
    if not weak:
        is_weak = np.array([word in WEAK_WORDS for word in index.words], dtype=bool)
        kept = ~is_weak[spelled].all(axis=1)
        known, spelled = known[kept], spelled[kept]
    # Of all places only those whose first word begins one of the phrases are looked up.
    begins = np.zeros(len(index.words) + FIRST_WORD, dtype=bool)
    begins[spelled[:, 0]] = True
    near = begins[tokens[places]]
    codes, places = codes[near], places[near]
    which = np.searchsorted(known, codes)
    hit = which < len(known)
    hit[hit] = known[which[hit]] == codes[hit]
    which, songs_of = which[hit], song[places[hit]]
    in_songs = _songs_each(which, songs_of, len(known), len(chosen))
    used = np.bincount(which, minlength=len(known))
    table = pd.DataFrame(
        {
            "phrase": [" ".join(index.words[number] for number in one) for one in spelled],
            "songs": in_songs,
            "share": in_songs / max(len(chosen), 1),
            "uses": used,
        }
    ).sort_values(["songs", "uses", "phrase"], ascending=[False, False, True], ignore_index=True)
    return Counted(table.head(count), len(chosen), passing)


def marking(
    index: WordIndex,
    inside: Any,
    rows: Any,
    count: int = 20,
    min_songs: int = 3,
    most: int = MOST_MARKED,
) -> Counted:
    """Words that mark some songs against others, by weighted log-odds (`log_odds_table`).

    Parameters
    ----------
    inside, rows : array of int
        Numbers of the songs that are marked, and of those with all they are compared with. Of
        those marked only the ones among `rows` count.
    min_songs : int
        A word must stand in so many of the songs inside.
    most : int
        So many songs of both together are counted at most, in their own proportion.

    Raises
    ------
    InputError
        If one of the two has no words.
    """
    import numpy as np
    import pandas as pd

    drawn, passing = _drawn(index, rows, most)
    is_inside = np.isin(drawn, inside)
    here, song = _gathered(index, drawn[is_inside])
    there, _ = _gathered(index, drawn[~is_inside])
    uses, others = (np.bincount(of, minlength=len(index.words)) for of in (here, there))
    uses[LINE_END] = others[LINE_END] = 0
    if not uses.any() or not others.any():
        raise InputError("Words mark songs only against others; one of the two has no words.")
    known = np.flatnonzero(uses[FIRST_WORD:]) + FIRST_WORD
    table = log_odds_table(uses[known], others[known], int(uses.sum()), int(others.sum()))
    table = table.assign(number=known).nlargest(_CANDIDATES // 2, "z")
    wanted = np.full(len(index.words), -1, np.int32)
    wanted[table["number"].to_numpy()] = np.arange(len(table))
    which = wanted[here]
    hit = which >= 0
    in_songs = _songs_each(which[hit], song[hit], len(table), int(is_inside.sum()))
    words = [index.words[number] for number in table["number"]]
    found: pd.DataFrame = table.assign(word=words, songs=in_songs)
    found = found.loc[found["songs"] >= min_songs].head(count).reset_index(drop=True)
    columns = ["word", "z", "log_odds", "uses", "uses_elsewhere", "songs"]
    return Counted(pd.DataFrame(found, columns=columns), len(drawn), passing)


def songs_with(index: WordIndex, phrase: str) -> Any:
    """Which songs of the whole store have a word or phrase: one truth a row (array of bool).

    Raises
    ------
    InputError
        If it is no phrase of 1 to `LONGEST` words, or a word is not in the index.
    """
    import numpy as np

    numbers = _numbers(index, phrase)
    tokens = index.tokens
    places = np.flatnonzero(tokens[: len(tokens) - len(numbers) + 1] == numbers[0])
    for at, number in enumerate(numbers[1:], start=1):
        places = places[tokens[places + at] == number]
    found = np.zeros(len(index.starts) - 1, dtype=bool)
    found[np.searchsorted(index.starts, places, side="right") - 1] = True
    return found


def _numbers(index: WordIndex, phrase: str) -> list[int]:
    words = [word for line in words_of(phrase.lower().replace("’", "'")) for word in line]
    if not 1 <= len(words) <= LONGEST:
        raise InputError(
            f"{quoted(phrase)} has {len(words)} words; words and phrases of 1 to {LONGEST} are "
            "looked up."
        )
    for word in words:
        if word not in index.numbers:
            raise InputError(
                f"{quoted(word)} stands in none of the songs, or is rarer than their "
                f"{len(index.numbers):,} commonest words, which are looked up."
            )
    return [index.numbers[word] for word in words]


def _drawn(index: WordIndex, rows: Any, most: int) -> tuple[Any, int]:
    """Songs that have words, at most so many of them, in their order; and how many have any."""
    import numpy as np

    rows = np.asarray(rows, np.int64)
    rows = rows[index.starts[rows + 1] > index.starts[rows]]
    if len(rows) <= most:
        return rows, len(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False)), len(rows)


def _gathered(index: WordIndex, rows: Any) -> tuple[Any, Any]:
    """The words of songs in a row, and for each the place of its song among them."""
    import numpy as np

    starts = index.starts[rows]
    lengths = index.starts[rows + 1] - starts
    # Millions of places: half the memory where 32 bits tell them all.
    kind = np.int32 if len(index.tokens) < 2**31 else np.int64
    song = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
    places = np.repeat((starts - (np.cumsum(lengths) - lengths)).astype(kind), lengths)
    places += np.arange(len(places), dtype=kind)
    return np.asarray(index.tokens[places]), song


def _codes(tokens: Any, length: int) -> tuple[Any, Any]:
    """Every phrase of whole words as one number, and where it begins."""
    import numpy as np

    count = max(len(tokens) - length + 1, 0)
    whole = np.ones(count, dtype=bool)
    codes = np.zeros(count, np.uint64)
    for at in range(length):
        here = tokens[at : at + count]
        whole &= here >= FIRST_WORD
        codes = codes << np.uint64(16) | here.astype(np.uint64)
    return codes[whole], np.flatnonzero(whole)


def _commonest(codes: Any, length: int) -> Any:
    """Numbers of the commonest phrases, in the order of their numbers."""
    import numpy as np

    if length == 1:
        counts = np.bincount(codes.astype(np.int64), minlength=FIRST_WORD)
        return np.sort(_largest(counts, _CANDIDATES)).astype(np.uint64)
    ordered = np.sort(codes)
    firsts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] ^ np.uint64(1)))
    return np.sort(ordered[firsts[_largest(np.diff(firsts, append=len(ordered)), _CANDIDATES)]])


def _spelled(codes: Any, length: int) -> Any:
    """The numbers of the words of each phrase, a row each."""
    import numpy as np

    shifts = np.arange(length - 1, -1, -1, dtype=np.uint64) * np.uint64(16)
    return ((codes[:, None] >> shifts) & np.uint64(0xFFFF)).astype(np.int64)


def _songs_each(which: Any, song: Any, kinds: int, songs: int) -> Any:
    """In how many songs each of some kinds stands, told where which of them stands in which."""
    import numpy as np

    stands = np.zeros((songs, kinds), dtype=bool)  # 7 MB for 7,000 songs; faster than sorting
    stands[song, which] = True
    return stands.sum(axis=0)


def _largest(values: Any, count: int) -> Any:
    """Where the greatest of some counts stand, those of none left out."""
    import numpy as np

    found = np.flatnonzero(values)
    if len(found) <= count:
        return found
    # By how many have each count: most have few, and sorting them all would take much longer.
    capped = np.minimum(values[found], _MOST_TOLD_APART)
    at_least = np.cumsum(np.bincount(capped)[::-1])[::-1]
    bound = np.flatnonzero(at_least >= count)[-1]
    above = found[capped > bound]
    return np.concatenate([above, found[capped == bound][: count - len(above)]])
