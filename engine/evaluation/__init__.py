"""Measuring models: metrics, records, significance, the runner, the board."""

from __future__ import annotations

from engine.evaluation.guests import GuestAnswers, add_guest, guest_answers
from engine.evaluation.metrics import Metric, confusion, labels_of, metric
from engine.evaluation.ranking import (
    Board,
    Comparison,
    EvaluationSet,
    Standing,
    board,
    display_name,
    evaluation_set_of,
    evaluation_sets,
    latest,
    metric_names,
    predictions,
    signatures,
)
from engine.evaluation.records import (
    EvaluationRecord,
    RecordProblem,
    append_records,
    read_records,
    results_folder,
)
from engine.evaluation.runner import EvaluationRun, evaluate, model_names
from engine.evaluation.study import REPORTED, ReportedFigure
from engine.evaluation.tables import (
    as_latex,
    bertscores,
    class_f1_table,
    cost_table,
    disagreements,
    errors,
    metric_values,
    prediction_tables,
    reliability_bins,
    score_by_decade,
    score_by_length,
    training_points,
    wide_table,
)

__all__ = [
    "REPORTED",
    "Board",
    "Comparison",
    "EvaluationRecord",
    "EvaluationRun",
    "EvaluationSet",
    "GuestAnswers",
    "Metric",
    "RecordProblem",
    "ReportedFigure",
    "Standing",
    "add_guest",
    "append_records",
    "as_latex",
    "bertscores",
    "board",
    "class_f1_table",
    "confusion",
    "cost_table",
    "disagreements",
    "display_name",
    "errors",
    "evaluate",
    "evaluation_set_of",
    "evaluation_sets",
    "guest_answers",
    "labels_of",
    "latest",
    "metric",
    "metric_names",
    "metric_values",
    "model_names",
    "prediction_tables",
    "predictions",
    "read_records",
    "reliability_bins",
    "results_folder",
    "score_by_decade",
    "score_by_length",
    "signatures",
    "training_points",
    "wide_table",
]
