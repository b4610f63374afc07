"""The choice of what a tab shows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def view_chosen(
    label: str, views: Sequence[str], key: str, usual: str | None = None, *, told: bool = True
) -> str:
    """One of a tab's views, kept for the visit; `told` is whether the label is drawn."""
    usual = usual or views[0]
    chosen = st.segmented_control(
        label,
        views,
        default=usual,
        required=True,
        key=key,
        persist_state="session",
        label_visibility="visible" if told else "collapsed",
    )
    return str(chosen or usual)
