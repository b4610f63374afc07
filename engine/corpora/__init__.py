"""Songs as tables: the songbook, files of any format, and what can be counted in them.

`open_table` is the only reader of tables: rows of any length in chunks, nothing left out. On top of
it `read_table` and `read_file` make a *table of songs*, a pandas data frame with one row a song and
the columns of `COLUMNS`.
"""

from __future__ import annotations

from engine.corpora.counts import (
    marking_words,
    songs_per_genre,
    songs_per_year,
    word_counts_by_genre,
)
from engine.corpora.opening import open_table
from engine.corpora.reading import SongTable, read_file, read_table
from engine.corpora.songbook import example_songs, songbook
from engine.corpora.songs import COLUMNS, filtered, songs_table
from engine.corpora.sources import EXTENSIONS, Source

__all__ = [
    "COLUMNS",
    "EXTENSIONS",
    "SongTable",
    "Source",
    "example_songs",
    "filtered",
    "marking_words",
    "open_table",
    "read_file",
    "read_table",
    "songbook",
    "songs_per_genre",
    "songs_per_year",
    "songs_table",
    "word_counts_by_genre",
]
