"""Figures that the original study reported: shown, marked, never ranked.

They were measured on other data with another scorer, and are not reproduced here.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTE = "reported, other data and scorer, not reproduced"


@dataclass(frozen=True)
class ReportedFigure:
    """One figure as reported."""

    task: str
    model: str
    metric: str
    value: float
    note: str = NOTE


REPORTED = (
    ReportedFigure("genre", "LLaMA", "bertscore-f1", 0.7715),
    ReportedFigure("genre", "RoBERTa", "bertscore-f1", 0.9119),
    ReportedFigure("chords", "TinyLlama", "bertscore-f1", 0.7700),
)
