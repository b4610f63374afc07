"""The words of a store as numbers, and measures of each song: made once, kept beside it.

A folder beside the store, found again by what it was made of:

==================  ========================================================================
``words.duckdb``    ``songs``: ``row``, ``language`` and a column a measure of
                    `engine.corpora.word_measures`; ``vocabulary``: ``token``, ``word``;
                    ``harmony``: see `engine.corpora.store.harmonies`
``tokens.npy``      every word of every song in its order, as the number of a word (uint16)
``starts.npy``      where each song begins there, by its ``row``; one more for the end
==================  ========================================================================

Numbers are uint16, so 55 million words are 110 MB, mapped and not read whole: the commonest words
of the store have numbers of their own, rarer ones (of 65,536 and more different words) share
`OTHER`. `LINE_END` stands behind every line, so that nothing is counted across two. It is made by
`engine.corpora.store.word_measuring`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.corpora.store.checking import foreign_code, wrong_columns
from engine.corpora.store.harmonies import TYPES as HARMONY
from engine.corpora.word_measures import MEASURES
from engine.errors import InputError

if TYPE_CHECKING:
    from engine.corpora.store.songs import SongStore

VERSION = 2
"""Of what is measured and how; an index of another version is made anew."""
LINE_END, OTHER, FIRST_WORD = 0, 1, 2
MOST_WORDS = 2**16 - FIRST_WORD
"""Different words with a number of their own."""
DATABASE, TOKENS, STARTS = "words.duckdb", "tokens.npy", "starts.npy"

_OPEN: WeakKeyDictionary[SongStore, WordIndex] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of a store.

    Attributes
    ----------
    words : tuple of str
        By their number; the first two are no words.
    tokens : array of uint16
    starts : array of int64
        One for each row of the store, and the end.
    """

    words: tuple[str, ...]
    tokens: Any
    starts: Any

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Word to number."""
        return {word: number for number, word in enumerate(self.words) if number >= FIRST_WORD}


def index_folder(store: Path) -> Path:
    """Where the index of a store lies."""
    return store.with_name(f"{store.name}.words")


def opened_index(store: SongStore) -> WordIndex | None:
    """The index of a store, its measures attached to it; None if it has none of its content."""
    import duckdb
    import numpy as np

    if (known := _OPEN.get(store)) is not None:
        return known
    folder = index_folder(store.path)
    database = folder / DATABASE
    if not database.is_file():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            _refuse_what_is_none(connection)
            told = connection.execute("SELECT identity FROM about LIMIT 1").fetchone()
            if told != (measured_identity(store),):
                return None
            found = connection.execute(
                f"SELECT word FROM vocabulary ORDER BY token LIMIT {MOST_WORDS + FIRST_WORD}"  # noqa: S608
            ).fetchall()
        tokens, starts = (np.load(folder / name, mmap_mode="r") for name in (TOKENS, STARTS))
        _refuse_what_leads_nowhere(tokens, starts, len(found))
    except (duckdb.Error, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"The measures of words at {folder} cannot be read ({reason}); delete that folder to "
            "have them made anew."
        ) from None
    store.attach(database)
    index = WordIndex(tuple(str(word) for (word,) in found), tokens, starts)
    _OPEN[store] = index
    return index


def _refuse_what_is_none(connection: Any) -> None:
    """`ValueError` for a database that is no such index."""
    measured = {"row": "INTEGER", "language": "VARCHAR", **dict.fromkeys(MEASURES, "FLOAT")}
    problem = (
        foreign_code(connection)
        or wrong_columns(connection, "about", {"identity": "VARCHAR"})
        or wrong_columns(connection, "vocabulary", {"token": "INTEGER", "word": "VARCHAR"})
        or wrong_columns(connection, "songs", measured)
        or wrong_columns(connection, "harmony", HARMONY)
    )
    if problem:
        raise ValueError(problem)


def _refuse_what_leads_nowhere(tokens: Any, starts: Any, words: int) -> None:
    """`ValueError` for numbers of words or places that are not there."""
    shapes = (str(tokens.dtype), tokens.ndim, str(starts.dtype), starts.ndim)
    fits = (
        shapes == ("uint16", 1, "int64", 1)
        and len(starts) > 0
        and (starts[0], starts[-1]) == (0, len(tokens))
        and bool((starts[1:] >= starts[:-1]).all())
        and (not len(tokens) or int(tokens.max()) < words)
    )
    if not fits:
        raise ValueError("its numbers do not fit its words")


def measured_identity(store: SongStore) -> str:
    """What tells the songs of a store from others: as its import told, and how many there are."""
    ((songs, words),) = store.rows("SELECT count(*), coalesce(sum(words), 0)::BIGINT FROM songs")
    told = {"store": store.about["identity"], "songs": songs, "words": words, "version": VERSION}
    return json.dumps(told, sort_keys=True)
