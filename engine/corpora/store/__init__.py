"""A store of songs on disk (DuckDB): one table for data sets of any size.

`import_songs` makes one of what lies at a path, `SongStore` reads it.
"""

from __future__ import annotations

from engine.corpora.store.filters import ALL, UNKNOWN, Filters
from engine.corpora.store.making import (
    import_songs,
    store_beside,
    store_of_sheets,
    store_of_table,
)
from engine.corpora.store.song_files import files_in_zip, store_of_files
from engine.corpora.store.songs import Overview, SongStore, hits

__all__ = [
    "ALL",
    "UNKNOWN",
    "Filters",
    "Overview",
    "SongStore",
    "files_in_zip",
    "hits",
    "import_songs",
    "store_beside",
    "store_of_files",
    "store_of_sheets",
    "store_of_table",
]
