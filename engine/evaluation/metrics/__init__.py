"""Metrics as data, one module a kind.

A new metric is one entry in its module's tuple; a new kind is one module and one line in `METRICS`.
Metrics that are made for a label or a scorer have a name that tells so: ``f1/rock``,
``bertscore-f1``.
"""

from __future__ import annotations

from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.chords import CHORD_METRICS
from engine.evaluation.metrics.cost import COST_METRICS
from engine.evaluation.metrics.faithfulness import FAITHFULNESS_METRICS
from engine.evaluation.metrics.forms import FORM_METRICS
from engine.evaluation.metrics.genre import CLASS_KINDS, GENRE_METRICS, class_metrics
from engine.evaluation.metrics.metric import Metric
from engine.evaluation.metrics.written import WRITTEN_METRICS

METRICS: tuple[Metric, ...] = (
    *GENRE_METRICS,
    *CHORD_METRICS,
    *COST_METRICS,
    *FAITHFULNESS_METRICS,
    *FORM_METRICS,
    *WRITTEN_METRICS,
)


def metric(name: str, signature: str = "v1") -> Metric:
    """The metric of a record, by name; `ValueError` if there is none of that name."""
    if name.startswith("bertscore-"):
        candidates = bertscore_metrics(signature)
    else:
        candidates = METRICS
        kind, _, label = name.partition("/")
        if kind in CLASS_KINDS:
            candidates = class_metrics([label])
    for candidate in candidates:
        if candidate.name == name:
            return candidate
    raise ValueError(f"There is no metric '{name}'.")


def known_signature(name: str, signature: str) -> bool:
    """Whether a metric of this name is measured so here; BERTScore has one signature a scorer."""
    if name.startswith("bertscore-"):
        return signature.startswith("bertscore|")
    return metric(name).signature == signature
