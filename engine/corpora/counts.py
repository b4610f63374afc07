"""What can be counted in a table of songs; every function returns a small data frame."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from engine.corpora.log_odds import log_odds_table
from engine.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def songs_per_genre(songs: pd.DataFrame) -> pd.DataFrame:
    """Columns ``genre`` and ``songs``, most songs first; songs without a genre are "unknown"."""
    genres = songs["genre"].where(songs["genre"] != "", "unknown")
    counts = genres.value_counts().rename_axis("genre").reset_index(name="songs")
    return counts.sort_values(["songs", "genre"], ascending=[False, True], ignore_index=True)


def songs_per_year(songs: pd.DataFrame) -> pd.DataFrame:
    """Columns ``year`` and ``songs`` in year order; songs without a year are left out."""
    years = songs["year"].dropna().astype(int)
    return years.value_counts().sort_index().rename_axis("year").reset_index(name="songs")


def word_counts_by_genre(songs: pd.DataFrame) -> pd.DataFrame:
    """Columns ``genre``, ``songs``; ``median``, ``low`` and ``high`` quartile of words a song."""
    import pandas as pd

    genres = songs["genre"].where(songs["genre"] != "", "unknown")
    grouped = songs.groupby(genres)["words"]
    quartiles = {"low": 0.25, "median": 0.5, "high": 0.75}
    columns = {name: grouped.quantile(share) for name, share in quartiles.items()}
    table = pd.DataFrame({"songs": grouped.size(), **columns})
    return table.rename_axis("genre").reset_index()


def marking_words(
    songs: pd.DataFrame, genre: str, count: int = 20, min_songs: int = 3, strength: float = 1.0
) -> pd.DataFrame:
    """Words that mark one genre against all others, by weighted log-odds.

    The formula, and whose it is, stands in `engine.corpora.log_odds`; words are ordered by z.

    Words are counted as they are sung: section headings and remarks in brackets are none.

    Monroe, Colaresi and Quinn 2008, "Fightin' Words", Political Analysis 16(4), section 3.5,
    equations 15, 16, 22 (doi:10.1093/pan/mpn018).

    Parameters
    ----------
    songs : data frame
        A table of songs.
    genre : str
        A value of its ``genre`` column.
    count : int
        How many words to return.
    min_songs : int
        A word must occur in as many songs of the genre: one song's chorus marks no genre.
    strength : float
        Weight of the prior.

    Returns
    -------
    data frame
        Columns ``word``, ``z`` (standard deviations), ``log_odds`` (natural logarithm), ``uses``
        (in the genre), ``uses_elsewhere``, ``songs`` (of the genre that have it), highest z first.

    Raises
    ------
    InputError
        If no song has the genre, or every song has it: there is nothing to compare with.
    """
    import numpy as np

    inside = np.array([name == genre for name in songs["genre"]], dtype=bool)
    if not inside.any():
        known = ", ".join(sorted({str(name) for name in songs["genre"] if name}))
        raise InputError(f"No song has the genre '{genre}'; genres here are: {known or 'none'}.")
    if inside.all():
        raise InputError(f"Every song is '{genre}'; words mark a genre only against other genres.")
    here, songs_with = _word_uses(songs.loc[inside, "sung"])
    elsewhere, _ = _word_uses(songs.loc[~inside, "sung"])
    words = sorted(word for word in here if songs_with[word] >= min_songs)
    table = log_odds_table(
        [here[word] for word in words],
        [elsewhere[word] for word in words],
        here.total(),
        elsewhere.total(),
        strength,
    )
    table.insert(0, "word", words)
    table["songs"] = [songs_with[word] for word in words]
    return table.nlargest(count, "z").reset_index(drop=True)


def _word_uses(lyrics: pd.Series) -> tuple[Counter[str], Counter[str]]:
    """How often each word is used, and in how many lyrics."""
    uses: Counter[str] = Counter()
    songs: Counter[str] = Counter()
    for text in lyrics:
        words = _WORD.findall(str(text).lower().replace("’", "'"))
        uses.update(words)
        songs.update(set(words))
    return uses, songs
