"""Evaluation records as a board: one dataset, split and signature at a time."""

from __future__ import annotations

import streamlit as st


def board() -> None:
    """Draw the board of the chosen task."""
    from engine.evaluation.records import read_records

    records, _problems = read_records()
    if not records:
        st.info(
            "No evaluation has been recorded on this machine. "
            "Run `python -m engine evaluate --task genre` to fill the board."
        )
