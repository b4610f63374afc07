"""Genre or chords of every song in a table: ``python -m engine batch``.

`answer_table` reads a table row by row, asks one model in groups of like length, and writes the
table again with the answers as new columns. What was answered is kept beside the output as it is
made, so a run that was interrupted or killed goes on where it stopped. Who answers (threads here,
or workers of a Ray cluster) and where answers go (one table, or a folder of parts) are chosen apart
from each other. `answer_songs` does the same for songs in memory, and can be cancelled.
"""

from __future__ import annotations

from engine.batch.cluster import Cluster
from engine.batch.run import BatchRun, answer_table
from engine.batch.songs import SongAnswers, answer_songs
from engine.corpora.sources import EXTENSIONS

__all__ = ["EXTENSIONS", "BatchRun", "Cluster", "SongAnswers", "answer_songs", "answer_table"]
