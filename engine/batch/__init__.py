"""Genre of every song in a table: ``python -m engine batch``.

`answer_table` reads a table row by row, asks one model in batches of like length, and writes the
table again with the answers as new columns. What was answered is kept beside the output as it is
made, so a run that was interrupted or killed goes on where it stopped. `answer_songs` does the same
for songs in memory, and can be cancelled.
"""

from __future__ import annotations

from engine.batch.run import BatchRun, answer_table
from engine.batch.songs import SongAnswers, answer_songs
from engine.corpora.sources import EXTENSIONS

__all__ = ["EXTENSIONS", "BatchRun", "SongAnswers", "answer_songs", "answer_table"]
