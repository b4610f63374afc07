"""Measuring models: metrics, records, significance, the runner, the board."""

from __future__ import annotations

from engine.evaluation.board.answers import (
    answers,
    bertscore_by_answer,
    disagreements,
    errors,
    filtered_answers,
    outcomes,
    song_answers,
    song_differences,
    song_predictions,
    weakest_songs,
)
from engine.evaluation.board.guests import GuestAnswers, add_guest, guest_answers
from engine.evaluation.board.latex import as_latex
from engine.evaluation.board.ranking import (
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
from engine.evaluation.board.records import (
    EvaluationRecord,
    RecordProblem,
    append_records,
    read_records,
    results_folder,
)
from engine.evaluation.board.reported import REPORTED, ReportedFigure
from engine.evaluation.board.summaries import (
    bertscores,
    class_f1_table,
    cost_table,
    metric_values,
    pareto_front,
    prediction_tables,
    reliability_bins,
    score_by_decade,
    score_by_length,
    training_points,
    wide_table,
)
from engine.evaluation.metrics import metric
from engine.evaluation.metrics.genre import confusion, labels_of
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.runner import EvaluationRun, evaluate, model_names
from engine.evaluation.tasks.data import song_id

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
    "answers",
    "append_records",
    "as_latex",
    "bertscore_by_answer",
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
    "filtered_answers",
    "guest_answers",
    "labels_of",
    "latest",
    "metric",
    "metric_names",
    "metric_values",
    "model_names",
    "outcomes",
    "pareto_front",
    "prediction_tables",
    "predictions",
    "read_records",
    "reliability_bins",
    "results_folder",
    "score_by_decade",
    "score_by_length",
    "signatures",
    "song_answers",
    "song_differences",
    "song_id",
    "song_predictions",
    "training_points",
    "weakest_songs",
    "wide_table",
]
