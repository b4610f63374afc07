"""What answers cost: time, memory, size; measured once a run."""

from __future__ import annotations

from engine.evaluation.metrics.metric import Metric


def _measured(name: str, title: str, unit: str, source: str) -> Metric:
    return Metric(name, title, unit, False, source, "v1")


COST_METRICS: tuple[Metric, ...] = (
    _measured("latency-p50", "median time per song", "s", "one song a call, warm"),
    _measured("latency-p95", "95th percentile of time per song", "s", "one song a call, warm"),
    _measured(
        "peak-memory", "peak memory", "MB", "highest resident memory above that before loading"
    ),
    _measured("size", "size of weights", "MB", "files the model reads, base included"),
)
