"""Why a genre model answers as it does: words, lines, and the song line by line."""

from __future__ import annotations

from engine.explanation.explanation import STEPS, Explanation, bare_word, explain
from engine.explanation.ribbon import line_lyrics, line_predictions

__all__ = [
    "STEPS",
    "Explanation",
    "bare_word",
    "explain",
    "line_lyrics",
    "line_predictions",
]
