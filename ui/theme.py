"""Page setup and the few rules of style that Streamlit's theme options do not reach."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).with_name("style.css")
_LOGO = Path(__file__).with_name("logo.svg")


def set_up() -> None:
    """Load icon, logo and style; before the menu is made.

    The tab's icon is a file of ours: Streamlit would fetch a Material one from elsewhere.
    """
    st.set_page_config(page_title="Lyric Lab", page_icon=_LOGO, layout="wide")
    st.logo(str(_LOGO), size="large")
    st.html(_STYLE)


def name_tab(title: str) -> None:
    """Name the browser's tab after the page."""
    st.set_page_config(page_title=f"{title} · Lyric Lab")
