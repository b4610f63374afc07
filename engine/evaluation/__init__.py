"""Measuring models: metrics, records, significance, the runner, the board."""

from __future__ import annotations

from engine.evaluation.records import (
    EvaluationRecord,
    RecordProblem,
    append_records,
    read_records,
    results_folder,
)
from engine.evaluation.runner import EvaluationRun, evaluate, model_names
from engine.evaluation.study import REPORTED, ReportedFigure

__all__ = [
    "REPORTED",
    "EvaluationRecord",
    "EvaluationRun",
    "RecordProblem",
    "ReportedFigure",
    "append_records",
    "evaluate",
    "model_names",
    "read_records",
    "results_folder",
]
