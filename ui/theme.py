"""Page setup and the few rules of style that Streamlit's theme options do not reach."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).with_name("style.css")
_MENU = Path(__file__).with_name("menu.js")
_MENU_WIDTH = 220  # pixels
_LOGO = Path(__file__).with_name("logo.svg")


def set_up() -> None:
    """Load icon, logo, style and the menu's manners; before the menu is made.

    The tab's icon is a file of ours: Streamlit would fetch a Material one from elsewhere.
    """
    st.set_page_config(
        page_title="Lyric Lab",
        page_icon=_LOGO,
        layout="wide",
        initial_sidebar_state=_MENU_WIDTH,
    )
    st.logo(str(_LOGO), size="large")
    st.html(_STYLE)
    st.html(f"<script>{_MENU.read_text('utf-8')}</script>", unsafe_allow_javascript=True)


def name_tab(title: str) -> None:
    """Name the browser's tab after the page."""
    st.set_page_config(page_title=f"{title} · Lyric Lab")
