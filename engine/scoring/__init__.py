"""Genre of every song in a table: ``python -m engine score``.

`score` reads a table row by row, asks one model in batches of like length, and writes the table
again with the answers as new columns. What was answered is kept beside the output as it is made, so
a run that was interrupted or killed goes on where it stopped.
"""

from __future__ import annotations

from engine.scoring.models import MODELS
from engine.scoring.run import Scored, score
from engine.scoring.tables import EXTENSIONS

__all__ = ["EXTENSIONS", "MODELS", "Scored", "score"]
