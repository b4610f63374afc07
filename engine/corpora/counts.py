"""What can be counted in a table of songs; every function returns a small data frame."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

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
    r"""Words that mark one genre against all others, by weighted log-odds.

    For word w with :math:`y_i` uses among the :math:`n_i` words of the genre and :math:`y_j` among
    the :math:`n_j` words of the rest, and the prior :math:`a_w` (sum :math:`a_0`)

    .. math:: d_w = \log\frac{y_i + a_w}{n_i + a_0 - y_i - a_w}
              - \log\frac{y_j + a_w}{n_j + a_0 - y_j - a_w}

    with variance :math:`1/(y_i + a_w) + 1/(y_j + a_w)`; words are ordered by
    :math:`z_w = d_w / \sqrt{\mathrm{var}}`. The prior is *informative*: proportional to how often
    each word occurs in all songs, with :math:`a_0` = `strength` times :math:`n_i`, so that words
    used alike everywhere ("the", "you") shrink to nothing.

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
    import pandas as pd

    inside = np.array([name == genre for name in songs["genre"]], dtype=bool)
    if not inside.any():
        known = ", ".join(sorted({str(name) for name in songs["genre"] if name}))
        raise InputError(f"No song has the genre '{genre}'; genres here are: {known or 'none'}.")
    if inside.all():
        raise InputError(f"Every song is '{genre}'; words mark a genre only against other genres.")
    here, songs_with = _word_uses(songs.loc[inside, "sung"])
    elsewhere, _ = _word_uses(songs.loc[~inside, "sung"])
    words = sorted(word for word in here if songs_with[word] >= min_songs)
    n_here, n_elsewhere = here.total(), elsewhere.total()
    uses = np.array([here[word] for word in words], dtype=float)
    uses_elsewhere = np.array([elsewhere[word] for word in words], dtype=float)
    prior_sum = strength * n_here
    prior = prior_sum * (uses + uses_elsewhere) / max(n_here + n_elsewhere, 1)
    log_odds = np.log((uses + prior) / (n_here + prior_sum - uses - prior)) - np.log(
        (uses_elsewhere + prior) / (n_elsewhere + prior_sum - uses_elsewhere - prior)
    )
    z = log_odds / np.sqrt(1 / (uses + prior) + 1 / (uses_elsewhere + prior))
    table = pd.DataFrame(
        {
            "word": words,
            "z": z,
            "log_odds": log_odds,
            "uses": uses.astype(int),
            "uses_elsewhere": uses_elsewhere.astype(int),
            "songs": [songs_with[word] for word in words],
        }
    )
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
