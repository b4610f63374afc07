"""Chord metrics."""

from __future__ import annotations

from engine.evaluation.metrics import Metric

CHORD_METRICS: tuple[Metric, ...] = ()
