"""Why a genre model answers as it does: words, lines, and the song line by line."""

from __future__ import annotations

from engine.explanation.edits import numbered_lines, swapped, without_line
from engine.explanation.explanation import STEPS, Explanation, bare_word, explain
from engine.explanation.files import explanations_csv, explanations_json
from engine.explanation.ribbon import line_lyrics, line_predictions

__all__ = [
    "STEPS",
    "Explanation",
    "bare_word",
    "explain",
    "explanations_csv",
    "explanations_json",
    "line_lyrics",
    "line_predictions",
    "numbered_lines",
    "swapped",
    "without_line",
]
