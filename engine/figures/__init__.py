"""Plotly figures from plain values: the only place that imports plotly.

Every function returns a `plotly.graph_objects.Figure` with a transparent background and colours
that hold on light and dark pages; none draws a title, the page has its own words.
"""

from __future__ import annotations

from engine.figures.classification import (
    confusion_matrix,
    f1_heat_map,
    form_heat_map,
    reliability_diagrams,
    selective_accuracy,
)
from engine.figures.comparison import explanation_dots, pair_differences, score_panels
from engine.figures.corpus import (
    genre_counts,
    length_counts,
    marking_word_bars,
    word_count_ranges,
    year_counts,
)
from engine.figures.genre import (
    probability_bars,
    probability_changes,
    two_lyrics_bars,
)
from engine.figures.harmony import share_bars, transition_heat_map
from engine.figures.leaderboard import (
    accuracy_against_latency,
    bertscore_by_correctness,
    score_bars,
    score_by_decade,
    score_by_length,
    training_curves,
)
from engine.figures.listening import chroma_with_chords
from engine.figures.ribbon import genre_strip, line_heat_map
from engine.figures.style import PALETTE, as_file, as_html, download_settings, shade
from engine.figures.words import genre_dots, trend_lines
from engine.figures.written import beside_humans

__all__ = [
    "PALETTE",
    "accuracy_against_latency",
    "as_file",
    "as_html",
    "bertscore_by_correctness",
    "beside_humans",
    "chroma_with_chords",
    "confusion_matrix",
    "download_settings",
    "explanation_dots",
    "f1_heat_map",
    "form_heat_map",
    "genre_counts",
    "genre_dots",
    "genre_strip",
    "length_counts",
    "line_heat_map",
    "marking_word_bars",
    "pair_differences",
    "probability_bars",
    "probability_changes",
    "reliability_diagrams",
    "score_bars",
    "score_by_decade",
    "score_by_length",
    "score_panels",
    "selective_accuracy",
    "shade",
    "share_bars",
    "training_curves",
    "transition_heat_map",
    "trend_lines",
    "two_lyrics_bars",
    "word_count_ranges",
    "year_counts",
]
