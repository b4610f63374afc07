"""Chord baselines."""

from __future__ import annotations

CHORD_BASELINES = ("trigram", "commonest-progression")
