"""Songs as tables: the songbook, a user's own files, and what can be counted in them.

A *table of songs* is a pandas data frame with one row a song and the columns of `COLUMNS`.
"""

from __future__ import annotations

from engine.corpora.counts import (
    marking_words,
    songs_per_genre,
    songs_per_year,
    word_counts_by_genre,
)
from engine.corpora.reading import SongTable, read_table
from engine.corpora.songbook import example_songs, songbook
from engine.corpora.songs import COLUMNS, filtered, songs_table

__all__ = [
    "COLUMNS",
    "SongTable",
    "example_songs",
    "filtered",
    "marking_words",
    "read_table",
    "songbook",
    "songs_per_genre",
    "songs_per_year",
    "songs_table",
    "word_counts_by_genre",
]
